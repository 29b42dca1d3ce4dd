"""Dividends: a share of what a member spent in a calendar year, paid once, on a day of the next."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Order
from app.loyalty.terms.conditions import Goods, Orders
from app.loyalty.terms.programme import Level, Shop
from app.loyalty.terms.rules import DividendRule
from tests.factories.facts import order, refund
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, programme, version
from tests.loyalty.examples import few
from tests.loyalty.notebook import Notebook

TENTH = DividendRule(Decimal("0.1"), 1, month=3)
"""A tenth of the money, in cents, on 1 March."""


def _book(*rules: DividendRule, zone: str = "UTC") -> Notebook:
    return Notebook(programme(version("2024-01-01T00", earn=rules), shops=(Shop("s1", zone, "EUR"),)))


def test_the_year_is_added_up_and_rounded_once_on_the_day() -> None:
    book = _book(TENTH)
    book.tell("2024-12-31T23:59", order("o1", "0.05", paid="2024-05-01"), order("o2", "0.05", paid="2024-12-31T23:59"))
    book.tell("2025-01-02", order("o3", "9.00", paid="2025-01-01T00"))
    book.conclude("2025-02-28T23:59:59")
    before = book.amounts
    book.conclude("2025-03-01")

    assert (before, book.amounts) == ((0, 0, 0, 0), (0, 1, 0, 0))  # 0.10 x 1/10; each alone would be nothing


@pytest.mark.parametrize(("zone", "paid", "day"), (("America/New_York", "2025-01-01T04:59", 2025),
                                                   ("America/New_York", "2025-01-01T05", 2026)))  # fmt: skip
def test_years_and_days_are_those_of_the_shop(zone: str, paid: str, day: int) -> None:
    book = _book(TENTH, zone=zone)
    book.tell("2025-01-02", order(price="10.00", paid=paid))
    book.conclude("2027-01-01")

    assert [(lot.source.name, lot.release_at) for lot in book.books.lots.values()] == [
        (f"dividend:ada:{day}-03-01", instant(f"{day}-03-01T05:00"))
    ]


def test_the_29th_of_february_is_kept_on_the_28th_in_common_years() -> None:
    book = _book(DividendRule(Decimal("0.1"), 1, month=2, day=29))
    book.tell("2024-06-01", order(price="10.00", paid="2024-06-01"))
    book.conclude("2025-02-28")

    assert book.lots() == [("dividend:ada:2025-02-28", 100)]


def test_what_is_given_back_before_the_day_never_counts_and_after_it_is_taken_back() -> None:
    book = _book(TENTH)
    whole = order("o1", "100.00", paid="2024-06-01")
    book.tell("2024-06-01", whole)
    book.tell("2024-08-01", order("o1", "100.00", paid="2024-06-01", refunds=(refund("2024-08-01", "40.00"),)))
    book.conclude("2025-03-01")
    paid = book.amounts
    both = (refund("2024-08-01", "40.00"), refund("2025-04-01", "10.00", id="r2"))
    book.tell("2025-04-01", order("o1", "100.00", paid="2024-06-01", updated="2025-04-01", refunds=both))

    assert (paid, book.amounts) == ((0, 600, 0, 0), (0, 500, 0, 0))


def test_an_order_counts_by_the_rule_of_its_own_time() -> None:
    lower = replace(TENTH, points=Decimal("0.01"))
    versions = (
        version("2024-01-01T00", earn=(TENTH,)),
        version("2024-07-01T00", earn=(lower,)),
        version("2025-01-01T00", earn=(ONE_PER_EURO,)),
    )
    book = Notebook(programme(*versions))
    book.tell("2024-08-01", order("o1", "10.00", paid="2024-06-30"), order("o2", "10.00", paid="2024-07-02"))
    book.conclude("2025-03-01")

    assert book.lots() == [("dividend:ada:2025-03-01", 110)]


def test_only_what_was_paid_while_the_level_was_held_counts_and_the_order_that_reached_it_does_not() -> None:
    rules = version("2024-01-01T00", earn=(replace(TENTH, levels=("member",)),), tiers=ladder(Level("member", 5000)))
    book = Notebook(programme(rules))
    book.tell("2024-06-01", order("o1", "50.00", paid="2024-02-01"), order("o2", "30.00", paid="2024-03-01"))
    book.conclude("2025-03-01")

    assert book.lots() == [("dividend:ada:2025-03-01", 300)]


@pytest.mark.parametrize(
    "rule",
    (
        pytest.param(replace(TENTH, goods=Goods(products=("p2",))), id="other goods"),
        pytest.param(replace(TENTH, orders=Orders(channels=("pos",))), id="other orders"),
    ),
)
def test_other_goods_and_other_orders_do_not_count(rule: DividendRule) -> None:
    book = _book(rule)
    book.tell("2024-06-01", order(price="50.00", paid="2024-06-01"))
    book.conclude("2026-01-01")

    assert book.lots() == []


def test_an_order_that_waits_for_its_year_says_so() -> None:
    book = _book(TENTH)
    book.tell("2024-06-01", order("o1", "50.00", paid="2024-06-01"))

    assert book.judgement("2024-06-01").dues[book.history().orders[0].source].reason == "DIVIDEND_LATER"


@st.composite
def _orders(draw: st.DrawFn) -> list[Order]:
    made = []
    for number, cents in enumerate(draw(st.lists(st.integers(1, 9999), min_size=1, max_size=6))):
        day = draw(
            st.sampled_from(["2024-01-01T00", "2024-07-15", "2024-12-31T23:59:59", "2025-01-01T00", "2025-05-01"])
        )
        price = f"{cents // 100}.{cents % 100:02}"
        back = draw(st.sampled_from(["2024-12-31", "2025-03-02", "2025-09-01"]))
        given_back = (refund(back, f"{cents // 2 // 100}.{cents // 2 % 100:02}"),) if draw(st.booleans()) else ()
        made.append(order(f"o{number}", price, paid=day, refunds=given_back))
    return made


@few
@given(_orders(), st.data())
def test_whatever_comes_when_the_dividend_is_the_share_of_the_net_spending_paid_once(
    orders: Sequence[Order], data: st.DataObject
) -> None:
    in_order, shuffled = _book(TENTH), _book(TENTH)
    in_order.tell("2025-10-01", *orders)
    shuffled.tell("2025-10-01", *data.draw(st.permutations([*orders, orders[0]])))
    for book in (in_order, shuffled):
        book.conclude("2027-01-01")
        for year in (2024, 2025):
            assert book.due(f"dividend:ada:{year + 1}-03-01") == _net(orders, year) // 10
    assert in_order.amounts == shuffled.amounts


def _net(orders: Sequence[Order], year: int) -> int:
    """Return what the orders paid in a year came to, less what was given back, in minor units."""
    return sum(
        each.lines[0].price_minor - sum(back.amount_minor for back in each.refunds)
        for each in orders
        if each.paid_at is not None and each.paid_at.year == year
    )

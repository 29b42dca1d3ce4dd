"""Ladders beyond the plain one: several measures, a year of one's own, holding, and levels that are not earned."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Order
from app.loyalty.members.history import Invitation
from app.loyalty.terms.ladder import Entry, Ladder, Level, Measure, Mix, Window, WindowKind
from app.loyalty.terms.programme import Membership, Version
from tests.factories.facts import line, order, refund, sign_up
from tests.factories.instants import instant
from tests.factories.programmes import YEAR, ladder, programme, version
from tests.loyalty.examples import few
from tests.loyalty.notebook import Notebook

BRONZE = Level("bronze", 1000, (3, 2))
GOLD = Level("gold", 10_000, (2, 1))
OWN_YEAR = Window(WindowKind.ANNIVERSARY)


def _book(tiers: Ladder, *orders: Order, memberships: Sequence[Membership] = ()) -> Notebook:
    book = Notebook(programme(replace(version("2024-01-01T00", tiers=tiers), memberships=tuple(memberships))))
    for each in orders:
        book._keep(each, "s1")
    return book


def _tiers(book: Notebook, *instants: str) -> list[str | None]:
    return [book.tier(at) for at in instants]


# -- a mix of measures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mix", "prices", "level"),
    (
        pytest.param(Mix.ALL, ("99.00",), None, id="spent, but one order"),
        pytest.param(Mix.ALL, ("5.00", "4.00"), None, id="two orders, but little spent"),
        pytest.param(Mix.ALL, ("5.00", "5.00"), "bronze", id="both"),
        pytest.param(Mix.ANY, ("10.00",), "bronze", id="enough spent"),
        pytest.param(Mix.ANY, ("1.00", "1.00"), "bronze", id="enough orders"),
        pytest.param(Mix.ANY, ("9.99",), None, id="neither"),
    ),
)
def test_a_level_may_ask_for_several_measures_all_or_any(mix: Mix, prices: Sequence[str], level: str | None) -> None:
    mixed = replace(ladder(replace(BRONZE, also={Measure.ORDERS: 2})), mix=mix)
    book = _book(mixed, *(order(f"o{number}", price) for number, price in enumerate(prices)))

    assert book.tier("2025-06-01") == level


# -- a year of one's own -----------------------------------------------------------------------------------------------


def test_a_year_of_ones_own_begins_on_the_day_of_joining() -> None:
    book = _book(ladder(BRONZE, window=OWN_YEAR), order("o1", "10.00", paid="2025-03-14"))
    book.tell("2025-03-14", sign_up(at="2024-03-15"))

    # The order lies in the member's year that ends with 14 March 2025.
    assert _tiers(book, "2025-03-14T23:59:59", "2025-03-15T00") == ["bronze", None]


def test_who_never_signed_up_has_the_calendars_year() -> None:
    book = _book(ladder(BRONZE, window=OWN_YEAR), order("o1", "10.00", paid="2025-03-14"))

    assert _tiers(book, "2025-12-31T23:59:59", "2026-01-01T00") == ["bronze", None]


def test_an_entry_reward_comes_once_in_each_year_of_ones_own() -> None:
    tiers = ladder(replace(BRONZE, multiplier=(1, 1), entry_reward=50), window=OWN_YEAR)
    book = _book(tiers, *(order(f"o{day}", "10.00", paid=day) for day in ("2025-03-14", "2025-03-16", "2025-04-01")))
    book.tell("2025-06-01", sign_up(at="2024-03-15"))

    assert (book.due("tier:ada:bronze:2024"), book.due("tier:ada:bronze:2025")) == (50, 50)


# -- holding and notice ------------------------------------------------------------------------------------------------


def test_a_level_is_kept_for_the_hold_and_then_falls_on_the_stated_day_after_the_notice() -> None:
    tiers = replace(ladder(BRONZE, window=YEAR, grace_days=10), hold_days=180)
    book = _book(tiers, order("o1", "10.00", paid="2025-11-01"))

    assert book.tier("2026-04-29T23:59") == "bronze"
    assert book.judgement("2026-04-29T23:59").standing.grace_ends is None
    # 180 days after 1 November are over at the midnight of 30 April; ten days of grace follow.
    assert book.judgement("2026-04-30T00").standing.grace_ends == instant("2026-05-10").date()
    assert _tiers(book, "2026-05-09T23:59:59", "2026-05-10T00") == ["bronze", None]


def test_what_is_reached_again_within_the_hold_needs_no_notice() -> None:
    tiers = replace(ladder(BRONZE, window=YEAR, grace_days=10), hold_days=180)
    book = _book(tiers, order("o1", "10.00", paid="2025-11-01"), order("o2", "10.00", paid="2026-02-01"))

    assert book.tier("2026-12-31") == "bronze"


# -- for holding a level as a year begins ------------------------------------------------------------------------------


def test_a_yearly_reward_is_for_the_level_held_as_the_year_begins() -> None:
    tiers = ladder(replace(BRONZE, yearly_reward=20), replace(GOLD, yearly_reward=100))
    book = _book(tiers, order("o1", "10.00", paid="2024-06-01"), order("o2", "90.00", paid="2025-06-01"))

    yearly = {name: book.due(name, "2027-01-02") for name in ("tier_year:ada:bronze:2025", "tier_year:ada:gold:2026")}
    assert yearly == {"tier_year:ada:bronze:2025": 20, "tier_year:ada:gold:2026": 100}
    assert book.due("tier_year:ada:gold:2027", "2026-12-31T23:59:59") == 0
    assert book.due("tier_year:ada:gold:2027", "2027-01-01T00") == 100


# -- by invitation -----------------------------------------------------------------------------------------------------

CIRCLE = Level("circle", 0, (3, 1), entry=Entry.INVITED, hidden=True)


def _invited(book: Notebook, at: str, until: str | None = None, withdrawn: str | None = None) -> Notebook:
    ends = instant(until) if until else None
    book.invitations = [Invitation("i1", "circle", instant(at), ends, instant(withdrawn) if withdrawn else None)]
    return book


def test_a_level_by_invitation_is_held_from_then_until_it_ends_and_is_never_earned() -> None:
    tiers = ladder(BRONZE, CIRCLE)
    rich = _book(tiers, order("o1", "9999.00", paid="2025-01-05"))

    assert rich.tier("2025-06-01") == "bronze"
    held = _tiers(
        _invited(rich, "2025-02-01", until="2025-03-01"), "2025-01-31", "2025-02-01", "2025-02-28", "2025-03-01"
    )
    assert held == ["bronze", "circle", "circle", "bronze"]


def test_a_withdrawn_invitation_ends_at_once_and_orders_before_keep_its_multiplier() -> None:
    book = _book(ladder(CIRCLE), order("o1", "10.00", paid="2025-02-02"), order("o2", "10.00", paid="2025-02-20"))
    _invited(book, "2025-02-01", withdrawn="2025-02-10")

    assert (book.due("order:o1"), book.due("order:o2")) == (30, 10)


def test_who_is_invited_keeps_what_was_earned_beneath() -> None:
    book = _invited(
        _book(ladder(GOLD, CIRCLE), order("o1", "100.00", paid="2025-02-02")), "2025-02-05", until="2025-02-06"
    )

    assert _tiers(book, "2025-02-05", "2025-02-07") == ["circle", "gold"]


# -- bought ------------------------------------------------------------------------------------------------------------

CLUB = Level("club", 0, (2, 1), entry_reward=25, entry=Entry.BOUGHT)
MONTHLY = Membership("club", ("fee",), days=30, grace_days=5)
FOR_LIFE = Membership("club", ("fee",))


def _fee(id: str, paid: str, *, refunded: str | None = None, cancelled: str | None = None) -> Order:
    refunds = (refund(refunded, lines=(("f", "9.00"),)),) if refunded else ()
    return order(id, paid=paid, lines=(line("9.00", "f", "fee"),), refunds=refunds, cancelled=cancelled)


@pytest.mark.parametrize(
    ("fees", "held", "over"),
    (
        pytest.param((_fee("a", "2025-02-01"),), "2025-03-08T23:59:59", "2025-03-09T00", id="thirty days and grace"),
        pytest.param(
            (_fee("a", "2025-02-01"), _fee("b", "2025-02-20")), "2025-04-07T23:59:59", "2025-04-08T00",
            id="bought ahead, it goes on from its end",
        ),
        pytest.param(
            (_fee("a", "2025-02-01"), _fee("b", "2025-03-07")), "2025-04-11T23:59:59", "2025-04-12T00",
            id="renewed in the grace, it runs from the payment",
        ),
        pytest.param(
            (_fee("a", "2025-02-01", refunded="2025-02-10"),), "2025-02-10T11:59:59", "2025-02-10T12:00",
            id="the fee given back ends it at once",
        ),
        pytest.param(
            (_fee("a", "2025-02-01", cancelled="2025-02-10"),), "2025-02-10T11:59:59", "2025-02-10T12:00",
            id="so does cancelling",
        ),
    ),
)  # fmt: skip
def test_a_bought_level_runs_as_long_as_it_was_paid_for(fees: Sequence[Order], held: str, over: str) -> None:
    book = _book(ladder(CLUB), *fees, memberships=(MONTHLY,))

    assert _tiers(book, "2025-01-31", held, over) == [None, "club", None]


def test_a_fee_for_life_never_ends_and_a_refund_in_part_ends_nothing() -> None:
    fee = replace(_fee("a", "2025-02-01"), refunds=(refund("2025-02-05", "8.99"),))
    book = _book(ladder(CLUB), fee, memberships=(FOR_LIFE,))

    assert book.tier("2060-01-01") == "club"


def test_a_fee_that_cost_nothing_runs_too() -> None:
    free = replace(_fee("a", "2025-02-01"), lines=(line("9.00", "f", "fee", discount="9.00"),))

    assert _book(ladder(CLUB), free, memberships=(MONTHLY,)).tier("2025-02-02") == "club"


def test_the_order_of_the_fee_earns_by_the_tier_before_and_the_next_by_the_club() -> None:
    book = _book(ladder(CLUB), _fee("a", "2025-02-01"), order("o1", "10.00", paid="2025-02-02"), memberships=(MONTHLY,))

    assert (book.due("order:a"), book.due("order:o1")) == (9, 20)


def test_each_fee_brings_its_welcome_and_takes_it_back_when_it_is_given_back() -> None:
    book = _book(
        ladder(CLUB), _fee("a", "2025-02-01"), _fee("b", "2025-04-01", refunded="2025-04-02"), memberships=(MONTHLY,)
    )

    assert (book.due("membership:ada:club:a"), book.due("membership:ada:club:b")) == (25, 0)


def test_the_terms_of_a_membership_are_those_of_the_day_it_was_ordered() -> None:
    first = replace(version("2024-01-01T00", tiers=ladder(CLUB)), memberships=(MONTHLY,))
    later: Version = replace(
        version("2025-02-10T00", tiers=ladder(CLUB)), memberships=(replace(MONTHLY, days=3, grace_days=0),)
    )
    book = Notebook(programme(first, later))
    book._keep(_fee("a", "2025-02-01"), "s1")

    assert book.tier("2025-03-08") == "club"


def test_when_a_right_ends_is_known_and_looked_at_then() -> None:
    book = _book(ladder(CLUB), _fee("a", "2025-02-01"), memberships=(MONTHLY,))
    standing = book.judgement("2025-02-02").standing

    assert (standing.held_until, standing.since) == (instant("2025-03-09T00"), instant("2025-02-01"))
    assert standing.next_check is not None
    assert standing.next_check <= instant("2025-03-09T00")


@few
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40) | st.none()), max_size=5),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 3000)), max_size=5),
    st.randoms(use_true_random=False),
)
def test_the_path_of_tiers_does_not_depend_on_the_order_of_delivery(
    fees: list[tuple[int, int | None]], bought: list[tuple[int, int]], chance: object
) -> None:
    begin = instant("2025-01-05T00")

    def at(days: float) -> datetime:
        return begin + timedelta(days=days)

    facts = [
        _fee(f"f{number}", at(day).isoformat(), refunded=at(day + back).isoformat() if back is not None else None)
        for number, (day, back) in enumerate(fees)
    ]
    facts += [
        order(f"o{number}", f"{cents / 100:.2f}", paid=at(day).isoformat())
        for number, (day, cents) in enumerate(bought)
    ]
    tiers = replace(ladder(BRONZE, CLUB, window=YEAR, grace_days=7), hold_days=20)
    shuffled = list(facts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it loosely
    first, second = (_book(tiers, *each, memberships=(MONTHLY,)) for each in (facts, shuffled))

    days = [at(day).isoformat() for day in range(0, 400, 9)]
    assert _tiers(first, *days) == _tiers(second, *days)

"""Settling: what is due against what was given, taking back, owing, forgiving, and doing it twice."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Order, Review, SignUp
from app.loyalty.ledger.postings import Account, Reason
from app.loyalty.terms.programme import Clawback, Expiry, Reward, Version
from app.loyalty.terms.rules import AmountRule, ReviewRule, SignUpRule
from tests.factories.facts import order, refund, review, sign_up
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, programme, version
from tests.loyalty.examples import few
from tests.loyalty.notebook import Notebook

NOW = "2025-03-01"
LATER = "2025-03-02"
FIVE = Reward("r", 5)


def _book(*versions: Version) -> Notebook:
    return Notebook(programme(*versions))


def _spent(clawback: Clawback = Clawback.OWE) -> Notebook:
    """Return a member who got 10 points from an order and spent all of them."""
    book = _book(version(clawback=clawback, rewards=(Reward("r", 10),)))
    book.tell(NOW, order("o1"))
    book.redeem(NOW, "k1")
    assert book.amounts == (0, 0, 10, 0)
    return book


# -- awards ----------------------------------------------------------------------------------------------------------


def test_an_order_gets_what_it_deserves_in_a_lot_of_its_own() -> None:
    book = _book()
    book.tell(NOW, order("o1", "10.00"), order("o2", "5.50", paid="2025-02-02"))
    assert book.lots() == [("order:o1", 10), ("order:o2", 5)]
    assert book.moved(source="order:o1") == {"issued": -10, "available": 10}


def test_points_that_wait_are_pending_until_their_release() -> None:
    book = _book(version(pending_days=14))
    book.tell("2025-02-01", order("o1", paid="2025-02-01"))
    assert book.amounts == (10, 0, 0, 0)
    book.conclude("2025-02-15T11")
    assert book.amounts == (10, 0, 0, 0)
    book.conclude("2025-02-15T12")
    assert book.amounts == (0, 10, 0, 0)


def test_sign_ups_and_reviews_do_not_wait() -> None:
    book = _book(version(pending_days=14, earn=(ONE_PER_EURO, SignUpRule(50), ReviewRule(20))))
    book.tell("2025-02-03", sign_up(), order("o1"), review())
    assert book.amounts == (10, 70, 0, 0)


def test_a_later_award_to_the_same_source_opens_another_lot() -> None:
    book = _book(version(pending_days=1))
    book.tell(NOW, order("o1", "10.00"))
    book.tell(NOW, order("o1", "12.00", updated="2025-02-02"))
    assert book.lots() == [("order:o1", 10), ("order:o1", 2)]


def test_an_award_pays_debt_first_also_while_its_points_would_wait() -> None:
    book = _book(version(pending_days=3, rewards=(FIVE,)))
    book.tell("2025-02-05", order("o1", "5.00"))
    book.redeem("2025-02-05", "k1")
    book.tell(NOW, order("o1", "5.00", cancelled="2025-02-06", updated="2025-02-06"))
    assert book.amounts == (0, 0, 5, 5)
    book.tell(NOW, order("o2", "8.00", paid=NOW))
    assert book.amounts == (3, 0, 5, 0)
    assert book.moved(source="order:o2") == {"issued": -8, "debt": 5, "pending": 3}


def test_debt_is_paid_by_whatever_becomes_available() -> None:
    book = _spent()
    book.tell(LATER, order("o1", cancelled=LATER, updated=LATER))
    assert book.amounts == (0, 0, 10, 10)
    book.adjust(LATER, "a1", 4)
    assert book.amounts == (0, 0, 10, 6)
    book.bring(LATER, "i1", 3, "2025-01-01")
    assert book.amounts == (0, 0, 10, 3)
    book.give_back(LATER, "k1")
    assert book.amounts == (0, 7, 0, 0)


def test_points_pending_at_the_release_pay_the_debt_then_owed() -> None:
    book = _book(version(pending_days=3, rewards=(FIVE,)))
    book.tell("2025-02-05", order("o1", "5.00"))
    book.redeem("2025-02-05", "k1")
    book.tell("2025-02-06", order("o2", "8.00", paid="2025-02-06"))
    book.tell("2025-02-07", order("o1", "5.00", cancelled="2025-02-07", updated="2025-02-07"))
    assert book.amounts == (8, 0, 5, 5)
    book.conclude("2025-02-09")
    assert book.amounts == (0, 3, 5, 0)


# -- taking back -----------------------------------------------------------------------------------------------------


def test_what_is_taken_back_comes_from_its_own_pending_its_own_available_others_and_then_debt() -> None:
    book = _book(version("2024-01-01", pending_days=2, rewards=(FIVE,)))
    book.tell("2025-02-01", order("o0", "7.00", paid="2025-01-01"))
    book.tell("2025-02-05", order("o1", "10.00", paid="2025-02-01"))
    # A later snapshot brought more while the payment itself had been dated later: these points still wait.
    book.tell("2025-02-05", order("o1", "14.00", paid="2025-02-05", placed="2025-02-01", updated="2025-02-05"))
    assert book.amounts == (4, 17, 0, 0)
    book.tell("2025-02-05", order("o2", "3.00", paid="2025-02-05"))
    assert book.amounts == (7, 17, 0, 0)
    taken = [2, 5, 14]
    left = []
    for days, back in enumerate(taken, 6):
        at = f"2025-02-0{min(days, 6)}"
        price = f"{14 - back}.00"
        book.tell(at, order("o1", price, paid="2025-02-05", placed="2025-02-01", updated=f"2025-02-0{days}"))
        left.append(book.lots())
    assert left == [
        [("order:o0", 7), ("order:o1", 10), ("order:o1", 2), ("order:o2", 3)],
        [("order:o0", 7), ("order:o1", 9), ("order:o2", 3)],
        [("order:o0", 7), ("order:o2", 3)],
    ]


def test_other_sources_available_points_are_taken_before_debt_is_made_but_never_their_pending_or_held_points() -> None:
    book = _book(version(pending_days=5, rewards=(FIVE,), earn=(ONE_PER_EURO, SignUpRule(4))))
    book.tell("2025-02-10", order("o1", "5.00", paid="2025-02-01"))
    book.redeem("2025-02-10", "k1")
    book.tell("2025-02-10", sign_up(), order("o2", "6.00", paid="2025-02-10"))
    assert book.amounts == (6, 4, 5, 0)
    book.tell("2025-02-11", order("o1", "5.00", paid="2025-02-01", cancelled="2025-02-11", updated="2025-02-11"))
    assert book.amounts == (6, 0, 5, 1)
    # Given 5, of which 4 came back from the sign-up's points and 1 is owed.
    assert book.moved(source="order:o1") == {"available": 1, "debt": -1}


def test_owed_points_stay_owed() -> None:
    book = _spent()
    book.tell(LATER, order("o1", cancelled=LATER, updated=LATER))
    assert book.amounts == (0, 0, 10, 10)
    assert book.moved(source="order:o1") == {"available": 10, "debt": -10}


def test_clamp_forgives_in_the_same_transaction_and_a_repeat_takes_nothing() -> None:
    book = _spent(Clawback.CLAMP)
    cancelled = order("o1", cancelled=LATER, updated=LATER)
    book.tell(LATER, cancelled)
    assert book.amounts == (0, 0, 10, 0)
    posted = len(book.transactions)
    last = book.transactions[-1]
    assert last.reason is Reason.TAKE_BACK
    assert [(posting.source.account, posting.destination.account) for posting in last.postings] == [
        (Account.DEBT, Account.ISSUED),
        (Account.FORGIVEN, Account.DEBT),
    ]
    book.tell(LATER, cancelled)
    assert len(book.transactions) == posted


def test_what_clamp_forgave_a_source_is_forgiven_no_more_before_it_earns_again() -> None:
    book = _spent(Clawback.CLAMP)
    book.tell(LATER, order("o1", cancelled=LATER, updated=LATER))
    book.tell(LATER, order("o1", "6.00", updated="2025-03-03"))
    # Due 6 again: all of it was forgiven, so the member gets nothing.
    assert book.amounts == (0, 0, 10, 0)
    assert book.moved(source="order:o1") == {"issued": -6, "available": 10, "forgiven": -4}
    book.tell(LATER, order("o1", "13.00", updated="2025-03-04"))
    assert book.amounts == (0, 3, 10, 0)
    assert book.moved(source="order:o1") == {"issued": -13, "available": 13}


def test_the_policy_that_awarded_says_whether_to_forgive() -> None:
    book = _book(
        version("2025-01-01", clawback=Clawback.CLAMP, rewards=(Reward("r", 20),)),
        version("2025-02-10", clawback=Clawback.OWE, rewards=(Reward("r", 20),)),
    )
    book.tell(NOW, order("o1", paid="2025-02-01"), order("o2", paid="2025-02-20"))
    book.redeem(NOW, "k1")
    book.tell(NOW, order("o1", paid="2025-02-01", cancelled=NOW, updated=NOW))
    book.tell(NOW, order("o2", paid="2025-02-20", cancelled=NOW, updated=NOW))
    assert book.amounts == (0, 0, 20, 10)
    assert book.moved(source="order:o1") == {"available": 10, "forgiven": -10}


def test_an_order_that_changes_its_member_is_taken_back_from_the_one_and_awarded_to_the_other() -> None:
    before, after = _book(), _book()
    before.tell(NOW, order("o1"))
    moved = before.orders.pop(("s1", "o1"))
    before.conclude(NOW)
    after.tell(NOW, moved)
    assert (before.amounts, after.amounts) == ((0, 0, 0, 0), (0, 10, 0, 0))
    assert before.moved() == {}


def test_expired_points_are_not_taken_back_a_second_time() -> None:
    book = _book(version(expiry=Expiry(10)))
    book.tell("2025-02-01", order("o1"))
    book.conclude(NOW)
    assert book.moved() == {"issued": -10, "expired": 10}
    book.tell(NOW, order("o1", cancelled=NOW, updated=NOW))
    assert book.amounts == (0, 0, 0, 0)
    assert book.moved() == {"issued": -10, "expired": 10}


def test_of_points_partly_spent_and_partly_expired_only_the_spent_are_owed() -> None:
    book = _book(version(expiry=Expiry(10), rewards=(Reward("r", 4),)))
    book.tell("2025-02-01", order("o1"))
    book.redeem("2025-02-02", "k1")
    book.conclude(NOW)
    book.tell(NOW, order("o1", cancelled=NOW, updated=NOW))
    assert book.amounts == (0, 0, 4, 4)
    assert book.moved() == {"issued": -6, "expired": 6, "held": 4, "debt": -4}


def test_expiry_twice_is_expiry_once() -> None:
    book = _book(version(expiry=Expiry(10)))
    book.tell("2025-02-01", order("o1"))
    book.conclude(NOW)
    posted = list(book.transactions)
    book.conclude(NOW)
    book.conclude(LATER)
    assert book.transactions == posted
    assert [transaction.reason for transaction in posted].count(Reason.EXPIRE) == 1


def test_a_late_order_may_open_a_lot_that_is_expired_at_once() -> None:
    book = _book(version(expiry=Expiry(10)))
    book.tell("2025-06-01", order("o1", paid="2025-02-01"))
    assert book.amounts == (0, 0, 0, 0)
    assert book.moved() == {"issued": -10, "expired": 10}


def test_an_older_snapshot_changes_nothing() -> None:
    book = _book()
    book.tell(NOW, order("o1", "8.00", updated="2025-02-10"))
    posted = len(book.transactions)
    book.tell(NOW, order("o1", "10.00", updated="2025-02-09"))
    assert (len(book.transactions), book.amounts) == (posted, (0, 8, 0, 0))


def test_of_equally_old_snapshots_the_last_delivered_counts() -> None:
    book = _book()
    book.tell(NOW, order("o1", "8.00"), order("o1", "10.00"))
    assert book.amounts == (0, 10, 0, 0)


def test_the_earliest_sign_up_counts_once() -> None:
    book = _book(version(earn=(SignUpRule(50),)), version("2025-02-01", earn=(SignUpRule(70),)))
    book.tell(NOW, sign_up(at="2025-02-10"))
    assert book.amounts == (0, 70, 0, 0)
    book.tell(NOW, sign_up(at="2025-01-10"), sign_up(at="2025-02-10"))
    assert book.amounts == (0, 50, 0, 0)


# -- reviews ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bought", "at", "due"),
    (
        pytest.param(order(paid="2025-02-01"), "2025-02-01", 20, id="paid that very moment"),
        pytest.param(order(paid="2025-02-03"), "2025-02-02", 0, id="paid after the review"),
        pytest.param(order(paid=None), "2025-02-02", 0, id="never paid"),
        pytest.param(order(cancelled="2025-02-02"), "2025-02-02", 0, id="cancelled by then"),
        pytest.param(order(cancelled="2025-02-03"), "2025-02-02", 20, id="cancelled later"),
        pytest.param(order(refunds=(refund("2025-02-01", "10.00"),)), "2025-02-02", 20, id="refunded"),
    ),
)
def test_a_review_earns_where_the_product_had_been_bought_by_then(bought: Order, at: str, due: int) -> None:
    book = _book(version(earn=(ReviewRule(20),)))
    book.tell(NOW, bought, review(at=at))
    assert book.due("review:rv1") == due


def test_stars_never_matter() -> None:
    for rating in (None, 1, 5):
        book = _book(version(earn=(ReviewRule(20),)))
        book.tell(NOW, order("o1"), review(rating=rating))
        assert book.amounts == (0, 20, 0, 0)


def test_of_several_reviews_of_a_product_the_earliest_that_earns_counts_and_then_the_next() -> None:
    book = _book(version(earn=(ReviewRule(20),)))
    book.tell(
        NOW, order("o1"), review("b", at="2025-02-03"), review("a", at="2025-02-03"), review("c", at="2025-02-02")
    )
    assert [book.due(f"review:{name}") for name in "abc"] == [0, 0, 20]
    book.tell(NOW, review("c", at="2025-02-02", updated="2025-02-09", approved=False))
    assert [book.due(f"review:{name}") for name in "abc"] == [20, 0, 0]
    assert book.amounts == (0, 20, 0, 0)


# -- versions --------------------------------------------------------------------------------------------------------


def test_before_the_first_version_nothing_is_earned() -> None:
    book = _book(version("2025-01-01T00", earn=(ONE_PER_EURO, SignUpRule(50))))
    book.tell(NOW, sign_up(at="2024-12-31"), order("o1", paid="2025-01-05", placed="2024-12-31"))
    assert book.moved() == {}


def test_an_order_is_judged_by_the_version_it_was_placed_under_however_late_it_is_paid() -> None:
    double = version("2025-02-01T00", earn=(AmountRule(Decimal(2), 100),))
    book = _book(version("2025-01-01T00"), double)
    book.tell(
        NOW, order("o1", placed="2025-01-31", paid="2025-02-05"), order("o2", placed="2025-02-01", paid="2025-02-05")
    )
    assert [book.due("order:o1"), book.due("order:o2")] == [10, 20]


def test_of_versions_of_equal_start_the_one_published_last_holds() -> None:
    book = _book(version(earn=(AmountRule(Decimal(9), 100),)), version(earn=(AmountRule(Decimal(3), 100),)))
    book.tell(NOW, order("o1"))
    assert book.amounts == (0, 30, 0, 0)


RATES = st.sampled_from(["0", "0.5", "1", "1.7", "3", "12"]).map(lambda text: AmountRule(Decimal(text), 100))


@few
@given(
    first=RATES,
    later=st.lists(st.tuples(RATES, st.integers(1, 40)), max_size=3),
    price=st.integers(0, 50_000),
    refunds=st.lists(st.tuples(st.integers(1, 30_000), st.integers(2, 45)), max_size=5),
    clawback=st.sampled_from(Clawback),
)
def test_a_refund_never_takes_more_than_the_order_gave_whatever_rules_came_later(
    first: AmountRule,
    later: list[tuple[AmountRule, int]],
    price: int,
    refunds: list[tuple[int, int]],
    clawback: Clawback,
) -> None:
    days = [f"2025-0{2 + day // 28}-{1 + day % 28:02}" for day in range(46)]
    book = _book(
        version("2025-01-01", earn=(first,), clawback=clawback),
        *(version(days[day], earn=(rule,), clawback=clawback) for rule, day in later),
    )
    bought = order("o1", f"{price / 100:.2f}", paid="2025-02-01")
    book.tell("2025-02-01", bought)
    given_once = book.amounts[1]
    made = bought
    for number, (amount, day) in enumerate(sorted(refunds, key=lambda row: row[1])):
        made = replace(
            made,
            refunds=(*made.refunds, refund(days[day], f"{amount / 100:.2f}", id=f"r{number}")),
            updated_at=instant(days[day]),
        )
        before = book.amounts[1]
        book.tell(days[day], made)
        assert 0 <= book.amounts[1] <= before <= given_once
        assert book.amounts[1] == book.due("order:o1", days[day])
    assert book.books.debt == 0


@few
@given(st.lists(st.sampled_from(["o1", "o2", "o3", "review", "sign_up", "less", "gone"]), max_size=8))
def test_settling_what_is_settled_posts_nothing(told: list[str]) -> None:
    facts: dict[str, Order | Review | SignUp] = {
        "o1": order("o1"),
        "o2": order("o2", "7.77", paid="2025-02-10"),
        "o3": order("o3", "3.00", paid="2025-02-03"),
        "review": review(),
        "sign_up": sign_up(),
        "less": order("o1", refunds=(refund("2025-02-20", "4.50"),), updated="2025-02-20"),
        "gone": order("o2", "7.77", paid="2025-02-10", cancelled="2025-02-21", updated="2025-02-21"),
    }
    book = _book(version(pending_days=20, earn=(ONE_PER_EURO, SignUpRule(5), ReviewRule(3))))
    for name in told:
        book.tell("2025-02-25", facts[name])
        posted = len(book.transactions)
        book.tell("2025-02-25", facts[name])
        book.conclude("2025-02-25")
        assert len(book.transactions) == posted

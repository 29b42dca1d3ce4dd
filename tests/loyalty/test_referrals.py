"""Referrals: due by the friend's first order, on the terms of the day of recommending."""

import pytest

from app.loyalty.facts import Order
from app.loyalty.judging.referrals import outcomes
from app.loyalty.members.history import MemberOrder, MemberReferral, ReferralOutcome, valued
from app.loyalty.terms.programme import Programme
from app.loyalty.terms.rules import ReferralRule
from tests.factories.facts import order, refund
from tests.factories.instants import instant
from tests.factories.programmes import programme, version
from tests.loyalty.notebook import Notebook

RULE = ReferralRule(points=100, friend_points=30, min_minor=2000)
REFERRED = (MemberReferral("rf1", instant("2025-01-20")),)
NOW = "2025-06-01"


def _programme(rule: ReferralRule = RULE, *, pending_days: int = 0) -> Programme:
    return programme(version(earn=(rule,), pending_days=pending_days))


def _outcome(*orders: Order, programme: Programme | None = None) -> ReferralOutcome:
    judged_by = programme or _programme()
    (found,) = outcomes(REFERRED, valued([MemberOrder("s1", each) for each in orders], judged_by), judged_by)
    return found


@pytest.mark.parametrize(
    ("orders", "reason"),
    (
        pytest.param((), "NO_FIRST_ORDER", id="no order"),
        pytest.param((order(price="20.00"),), None, id="just the minimum"),
        pytest.param((order(price="19.99"),), "BELOW_MINIMUM", id="a cent below it"),
        pytest.param((order(price="20.00", paid="2025-01-20"),), None, id="paid that very moment"),
        pytest.param((order(price="20.00", paid="2025-01-19"),), "ALREADY_CUSTOMER", id="a customer already"),
        pytest.param((order(price="20.00", paid=None),), "NO_FIRST_ORDER", id="not paid"),
        pytest.param((order(price="20.00", cancelled="2025-02-05"),), "NO_FIRST_ORDER", id="cancelled"),
        pytest.param(
            (order(price="25.00", refunds=(refund("2025-02-05", "5.01"),)),), "BELOW_MINIMUM", id="refunded below it"
        ),
        pytest.param(
            (order("o1", "5.00"), order("o2", "50.00", paid="2025-02-02")),
            "BELOW_MINIMUM",
            id="a small first spoils it",
        ),
        pytest.param(
            (order("o1", "50.00", cancelled="2025-02-02"), order("o2", "50.00", paid="2025-02-03")), None,
            id="the next is first where the first was cancelled before it",
        ),
        pytest.param(
            (order("o1", "50.00", cancelled="2025-02-05"), order("o2", "50.00", paid="2025-02-03")), "NO_FIRST_ORDER",
            id="and is not where it was cancelled after it",
        ),
    ),
)  # fmt: skip
def test_a_referral_is_due_while_the_friends_first_order_reaches_the_minimum(
    orders: tuple[Order, ...], reason: str | None
) -> None:
    found = _outcome(*orders)
    assert (found.due, found.reason) == (reason is None, reason)


def test_of_several_referrals_of_a_friend_the_first_by_time_and_id_counts() -> None:
    judged_by = _programme()
    at = instant("2025-01-20")
    referred = [MemberReferral(*row) for row in (("b", at), ("a", at), ("z", instant("2025-01-19")))]
    found = outcomes(referred, valued([MemberOrder("s1", order(price="50.00"))], judged_by), judged_by)
    assert [(each.id, each.due, each.reason) for each in found] == [
        ("z", True, None),
        ("a", False, "OTHER_ADVOCATE"),
        ("b", False, "OTHER_ADVOCATE"),
    ]


def test_the_terms_are_those_of_the_referrals_day_and_its_dates_count_from_the_friends_payment() -> None:
    generous = ReferralRule(points=900, friend_points=300)
    terms = programme(version(earn=(RULE,), pending_days=2), version("2025-01-25", earn=(generous,), pending_days=30))
    found = _outcome(order(price="20.00", paid="2025-02-01"), programme=terms)
    assert (found.advocate_points, found.friend_points, found.version) == (100, 30, 1)
    assert (found.moment, found.shop) == (instant("2025-02-01"), "s1")


def test_before_the_programme_or_without_a_rule_nothing_is_due() -> None:
    for terms in (programme(version("2025-01-25", earn=(RULE,))), programme(version(earn=()))):
        found = _outcome(order(price="50.00"), programme=terms)
        assert (found.due, found.reason) == (False, "NO_RULE")


def test_both_sides_get_theirs_and_lose_it_again_with_the_order() -> None:
    terms = _programme(pending_days=10)
    friend, advocate = Notebook(terms, "ben"), Notebook(terms, "ada")
    bought = order("o1", "20.00", paid="2025-02-01")
    friend.refer("2025-02-01", "rf1", "2025-01-20")
    friend.tell("2025-02-01", bought)
    advocate.advise("2025-02-01", friend.judgement("2025-02-01").outcomes[0])
    assert (friend.amounts, advocate.amounts) == ((30, 0, 0, 0), (100, 0, 0, 0))
    friend.conclude("2025-02-11")
    advocate.conclude("2025-02-11")
    assert (friend.amounts, advocate.amounts) == ((0, 30, 0, 0), (0, 100, 0, 0))
    friend.tell(NOW, order("o1", "20.00", paid="2025-02-01", cancelled="2025-03-01", updated="2025-03-01"))
    advocate.advise(NOW, friend.judgement(NOW).outcomes[0])
    assert (friend.amounts, advocate.amounts) == ((0, 0, 0, 0), (0, 0, 0, 0))
    assert (friend.moved(), advocate.moved()) == ({}, {})


def test_a_referral_told_after_the_friends_order_gets_the_dates_it_would_have_had() -> None:
    terms = _programme(pending_days=10)
    friend = Notebook(terms, "ben")
    friend.tell("2025-02-01", order("o1", "20.00", paid="2025-02-01"))
    friend.refer(NOW, "rf1", "2025-01-20")
    assert friend.amounts == (0, 30, 0, 0)
    (lot,) = friend.books.lots.values()
    assert lot.release_at == instant("2025-02-11")

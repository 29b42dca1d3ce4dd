"""What speaks against a referral, what is held back for it, and what staff make of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Order
from app.loyalty.judging.referrals import outcomes
from app.loyalty.members.history import MemberOrder, MemberReferral, ReferralOutcome, valued
from app.loyalty.members.mailboxes import mailbox
from app.loyalty.terms.rules import ReferralRule
from app.loyalty.terms.suspicion import Decision, Evidence, ReferralDesk, Signal, SignalCode, score, signals
from tests.factories.facts import order, refund
from tests.factories.instants import instant
from tests.factories.programmes import programme, version

DESK = ReferralDesk(same_device=40, same_payment=100)
AT = instant("2025-01-20")
PAID = instant("2025-02-01")
BEFORE, AFTER = PAID - timedelta(seconds=1), PAID + timedelta(seconds=1)
TERMS = version(earn=(ReferralRule(100, 30, 2000),))
WATCHED = replace(TERMS, referral_desk=DESK)
MAILBOX = Evidence(same_mailbox=True)


def outcome(
    evidence: Evidence = MAILBOX, decision: Decision | None = None, *orders: Order, desk: bool = True
) -> ReferralOutcome:
    judged_by = programme(WATCHED if desk else TERMS)
    placed = [MemberOrder("s1", each) for each in orders or (order(price="20.00"),)]
    (found,) = outcomes([MemberReferral("rf1", AT, evidence, decision)], valued(placed, judged_by), judged_by)
    return found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    (
        ("ada@example.com", " ADA@Example.com", True),
        ("ada@example.com", "ada+friend@example.com", True),
        ("a.d.a@gmail.com", "ada@googlemail.com", True),
        ("a.da@example.com", "ada@example.com", False),
        ("ada@example.com", "ada@example.org", False),
    ),
)
def test_spellings_of_one_mailbox_are_one(one: str, other: str, *, same: bool) -> None:
    assert (mailbox(one) == mailbox(other)) is same


@pytest.mark.parametrize(
    ("evidence", "waited", "found"),
    (
        pytest.param(Evidence(), 9000, (), id="nothing"),
        pytest.param(MAILBOX, 9000, (Signal(SignalCode.SAME_MAILBOX, 100),), id="one mailbox"),
        pytest.param(Evidence(address_met_at=PAID), 9000, (Signal(SignalCode.SAME_ADDRESS, 60),), id="one address"),
        pytest.param(Evidence(address_met_at=AFTER), 9000, (), id="an address they shared only later"),
        pytest.param(Evidence(network_met_at=BEFORE), 9000, (Signal(SignalCode.SAME_NETWORK, 60),), id="one network"),
        pytest.param(Evidence(device_met_at=BEFORE), 9000, (Signal(SignalCode.SAME_DEVICE, 40),), id="one device"),
        pytest.param(Evidence(device_met_at=AFTER), 9000, (), id="a device they shared only later"),
        pytest.param(Evidence(payment_met_at=PAID), 9000, (Signal(SignalCode.SAME_PAYMENT, 100),), id="one card"),
        pytest.param(Evidence(), 5, (Signal(SignalCode.QUICK_ORDER, 20, 5),), id="five minutes"),
        pytest.param(Evidence(), 6, (), id="six minutes"),
        pytest.param(Evidence(claims_in_hour=5), 9000, (), id="five in an hour"),
        pytest.param(Evidence(claims_in_hour=6), 9000, (Signal(SignalCode.MANY_CLAIMS, 40, 6),), id="six in an hour"),
        pytest.param(
            Evidence(account_at=PAID - timedelta(minutes=9000, days=3)), 9000,
            (Signal(SignalCode.OLDER_ACCOUNT, 20, 3),), id="an account three days older",
        ),
        pytest.param(Evidence(account_at=PAID), 9000, (), id="a younger account"),
    ),
)  # fmt: skip
def test_each_signal_has_its_weight_and_its_number(evidence: Evidence, waited: int, found: tuple[Signal, ...]) -> None:
    assert signals(DESK, PAID - timedelta(minutes=waited), PAID, evidence) == found


def test_a_signal_without_weight_is_not_looked_for() -> None:
    assert signals(replace(DESK, same_mailbox=0), AT, PAID, MAILBOX) == ()


def test_a_referral_with_enough_against_it_is_held_and_due_nothing_to_anybody() -> None:
    found = outcome()
    assert (found.due, found.held, found.reason) == (False, True, "HELD_FOR_REVIEW")
    assert [moment for _, moment in found.steps] == [None]
    assert (found.advocate_points, found.friend_points, score(found.signals)) == (100, 30, 100)


def test_just_below_the_threshold_it_is_due_with_what_was_seen_beside_it() -> None:
    found = outcome(Evidence(claims_in_hour=6, account_at=AT - timedelta(days=1)))
    assert (found.due, score(found.signals)) == (False, 60)
    found = outcome(Evidence(claims_in_hour=6))
    assert (found.due, found.held, score(found.signals)) == (True, False, 40)


def test_what_staff_approve_is_due_as_ever() -> None:
    approved, plain = outcome(MAILBOX, Decision.APPROVED), outcome(desk=False)
    assert replace(approved, signals=()) == plain
    assert approved.moment == PAID


@pytest.mark.parametrize("evidence", (MAILBOX, Evidence()), ids=("held", "free"))
def test_what_staff_refuse_is_due_nothing(evidence: Evidence) -> None:
    found = outcome(evidence, Decision.REFUSED)
    assert (found.due, found.held, found.reason) == (False, False, "REFUSED_BY_STAFF")


@pytest.mark.parametrize("decision", (None, *Decision))
def test_a_refunded_order_cancels_the_reward_whatever_staff_said(decision: Decision | None) -> None:
    gone = order(price="20.00", refunds=(refund("2025-02-05", "20.00"),))
    found = outcome(MAILBOX, decision, gone)
    assert (found.due, found.held, found.reason) == (False, False, "NO_FIRST_ORDER")


_INSTANTS = st.none() | st.timedeltas(timedelta(days=-30), timedelta(days=30)).map(lambda off: PAID + off)
_EVIDENCE = st.builds(Evidence, st.booleans(), _INSTANTS, _INSTANTS, st.integers(1, 20), _INSTANTS)


@given(_EVIDENCE)
def test_without_a_desk_nothing_that_is_known_changes_anything(evidence: Evidence) -> None:
    bare = outcome(Evidence(network_met_at=evidence.network_met_at), desk=False)
    assert outcome(evidence, desk=False) == bare
    assert bare.due


@given(_EVIDENCE, st.none() | st.sampled_from(Decision))
def test_a_referral_is_held_exactly_from_the_threshold_on_and_undecided(
    evidence: Evidence, decision: Decision | None
) -> None:
    found = outcome(evidence, decision)
    heavy = score(signals(DESK, AT, PAID, evidence)) >= DESK.hold_at
    assert found.held is (heavy and decision is None)
    assert found.due is (decision is Decision.APPROVED or (decision is None and not heavy))

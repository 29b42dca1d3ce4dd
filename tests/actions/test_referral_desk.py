"""The referral desk: held back with reasons, approved, refused, taken back; the same in any order of delivery."""

from dataclasses import replace
from itertools import permutations

import pytest
from sqlalchemy import Engine, select

from app.actions.answers import Answer
from app.actions.decide_referral import approve_referral, refuse_referral
from app.db import referral_desk
from app.db.facts import forget_networks
from app.db.referral_desk import Figures, Looked, View
from app.db.tables import DeedRow, OrderRow
from app.loyalty.facts import Customer, Fact, Order, Traces
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import ReferralMilestoneRule, ReferralRule
from app.loyalty.terms.suspicion import Decision, ReferralDesk, SignalCode
from tests.factories.facts import order, referral, refund, sign_up
from tests.factories.houses import House, house
from tests.factories.programmes import version

OFF = version(earn=[ReferralRule(500, 50), ReferralMilestoneRule(70, 1)])
ON = replace(OFF, referral_desk=ReferralDesk())
NOTHING, PAID = (0, 0, 0, 0), (0, 570, 0, 0)
HOME = Traces(address="street/1/de")
CABLE = Traces(network="9.9.9.9")
SOFA = Traces(network="9.9.9.9", device="9.9.9.9 Browser/1")
CARD = Traces(payment="card-1")


def shop(db: Engine, terms: Version = ON) -> House:
    return house(db, terms)


def bought(name: str, at: str, traces: Traces, **more: object) -> Order:
    return replace(order(f"o-{name}", "50.00", at, customer=name, **more), traces=traces)  # type: ignore[arg-type]


def brought(ours: House, traces: Traces = HOME) -> None:
    """Ada bought, brought Ben, and Ben's order bears the traces of hers."""
    ours.settle("2025-01-10", bought("ada", "2025-01-10", traces))
    ours.settle("2025-01-20", referral())
    ours.settle("2025-02-01", bought("ben", "2025-02-01", traces))


def decide(ours: House, decision: Decision, key: str = "k1", now: str = "2025-02-03") -> Answer:
    verb = approve_referral if decision is Decision.APPROVED else refuse_referral
    with ours.unit(now) as scope:
        return verb(scope, "rf1", key=key, actor="staff", why="looked at")


def looked(ours: House, view: View = View.ALL) -> list[Looked]:
    with ours.reading() as scope:
        return list(referral_desk.looked(scope, view, 10))


def codes(ours: House) -> list[SignalCode]:
    [found] = looked(ours)
    return [signal.code for signal in found.outcome.signals]


@pytest.mark.parametrize(
    ("traces", "code"), ((HOME, SignalCode.SAME_ADDRESS), (CABLE, SignalCode.SAME_NETWORK)), ids=("address", "network")
)
def test_a_friend_at_the_advocates_own_place_is_held_back(db: Engine, traces: Traces, code: SignalCode) -> None:
    ours = shop(db)
    brought(ours, traces)

    assert codes(ours) == [code]
    assert [found.id for found in looked(ours, View.WAITING)] == ["rf1"]
    assert (ours.amounts("ada"), ours.amounts("ben")) == (NOTHING, NOTHING)
    assert ours.settlement("ada", "referral:rf1").reason == "HELD_FOR_REVIEW"


def test_devices_and_payments_are_kept_and_looked_at_only_where_they_have_a_weight(db: Engine) -> None:
    def kept(ours: House) -> set[tuple[bool, bool]]:
        with ours.reading() as scope:
            columns = select(OrderRow.device_hash, OrderRow.payment_hash)
            rows = scope.session.execute(columns.where(OrderRow.programme_id == ours.programme_id)).all()
        return {(device is not None, payment is not None) for device, payment in rows}

    told = replace(SOFA, payment="card-1")
    plain = shop(db)
    brought(plain, told)
    assert (kept(plain), codes(plain)) == ({(False, False)}, [SignalCode.SAME_NETWORK])

    desk = ReferralDesk(hold_at=100, same_network=0, same_device=40, same_payment=60)
    watching = shop(db, replace(OFF, referral_desk=desk))
    brought(watching, told)
    assert kept(watching) == {(True, True)}
    assert codes(watching) == [SignalCode.SAME_DEVICE, SignalCode.SAME_PAYMENT]
    assert [found.id for found in looked(watching, View.WAITING)] == ["rf1"]
    with watching.unit("2025-03-10") as scope:
        assert forget_networks(scope.session, scope.now) >= 2
    watching.settle("2025-03-11", bought("ben", "2025-02-01", told, updated="2025-03-11"))
    assert (kept(watching), codes(watching)) == (
        {(False, True)}, [SignalCode.SAME_DEVICE, SignalCode.SAME_PAYMENT],
    )  # fmt: skip


def test_a_friend_who_pays_with_the_advocates_card_is_held_back(db: Engine) -> None:
    ours = shop(db, replace(OFF, referral_desk=ReferralDesk(same_payment=100)))
    brought(ours, CARD)

    assert codes(ours) == [SignalCode.SAME_PAYMENT]
    assert (ours.amounts("ada"), ours.amounts("ben")) == (NOTHING, NOTHING)


def test_a_friend_with_another_spelling_of_the_advocates_address_is_held_back(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-01-05", sign_up(Customer("ada", "ada@example.com"), "2025-01-05"))
    ours.settle("2025-01-20", referral())
    ours.settle("2025-01-25", sign_up(Customer("ben", "Ada+ben@example.com"), "2025-01-25"))
    ours.settle("2025-02-01", bought("ben", "2025-02-01", Traces()))

    assert codes(ours) == [SignalCode.SAME_MAILBOX]
    assert ours.amounts("ada") == NOTHING


def test_without_a_desk_everybody_is_paid_and_nothing_is_collected(db: Engine) -> None:
    ours = shop(db, OFF)
    brought(ours)

    assert (ours.amounts("ada"), ours.amounts("ben")) == (PAID, (0, 50, 0, 0))
    with ours.reading() as scope:
        kept = scope.session.execute(
            select(OrderRow.address_hash, OrderRow.network_hash).where(OrderRow.programme_id == ours.programme_id)
        ).all()
    assert {tuple(row) for row in kept} == {(None, None)}


def test_what_is_kept_of_an_address_does_not_tell_it(db: Engine) -> None:
    ours = shop(db)
    brought(ours)

    with ours.reading() as scope:
        [kept] = set(
            scope.session.scalars(select(OrderRow.address_hash).where(OrderRow.programme_id == ours.programme_id))
        )
    assert kept == ours.cipher.fingerprint("street/1/de")
    assert "street" not in kept


def test_an_approved_referral_is_paid_with_the_dates_it_would_have_had(db: Engine) -> None:
    ours = shop(db, replace(ON, pending_days=14))
    brought(ours)
    assert decide(ours, Decision.APPROVED) == Answer()

    assert ours.amounts("ada") == (570, 0, 0, 0)
    ours.tend("2025-02-14")
    assert ours.amounts("ada") == (570, 0, 0, 0)
    ours.tend("2025-02-15")
    assert (ours.amounts("ada"), ours.amounts("ben")) == (PAID, (0, 50, 0, 0))
    assert ours.breaches() == []


def test_a_refused_referral_stays_refused_when_it_is_settled_again(db: Engine) -> None:
    ours = shop(db)
    brought(ours)
    decide(ours, Decision.REFUSED)
    ours.settle("2025-02-04", bought("ben", "2025-02-01", HOME, updated="2025-02-04"))

    assert ours.settlement("ada", "referral:rf1").reason == "REFUSED_BY_STAFF"
    assert (ours.amounts("ada"), ours.amounts("ben")) == (NOTHING, NOTHING)


def test_refusing_what_was_paid_takes_it_back_and_the_later_decision_counts(db: Engine) -> None:
    ours = shop(db)
    brought(ours, Traces())
    assert ours.amounts("ada") == PAID

    decide(ours, Decision.REFUSED)
    assert (ours.amounts("ada"), ours.amounts("ben")) == (NOTHING, NOTHING)
    decide(ours, Decision.APPROVED, "k2", "2025-02-04")
    assert (ours.amounts("ada"), ours.amounts("ben")) == (PAID, (0, 50, 0, 0))
    assert ours.breaches() == []


def test_a_refunded_order_leaves_nothing_to_decide_and_cancels_what_was_approved(db: Engine) -> None:
    ours = shop(db)
    brought(ours)
    gone = bought("ben", "2025-02-01", HOME, updated="2025-02-05", refunds=[refund("2025-02-05", "50.00")])
    ours.settle("2025-02-05", gone)
    assert looked(ours, View.WAITING) == []

    decide(ours, Decision.APPROVED, now="2025-02-06")
    assert ours.amounts("ada") == NOTHING


def test_the_same_key_decides_once_and_serves_nothing_else(db: Engine) -> None:
    ours = shop(db)
    brought(ours)
    assert decide(ours, Decision.APPROVED) == Answer()
    assert decide(ours, Decision.APPROVED) == Answer(repeated=True)
    assert decide(ours, Decision.REFUSED).refused == "KEY_REUSED"

    with ours.reading() as scope:
        deeds = scope.session.execute(
            select(DeedRow.actor, DeedRow.subject, DeedRow.why).where(
                DeedRow.programme_id == ours.programme_id, DeedRow.what == "decide_referral"
            )
        ).all()
    assert [tuple(row) for row in deeds] == [("staff", "referral:rf1", "looked at")]
    assert ours.amounts("ada") == PAID


def test_nobody_decides_what_is_not_there(db: Engine) -> None:
    assert decide(shop(db), Decision.APPROVED).refused == "UNKNOWN_REFERRAL"


def test_the_desk_counts_what_it_held_back_wrongly(db: Engine) -> None:
    ours = shop(db)
    brought(ours)
    ours.settle("2025-02-02", referral("rf2", friend="cleo"), referral("rf3", friend="dora"))
    ours.settle("2025-02-05", bought("cleo", "2025-02-05", HOME), bought("dora", "2025-02-05", Traces()))
    with ours.reading() as scope:
        assert referral_desk.figures(scope) == Figures(2, 0, 0)
        assert Figures(2, 0, 0).false_positives is None
    decide(ours, Decision.APPROVED)
    with ours.unit("2025-02-06") as scope:
        refuse_referral(scope, "rf2", key="k2", actor="staff", why="one house")
        refuse_referral(scope, "rf3", key="k3", actor="staff", why="never held back: does not count")
    with ours.reading() as scope:
        found = referral_desk.figures(scope)

    assert (found, found.false_positives) == (Figures(0, 2, 1), 5000)


FACTS: tuple[Fact, ...] = (
    replace(order("o-ada", "50.00", "2025-01-10"), traces=HOME),
    referral(),
    replace(order("o-ben", "50.00", "2025-02-01", customer="ben"), traces=HOME),
    sign_up(Customer("ada", "ada@example.com"), "2025-01-05"),
    sign_up(Customer("ben", "ada+2@example.com"), "2025-01-25"),
)


def test_the_order_of_delivery_does_not_matter(db: Engine) -> None:
    ends = set()
    for facts in list(permutations(FACTS))[::7]:
        ours = shop(db)
        for fact in facts:
            ours.settle("2025-03-01", fact)
        ends.add((tuple(codes(ours)), ours.amounts("ada"), ours.amounts("ben")))

    assert ends == {((SignalCode.SAME_MAILBOX, SignalCode.SAME_ADDRESS), NOTHING, NOTHING)}


def test_a_merge_of_both_sides_ends_the_referral_and_unmerging_brings_it_back(db: Engine) -> None:
    ours = shop(db)
    brought(ours)
    decide(ours, Decision.APPROVED)
    lost = ours.member("ben")
    ours.merge("2025-02-10", "ada", lost)
    assert ours.amounts("ada")[1] == 0
    with ours.unit("2025-02-11") as scope:
        assert refuse_referral(scope, "rf1", key="k9", actor="staff", why="self").refused == "UNKNOWN_REFERRAL"
    ours.unmerge("2025-02-12", lost)

    assert (ours.amounts("ada"), ours.amounts("ben")) == (PAID, (0, 50, 0, 0))
    assert ours.breaches() == []


def test_a_network_is_forgotten_after_thirty_days_and_the_referral_stays_held(db: Engine) -> None:
    ours = shop(db)
    brought(ours, CABLE)
    with ours.unit("2025-03-10") as scope:
        assert forget_networks(scope.session, scope.now) >= 2
    ours.settle("2025-03-11", bought("ben", "2025-02-01", CABLE, updated="2025-03-11"))

    with ours.reading() as scope:
        kept = set(
            scope.session.scalars(select(OrderRow.network_hash).where(OrderRow.programme_id == ours.programme_id))
        )
    assert kept == {None}
    assert codes(ours) == [SignalCode.SAME_NETWORK]
    assert ours.amounts("ada") == NOTHING

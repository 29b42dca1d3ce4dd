"""Two members become one person's: points, lots, tier and what they did; and two again, if that was a mistake."""

import pytest
from sqlalchemy import Engine

from app.actions.audit_ledger import audit_settlements
from app.db.audit import NOBODY
from app.loyalty.errors import MergedSinceError, NotMergedError, SameMemberError
from app.loyalty.facts import Birthday, Customer, Event, Referral, SignUp
from app.loyalty.terms.programme import Clawback, Expiry, Level, Measure, Reward
from app.loyalty.terms.rules import BirthdayRule, EventRule, ReferralRule, SignUpRule
from tests.factories.facts import order, refund
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, version

TIERS = ladder(Level("silver", 60), Level("gold", 100), measure=Measure.POINTS)


def two(db: Engine, **policy: object) -> House:
    """Ada bought for 70, ben for 50."""
    ours = house(db, version(rewards=[Reward("r", 30)], **policy))  # type: ignore[arg-type]
    ours.settle("2025-02-01T13", order("o1", "70.00"), order("o2", "50.00", customer="ben"))
    return ours


def settled(ours: House, now: str) -> bool:
    """Say whether nobody's points would move by settling everything again."""
    with ours.unit(now) as scope:
        found, _ = audit_settlements(scope, NOBODY)
        scope.session.rollback()
    return found == []


def test_all_that_lies_anywhere_is_the_kept_members(db: Engine) -> None:
    ours = two(db)
    ben = ours.member("ben")
    merged = ours.merge("2025-02-02", "ada", "ben")
    assert (merged.kept_id, merged.repeated) == (ours.member("ada"), False)
    assert ours.amounts("ada") == (0, 120, 0, 0)
    assert ours.amounts(ben) == (0, 0, 0, 0)
    assert ours.member("ben") == ours.member("ada")
    assert ours.shown("ada")["totals"]["issued"] == 120
    assert ours.breaches() == []
    assert settled(ours, "2025-02-02")


def test_every_lot_keeps_its_source_and_its_dates(db: Engine) -> None:
    ours = two(db, pending_days=10, expiry=Expiry(30))
    before = sorted([*ours.shown("ada")["lots"], *ours.shown("ben")["lots"]], key=str)
    ours.merge("2025-02-02", "ada", "ben")
    assert sorted(ours.shown("ada")["lots"], key=str) == before


def test_a_second_time_nothing_happens(db: Engine) -> None:
    ours = two(db)
    ben = ours.member("ben")
    ours.merge("2025-02-02", "ada", ben)
    number = ours.row("ada").number
    assert ours.merge("2025-02-03", "ada", ben).repeated
    assert ours.merge("2025-02-03", ben, "ada").repeated
    assert ours.row("ada").number == number


def test_nobody_is_merged_with_themselves(db: Engine) -> None:
    ours = two(db)
    with pytest.raises(SameMemberError):
        ours.merge("2025-02-02", "ada", "ada")


def test_the_tier_is_what_both_together_reached(db: Engine) -> None:
    ours = two(db, tiers=TIERS)
    ben = ours.member("ben")
    assert (ours.row("ada").tier, ours.row("ben").tier) == ("silver", None)
    ours.merge("2025-02-02", "ada", "ben")
    assert (ours.row("ada").tier, ours.row(ben).tier) == ("gold", None)


def test_a_refund_of_the_lost_members_order_takes_back_from_the_kept_one(db: Engine) -> None:
    ours = two(db)
    ours.merge("2025-02-02", "ada", "ben")
    back = order("o2", "50.00", customer="ben", updated="2025-02-03", refunds=[refund("2025-02-03", "20.00")])
    ours.settle("2025-02-03", back)
    assert ours.amounts("ada") == (0, 100, 0, 0)
    assert [lot["remaining"] for lot in ours.shown("ada")["lots"]] == [70, 30]
    assert ours.breaches() == []


def test_points_on_hold_stay_with_their_code_and_come_back_to_their_lot(db: Engine) -> None:
    ours = two(db)
    ours.redeem("2025-02-02", "ben", "k-hold")
    ours.merge("2025-02-03", "ada", "ben")
    assert ours.amounts("ada") == (0, 90, 30, 0)
    assert ours.redemption("k-hold").member_id == ours.member("ada")
    used = order("o3", "10.00", "2025-02-04", customer="ben", codes=[("k-hold", "5.00")])
    ours.settle("2025-02-04T13", used)
    assert ours.amounts("ada") == (0, 95, 0, 0)
    undone = order(
        "o3", "10.00", "2025-02-04", customer="ben", codes=[("k-hold", "5.00")],
        updated="2025-02-05", cancelled="2025-02-05",
    )  # fmt: skip
    ours.settle("2025-02-05", undone)
    assert ours.amounts("ada") == (0, 120, 0, 0)
    assert ours.breaches() == []


def test_debt_of_one_is_paid_by_the_other(db: Engine) -> None:
    ours = two(db, clawback=Clawback.OWE)
    ours.redeem("2025-02-02", "ben", "k-debt")
    ours.settle("2025-02-03", order("o2", "50.00", customer="ben", updated="2025-02-03", cancelled="2025-02-03"))
    assert ours.amounts("ben") == (0, 0, 30, 30)
    ours.merge("2025-02-04", "ada", "ben")
    assert ours.amounts("ada") == (0, 40, 30, 0)
    assert ours.breaches() == []


def test_one_person_joins_once(db: Engine) -> None:
    ours = house(db, version(earn=[ONE_PER_EURO, SignUpRule(10)]))
    ours.settle("2025-02-03", SignUp(Customer("ada"), instant("2025-02-03")))
    ours.settle("2025-02-04", SignUp(Customer("ben"), instant("2025-02-01")))
    ben = ours.member("ben")
    ours.merge("2025-02-05", "ada", "ben")
    assert ours.amounts("ada") == (0, 10, 0, 0)
    assert ours.row("ada").joined_at == instant("2025-02-01")
    ours.unmerge("2025-02-06", ben)
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 10, 0, 0), (0, 10, 0, 0))
    assert (ours.row("ada").joined_at, ours.row("ben").joined_at) == (instant("2025-02-03"), instant("2025-02-01"))


def test_who_brought_themselves_brought_nobody(db: Engine) -> None:
    ours = house(db, version(earn=[ONE_PER_EURO, ReferralRule(50, 5)]))
    ours.settle("2025-02-01", Referral("rf", Customer("ada"), Customer("ben"), instant("2025-01-30")))
    ours.settle("2025-02-01T13", order("o2", "50.00", customer="ben"))
    ben = ours.member("ben")
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 50, 0, 0), (0, 55, 0, 0))
    ours.merge("2025-02-02", "ada", "ben")
    assert ours.amounts("ada") == (0, 50, 0, 0)
    ours.unmerge("2025-02-03", ben)
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 50, 0, 0), (0, 55, 0, 0))
    assert ours.breaches() == []


def test_taken_back_at_once_both_have_what_they_had(db: Engine) -> None:
    ours = two(db, tiers=TIERS, pending_days=3)
    ours.tend("2025-02-06")
    ours.redeem("2025-02-06", "ben", "k-both")
    before = {name: ours.shown(name) for name in ("ada", "ben")}
    ben = ours.member("ben")
    ours.merge("2025-02-07", "ada", "ben")
    assert ours.unmerge("2025-02-07", ben).rest == 0
    assert {name: ours.shown(name) for name in ("ada", "ben")} == before
    assert ours.member("ben") == ben
    assert ours.breaches() == []
    assert settled(ours, "2025-02-07")


def test_what_one_used_of_the_others_is_paid_from_what_it_has_and_the_rest_is_stated(db: Engine) -> None:
    ours = house(db, version(rewards=[Reward("r", 60)]))
    ours.settle("2025-02-01T13", order("o1", "20.00"), order("o2", "50.00", customer="ben"))
    ben = ours.member("ben")
    ours.merge("2025-02-02", "ada", "ben")
    ours.redeem("2025-02-03", "ada", "k-rest")
    unmerged = ours.unmerge("2025-02-04", ben)
    # 60 of 70 are on hold for ada's code, 40 of them from ben's lot; the 10 left are ben's own.
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 0, 60, 0), (0, 10, 0, 0))
    assert unmerged.rest == 40
    assert ours.breaches() == []


def test_a_merge_is_taken_back_once_and_in_turn(db: Engine) -> None:
    ours = two(db)
    ours.join("cas")
    ada, ben = ours.member("ada"), ours.member("ben")
    ours.merge("2025-02-02", "ada", "ben")
    ours.merge("2025-02-03", "cas", "ada")
    with pytest.raises(MergedSinceError):
        ours.unmerge("2025-02-04", ben)
    ours.unmerge("2025-02-04", ada)
    ours.unmerge("2025-02-04", ben)
    with pytest.raises(NotMergedError):
        ours.unmerge("2025-02-04", ben)
    assert (ours.amounts(ada), ours.amounts(ben), ours.amounts("cas")) == ((0, 70, 0, 0), (0, 50, 0, 0), (0, 0, 0, 0))
    ours.merge("2025-02-05", "cas", ben)
    assert ours.amounts("cas") == (0, 50, 0, 0)
    assert ours.breaches() == []


def test_events_and_birthdays_follow_and_return_even_when_told_at_one_instant(db: Engine) -> None:
    rules = (EventRule("visit", 7), BirthdayRule(20))
    ours = house(db, version(earn=rules))
    told = instant("2025-01-05")
    ours.settle(
        "2025-02-01",
        Event("e1", Customer("ada"), "visit", instant("2025-01-20")),
        Event("e2", Customer("ben"), "visit", instant("2025-01-21")),
        Birthday(Customer("ada"), 1, 10, told),
        Birthday(Customer("ben"), 1, 12, told),
    )
    ben = ours.member("ben")
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 27, 0, 0), (0, 27, 0, 0))
    ours.merge("2025-02-02", "ada", "ben")
    assert ours.amounts("ada") == (0, 34, 0, 0)
    ours.unmerge("2025-02-03", ben)
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 27, 0, 0), (0, 27, 0, 0))
    assert ours.breaches() == []

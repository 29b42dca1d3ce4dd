"""Tending: what falls due by time is done once, in order of time, however late or often it is asked."""

from sqlalchemy import Engine

from app.actions.tend_members import due_members, tend_members
from app.loyalty.terms.programme import Downgrade, Expiry, Level, Reward, Window, WindowKind
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import ladder, version


def trading(db: Engine) -> House:
    tiers = ladder(Level("silver", 5000), window=Window(WindowKind.CALENDAR_YEAR), downgrade=Downgrade.QUALIFIED)
    ours = house(db, version(pending_days=14, expiry=Expiry(60), tiers=tiers, rewards=[Reward("r", 20, code_days=3)]))
    ours.settle("2025-02-01T13", order(price="50.00"))
    return ours


def due(ours: House, now: str) -> int:
    with ours.unit(now) as scope:
        return len(due_members(scope, 10))


def test_a_member_is_due_at_the_next_instant_at_which_something_happens(db: Engine) -> None:
    ours = trading(db)
    assert due(ours, "2025-02-01T23:59:59") == 0
    assert due(ours, "2025-02-02T00") == 1
    ours.tend("2025-02-02T00")
    assert due(ours, "2025-02-15T11:59:59") == 0
    assert due(ours, "2025-02-15T12") == 1


def test_release_expiry_and_falling_happen_at_their_second(db: Engine) -> None:
    ours = trading(db)
    seen = []
    for now in ("2025-02-15T11:59:59", "2025-02-15T12", "2025-04-02T23:59:59", "2025-04-03T00", "2025-12-31T23:59:59"):
        ours.tend(now)
        seen.append((ours.amounts("ada"), ours.row("ada").tier))
    assert seen == [
        ((50, 0, 0, 0), "silver"),
        ((0, 50, 0, 0), "silver"),
        ((0, 50, 0, 0), "silver"),
        ((0, 0, 0, 0), "silver"),
        ((0, 0, 0, 0), "silver"),
    ]
    ours.tend("2026-01-01T00")
    assert ours.row("ada").tier is None
    assert ours.breaches() == []


def test_twice_is_once(db: Engine) -> None:
    ours = trading(db)
    made = [ours.tend("2025-02-16"), ours.tend("2025-02-16"), ours.tend("2025-04-03"), ours.tend("2025-04-03")]
    assert made == [1, 0, 1, 0]
    with ours.unit("2025-04-03") as scope:
        assert tend_members(scope, [ours.member("ada")] * 2) == 0


def test_a_clock_that_stood_still_catches_up_in_the_order_of_time(db: Engine) -> None:
    """Three months late at once: the code ran out before the lot ended, so nothing lives on."""
    late, kept = trading(db), trading(db)
    for ours in (late, kept):
        ours.tend("2025-02-15T12")
        ours.redeem("2025-02-16", "ada", "k1")
    for day in range(17, 29):
        kept.tend(f"2025-02-{day}")
    kept.tend("2025-04-03T00")
    late.tend("2025-05-20")
    kept.tend("2025-05-20")
    assert late.shown("ada") == kept.shown("ada")
    assert late.shown("ada")["totals"]["expired"] == 50


def test_the_longest_due_come_first_and_a_page_is_a_page(db: Engine) -> None:
    ours = trading(db)
    ours.settle("2025-02-03", order("o2", "1.00", paid="2025-02-03", customer="ben"))
    ours.settle("2025-02-04", order("o3", "1.00", paid="2025-02-04", customer="cas"))
    ours.tend("2025-02-10")
    with ours.reading("2025-02-20") as scope:
        assert due_members(scope, 2) == [ours.member("ada"), ours.member("ben")]
        assert len(due_members(scope, 10)) == 3

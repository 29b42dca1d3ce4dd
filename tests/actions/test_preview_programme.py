"""A shadow run tells who would move and what orders would earn, and moves nothing; then the switch does just that."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select

from app.actions.preview_programme import MemberOutlook, OrderOutlook, preview_members, preview_orders
from app.actions.publish_programme import publish_programme
from app.db.tables import Base
from app.loyalty.publishing.shadow import Move
from app.loyalty.terms.programme import Downgrade, Level, Version
from app.loyalty.terms.rules import AmountRule
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, version

SILVER = ladder(Level("silver", 10_000, (2, 1)))
TWO = AmountRule(ONE_PER_EURO.points * 2, 100)
NEW = version("2025-03-01T00", earn=[TWO], tiers=SILVER)


def looked(ours: House, promised: Version, now: str, limit: int = 100) -> list[MemberOutlook]:
    found: list[MemberOutlook] = []
    last: UUID | None = UUID(int=0)
    while last is not None:
        with ours.reading(now) as scope:
            page, last = preview_members(scope, promised, last, limit)
        assert len(page) <= limit
        found += page
    return found


def moves(
    ours: House, promised: Version, now: str = "2025-02-20"
) -> dict[str, tuple[str | None, str | None, datetime]]:
    names = {str(ours.member(name)): name for name in ("ada", "ben", "cleo") if name in ours.everything()}
    found = [each.outlook.move for each in looked(ours, promised, now)]
    return {names[move.member]: (move.before, move.after, move.at) for move in found if move is not None}


def rows(ours: House) -> dict[str, Any]:
    """Return everything that is stored, table by table."""
    with ours.reading() as scope:
        return {
            table.name: sorted(map(repr, scope.session.execute(select(table)))) for table in Base.metadata.sorted_tables
        }


@contextmanager
def nothing_changes(ours: House) -> Iterator[None]:
    before = rows(ours)
    yield
    assert rows(ours) == before


def with_tiers_to_come(db: Engine) -> House:
    ours = house(db, version())
    ours.settle("2025-02-01T13", order("a1", "150.00"), order("b1", "50.00", customer="ben"), sign_up("cleo"))
    return ours


def test_acceptance_5_a_tier_added_to_a_live_programme_lists_who_moves_and_nobody_loses_points(db: Engine) -> None:
    ours = with_tiers_to_come(db)
    with nothing_changes(ours):
        found = looked(ours, NEW, "2025-02-20")
    start = instant("2025-03-01T00")
    assert [each.outlook.move for each in found if each.outlook.move] == [
        Move(str(ours.member("ada")), None, "silver", start)
    ]
    assert [each.outlook.lost_points for each in found] == [0, 0, 0]
    before = {name: ours.amounts(name) for name in ("ada", "ben", "cleo")}
    assert before["ada"] == (0, 150, 0, 0)

    with ours.unit("2025-02-20") as scope:
        publish_programme(scope, NEW, by="operator")
    ours.tend("2025-02-28T23:59:59")
    assert ours.row("ada").tier is None
    ours.tend("2025-03-02")
    assert {name: ours.amounts(name) for name in before} == before
    assert {name: ours.row(name).tier for name in before} == {"ada": "silver", "ben": None, "cleo": None}
    assert ours.breaches() == []


def test_pages_of_members_tell_the_same_as_all_at_once(db: Engine) -> None:
    ours = with_tiers_to_come(db)
    assert looked(ours, NEW, "2025-02-20", limit=1) == looked(ours, NEW, "2025-02-20")
    assert len(looked(ours, NEW, "2025-02-20")) == 3


def test_who_would_fall_is_listed_with_the_day_on_which_the_grace_is_over(db: Engine) -> None:
    ours = house(db, version(tiers=SILVER))
    ours.settle("2025-02-01T13", order("a1", "150.00"), order("b1", "300.00", customer="ben"))
    raised = replace(NEW, tiers=ladder(Level("silver", 20_000), grace_days=30))
    assert moves(ours, raised) == {"ada": ("silver", None, instant("2025-04-01T00"))}
    at_once = replace(NEW, tiers=ladder(Level("silver", 20_000)))
    assert moves(ours, at_once) == {"ada": ("silver", None, instant("2025-03-02T00"))}
    never = replace(NEW, tiers=ladder(Level("silver", 20_000), downgrade=Downgrade.NEVER))
    assert moves(ours, never) == {}
    dropped = replace(NEW, tiers=ladder(Level("gold", 20_000)))
    assert moves(ours, dropped) == {
        "ada": ("silver", None, instant("2025-03-01T00")),
        "ben": ("silver", "gold", instant("2025-03-01T00")),
    }
    assert moves(ours, replace(NEW, tiers=None)) == {
        "ada": ("silver", None, instant("2025-03-01T00")),
        "ben": ("silver", None, instant("2025-03-01T00")),
    }


def test_what_was_listed_is_what_comes(db: Engine) -> None:
    ours = house(db, version(tiers=SILVER))
    ours.settle("2025-02-01T13", order("a1", "150.00"), order("b1", "300.00", customer="ben"))
    raised = replace(NEW, tiers=ladder(Level("silver", 20_000), Level("gold", 30_000, entry_reward=40), grace_days=30))
    told = looked(ours, raised, "2025-02-20")
    assert sum(each.outlook.entry_points for each in told) == 40
    assert moves(ours, raised) == {
        "ada": ("silver", None, instant("2025-04-01T00")),
        "ben": ("silver", "gold", instant("2025-03-01T00")),
    }
    ours.publish("2025-02-20", raised)
    ours.tend("2025-03-31T23:59:59")
    assert (ours.row("ada").tier, ours.row("ben").tier) == ("silver", "gold")
    ours.tend("2025-04-01T00")
    assert ours.row("ada").tier is None
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 150, 0, 0), (0, 340, 0, 0))


def test_the_last_orders_are_told_with_what_they_earn_and_would_have_earned(db: Engine) -> None:
    ours = with_tiers_to_come(db)
    ours.settle("2025-02-10T13", order("a2", "10.00", "2025-02-10"), order("c1", "7.50", None, customer="cleo"))
    with nothing_changes(ours), ours.reading("2025-02-20") as scope:
        found = preview_orders(scope, NEW)
        latest = preview_orders(scope, NEW, limit=1)
    ada, ben = ours.member("ada"), ours.member("ben")
    noon = instant("2025-02-01")
    assert found == [
        # The second order would have met the silver tier of the first: 10 × 2 × 2.
        OrderOutlook("#a2", ada, instant("2025-02-10"), 10, 40),
        OrderOutlook("#b1", ben, noon, 50, 100),
        OrderOutlook("#a1", ada, noon, 150, 300),
    ]
    assert latest == found[:1]


def test_a_programme_without_members_has_nobody_to_move(db: Engine) -> None:
    ours = house(db, version())
    assert looked(ours, NEW, "2025-02-20") == []
    with ours.reading("2025-02-20") as scope:
        assert preview_orders(scope, NEW) == []
        assert scope.session.scalar(select(func.count()).select_from(Base.metadata.tables["lots"])) is not None

"""A delivery that was on its way while its shop moved into a group: it is read where the shop is now."""

from dataclasses import replace

from sqlalchemy import Engine

from tests.actions.test_join_group import alone, group, join
from tests.factories.bodies import order_body
from tests.factories.houses import House
from tests.factories.instants import instant
from tests.factories.works import Clock, works
from tests.jobs.test_inbox import arrive, drain, states

LATER = "2025-02-12"


def late(ours: House, *ids: str) -> None:
    """Let orders arrive that were acknowledged in the name of the programme the shop was in when they knocked."""
    arrive(ours, *[("order", order_body(each, "7.00", f"{LATER}T12:00:00Z", member="ben")) for each in ids])


def test_what_was_acknowledged_while_the_shop_moved_is_settled_in_the_group(db: Engine) -> None:
    own, other = alone(db), group(db)
    before = len(states(own))
    ours = join(own, other)
    ben = ours.member("ben", "s")
    assert ours.amounts(ben) == (0, 60, 0, 0)
    late(own, "late-1", "late-2")
    jobs = works(db, clock=Clock(instant(f"{LATER}T13")))

    drain(jobs, own)
    assert states(own)[before:] == [("ignored", "SHOP_MOVED")] * 2
    assert own.breaches() == []

    drain(jobs, replace(ours, shop_id=own.shop_id))
    assert ours.amounts(ben) == (0, 74, 0, 0)
    assert states(ours)[-2:] == [("done", None)] * 2
    assert ours.breaches() == []


def test_a_late_word_that_comes_twice_is_read_once(db: Engine) -> None:
    own, other = alone(db), group(db)
    ours = join(own, other)
    late(own, "late-1")
    late(ours := replace(ours, shop_id=own.shop_id), "late-1")
    jobs = works(db, clock=Clock(instant(f"{LATER}T13")))

    for _ in range(2):
        drain(jobs, own)
        drain(jobs, ours)
    assert ours.amounts(ours.member("ben", "s")) == (0, 67, 0, 0)

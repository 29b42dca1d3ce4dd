"""The timetable: each job once a period whoever keeps the clock, and what was missed made up for once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete

from app.db.tables import TickRow
from app.db.unit import unit_of_work
from jobs import schedule
from jobs.schedule import TIMETABLE, Entry, Timetable, perform
from jobs.works import Works
from tests.factories.instants import instant
from tests.factories.works import Clock, works

DAILY = {entry.job for entry in TIMETABLE if entry.every == timedelta(days=1)}
EVERY = {entry.job for entry in TIMETABLE}


@pytest.fixture
def clock() -> Clock:
    return Clock(instant("2025-02-01T12:00:07"))


@pytest.fixture
def jobs(db: Engine, clock: Clock) -> Iterator[Works]:
    """Works on a house whose clock never ticked: ticks belong to the whole house, not to a programme."""
    yield works(db, clock=clock)
    with unit_of_work(db) as session:
        session.execute(delete(TickRow))


def test_what_was_missed_while_nobody_kept_the_clock_is_due_at_once_and_once(jobs: Works, clock: Clock) -> None:
    table = Timetable(jobs)
    assert set(table.due()) == EVERY
    assert table.due() == []
    clock.now += timedelta(days=3)
    assert set(table.due()) == EVERY
    assert table.due() == []


def test_two_who_keep_the_clock_do_each_job_once(jobs: Works, clock: Clock) -> None:
    one, other = Timetable(jobs), Timetable(jobs)
    assert (set(one.due()), other.due()) == (EVERY, [])
    clock.now += timedelta(seconds=15)
    assert (other.due(), one.due()) == (["sweep"], [])


def test_a_clock_that_was_started_again_repeats_nothing(jobs: Works) -> None:
    Timetable(jobs).due()
    assert Timetable(jobs).due() == []


def test_each_job_comes_back_when_its_own_period_begins(jobs: Works, clock: Clock) -> None:
    table = Timetable(jobs)
    table.due()
    clock.set("2025-02-01T12:00:14")
    assert table.due() == []
    clock.set("2025-02-01T12:00:15")
    assert table.due() == ["sweep"]
    clock.set("2025-02-01T12:10")
    assert set(table.due()) == {"sweep", "reconcile", "privacy"}


def test_the_nights_work_comes_one_after_another_and_the_audit_after_what_changes_the_books(
    jobs: Works, clock: Clock
) -> None:
    table = Timetable(jobs)
    table.due()
    night = []
    for half_hours in range(48):
        clock.now = instant("2025-02-02T00") + timedelta(minutes=30) * half_hours
        night += [job for job in table.due() if job in DAILY]
    assert sorted(night) == sorted(DAILY)
    assert night.index("recalculate") < night.index("audit") < night.index("tidy")


def test_a_job_that_could_not_be_queued_is_due_again_in_its_period(jobs: Works) -> None:
    table = Timetable(jobs)
    table.due()
    table.give_back("audit")
    assert table.due() == ["audit"]
    assert Timetable(jobs).due() == []


def test_a_nights_period_begins_at_its_own_hour() -> None:
    entry = Entry("night", timedelta(days=1), lambda _: None, timedelta(hours=3))
    names = [entry.period(instant(at)) for at in ("2025-02-01T02", "2025-02-01T03", "2025-02-02T02", "2025-02-02T03")]
    assert names[0] != names[1] == names[2] != names[3]


def test_a_job_is_done_by_its_name_and_an_unknown_one_refused(jobs: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Works] = []
    monkeypatch.setattr(schedule, "TIMETABLE", (Entry("count", timedelta(days=1), done.append),))
    perform(jobs, "count")
    assert done == [jobs]
    with pytest.raises(KeyError):
        perform(jobs, "dance")


@pytest.mark.parametrize("job", sorted(EVERY))
def test_every_job_of_the_timetable_can_be_done_in_an_empty_house(jobs: Works, job: str) -> None:
    perform(jobs, job)
    perform(jobs, job)
    assert Timetable(jobs).due() != []

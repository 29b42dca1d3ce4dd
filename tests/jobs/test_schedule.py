"""The timetable: each job once a period whoever keeps the clock, and what was missed made up for once."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete

from app.db.tables import TickRow
from app.db.unit import unit_of_work
from jobs import rounds, schedule
from jobs.periods import AGAIN
from jobs.periods import EVERY as PERIODS
from jobs.rounds import Mark, Round, through
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
    assert set(table.due()) == {"sweep", "reconcile", "privacy", "note-erasures", "watch"}


def test_the_nights_work_comes_one_after_another_and_the_audit_after_what_changes_the_books(
    jobs: Works, clock: Clock, done: list[str]
) -> None:
    table = Timetable(jobs)
    do(jobs, table, table.due())
    done.clear()
    for half_hours in range(48):
        clock.now = instant("2025-02-02T00") + timedelta(minutes=30) * half_hours
        do(jobs, table, table.due())
    night = [job for job in done if job in DAILY]
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


def test_whoever_watches_knows_every_job_that_is_done() -> None:
    assert set(PERIODS) == EVERY


@pytest.mark.parametrize("job", sorted(EVERY))
def test_every_job_of_the_timetable_can_be_done_in_an_empty_house(jobs: Works, job: str) -> None:
    perform(jobs, job)
    perform(jobs, job)
    assert Timetable(jobs).due() != []


# -- turns that nobody finished ----------------------------------------------------------------------------------------

LONG = {entry.job for entry in TIMETABLE if entry.is_rung_again}
SHORT = EVERY - LONG


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs' own work is left out; what was done is remembered."""
    names: list[str] = []

    def noting(job: str) -> Callable[[Works], object]:
        return lambda _: names.append(job)

    monkeypatch.setattr(schedule, "TIMETABLE", tuple(replace(each, perform=noting(each.job)) for each in TIMETABLE))
    return names


def do(jobs: Works, table: Timetable, names: list[str]) -> None:
    """Do jobs as a worker would."""
    for name in names:
        perform(jobs, name, table.period(name))


def test_a_clock_that_died_before_it_reached_the_queue_costs_no_night(
    jobs: Works, clock: Clock, done: list[str]
) -> None:
    """Its turns are taken, nothing is queued, and it never comes back; another clock rings the same night."""
    died = Timetable(jobs)
    assert set(died.due()) >= LONG
    table = Timetable(jobs)
    assert table.due() == []
    clock.now += AGAIN
    again = table.due()
    assert set(again) & LONG == LONG
    assert {job for job in again if job not in LONG} == SHORT
    do(jobs, table, again)
    assert set(done) >= LONG
    clock.now += AGAIN
    assert set(table.due()) == SHORT


def test_a_job_done_to_its_end_is_not_rung_for_again_in_its_period(jobs: Works, clock: Clock, done: list[str]) -> None:
    table = Timetable(jobs)
    do(jobs, table, table.due())
    assert set(done) == EVERY
    clock.now += AGAIN * 2
    assert set(table.due()) & LONG == set()
    assert set(Timetable(jobs).due()) & LONG == set()


def test_two_clocks_ring_again_once(jobs: Works, clock: Clock) -> None:
    Timetable(jobs).due()
    clock.now += AGAIN
    one, other = Timetable(jobs), Timetable(jobs)
    assert (set(one.due()) >= LONG, set(other.due()) & LONG) == (True, set())


def test_a_job_that_was_queued_twice_is_done_once_in_its_period(jobs: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Works] = []
    monkeypatch.setattr(schedule, "TIMETABLE", (Entry("count", timedelta(days=1), done.append),))
    table = Timetable(jobs)
    do(jobs, table, table.due() * 2)
    assert done == [jobs]


def test_a_job_that_was_left_off_because_its_worker_was_told_to_stop_is_done_by_another(
    jobs: Works, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Works] = []
    monkeypatch.setattr(schedule, "TIMETABLE", (Entry("count", timedelta(days=1), done.append),))
    table, stopped = Timetable(jobs), replace(jobs, ending=lambda: True)
    do(stopped, table, table.due())
    clock.now += AGAIN
    do(jobs, table, table.due())
    assert done == [stopped, jobs]
    clock.now += AGAIN
    assert table.due() == []


# -- work that takes longer than its turn ------------------------------------------------------------------------------


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A nightly job of five steps, of which one makes a stretch; the places at which steps began are remembered."""
    began: list[str] = []

    def step(_: Works, place: str) -> str | None:
        began.append(place)
        return str(int(place or "0") + 1) if place != "4" else None

    monkeypatch.setattr(rounds, "STRETCH_S", -1.0)
    monkeypatch.setattr(schedule, "TIMETABLE", (Entry("walk", timedelta(days=1), Round(step)),))
    return began


def test_long_work_makes_way_after_a_stretch_and_goes_on_where_it_left_off(jobs: Works, walked: list[str]) -> None:
    table = Timetable(jobs)
    table.due()
    answers = [perform(jobs, "walk", table.period("walk")) for _ in range(6)]
    assert answers == [True, True, True, True, False, False]
    assert walked == ["", "1", "2", "3", "4"]


def test_a_worker_that_died_over_long_work_costs_its_last_step_and_no_more(
    jobs: Works, clock: Clock, walked: list[str]
) -> None:
    table = Timetable(jobs)
    table.due()
    for _ in range(2):
        perform(jobs, "walk", table.period("walk"))
    clock.now += AGAIN
    assert table.due() == ["walk"]
    perform(jobs, "walk", table.period("walk"))
    assert walked == ["", "1", "2"]


def test_long_work_that_lives_is_not_rung_for_again_however_long_it_takes(
    jobs: Works, clock: Clock, walked: list[str]
) -> None:
    table = Timetable(jobs)
    table.due()
    for _ in range(3):
        perform(jobs, "walk", table.period("walk"))
        clock.now += AGAIN - timedelta(minutes=1)
        assert table.due() == []


def test_work_longer_than_its_period_goes_on_in_the_next_which_alone_carries_it(
    jobs: Works, clock: Clock, walked: list[str]
) -> None:
    table = Timetable(jobs)
    table.due()
    first = table.period("walk")
    perform(jobs, "walk", first)
    clock.now += timedelta(days=1)
    assert table.due() == ["walk"]
    assert perform(jobs, "walk", table.period("walk")) is True
    assert perform(jobs, "walk", first) is False
    assert walked == ["", "1"]
    while perform(jobs, "walk", table.period("walk")):
        pass
    clock.now += timedelta(days=1)
    table.due()
    perform(jobs, "walk", table.period("walk"))
    assert walked == ["", "1", "2", "3", "4", ""]


def test_pages_of_programmes_come_one_after_another_and_their_counts_along(jobs: Works) -> None:
    done: list[tuple[int, int, int]] = []

    def page(_: Works, programme_id: UUID, mark: Mark) -> Mark | None:
        done.append((programme_id.int, mark.after.int, mark.count))
        return Mark(UUID(int=mark.after.int + 7), mark.count + 2) if mark.count < programme_id.int else None

    Round(through(lambda _: [UUID(int=3), UUID(int=1)], page))(jobs)

    assert done == [(1, 0, 0), (1, 7, 2), (3, 0, 0), (3, 7, 2), (3, 14, 4)]
    assert through(lambda _: [], page)(jobs, "") is None


# -- clocks that leap --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leap", "restarted"),
    ((timedelta(hours=1), False), (timedelta(days=1), True)),
    ids=("by an hour", "by a day, and started again"),
)
def test_a_clock_that_leapt_ahead_and_is_put_right_loses_no_job(
    jobs: Works,
    clock: Clock,
    done: list[str],
    leap: timedelta,
    restarted: bool,  # noqa: FBT001 - a column
) -> None:
    """Each job comes in each of its true periods, although the clock had been there before."""
    table = Timetable(jobs)
    do(jobs, table, table.due())
    clock.now += leap
    do(jobs, table, table.due())
    clock.now -= leap
    if restarted:
        table = Timetable(jobs)
    table.due()
    done.clear()
    for _ in range(24):
        clock.now += timedelta(hours=1)
        do(jobs, table, table.due())
    seen = Counter(done)
    assert seen == Counter({**dict.fromkeys(DAILY, 1), **dict.fromkeys(SHORT, 24), "subscribe": 4})


def test_a_clock_that_leaps_back_a_day_goes_on_sweeping_and_does_no_night_again(
    jobs: Works, clock: Clock, done: list[str]
) -> None:
    table = Timetable(jobs)
    for _ in range(36):
        do(jobs, table, table.due())
        clock.now += timedelta(hours=1)
    clock.now -= timedelta(days=1)
    done.clear()
    do(jobs, table, table.due())
    clock.now += timedelta(minutes=10)
    do(jobs, table, table.due())
    assert Counter(done)["sweep"] >= 1
    assert set(done) >= SHORT
    assert set(done) & DAILY == set()


def test_a_leap_over_several_nights_makes_each_job_up_once(jobs: Works, clock: Clock, done: list[str]) -> None:
    table = Timetable(jobs)
    do(jobs, table, table.due())
    done.clear()
    clock.now += timedelta(days=5)
    do(jobs, table, table.due())
    do(jobs, table, table.due())
    assert Counter(done) == Counter(EVERY)

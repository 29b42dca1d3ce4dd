"""The timetable, as a plain table: one unique row per job and period makes a tick happen once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db.tables import TickRow
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from jobs.alerts import watch
from jobs.audit import audit_page, programmes
from jobs.erasures import note_erasures
from jobs.look_back import look_back
from jobs.members import judge_page
from jobs.periods import AGAIN, EVERY, is_rung_again
from jobs.privacy import carry_out
from jobs.recommend import recount_page
from jobs.reconcile import reconcile
from jobs.returns import try_again
from jobs.rounds import Round, each_shop, through
from jobs.subscriptions import subscribe_all
from jobs.sweep import sweep
from jobs.tidy import tidy
from jobs.tokens import refresh_ending
from jobs.works import Works

log = structlog.get_logger()

_LOOK: Final = timedelta(minutes=1)
_LEAP: Final = timedelta(minutes=1)
"""By how much the system's clock must go back to have leapt; two machines' clocks are nearer than that."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A job, how often, and how long after the period's beginning."""

    job: str
    every: timedelta
    perform: Callable[[Works], object]
    offset: timedelta = timedelta()

    @property
    def is_rung_again(self) -> bool:
        """Whether losing one turn would be felt."""
        return is_rung_again(self.every)

    def period(self, now: datetime) -> str:
        """Return the name of the period ``now`` lies in: the instant it began, before its offset."""
        seconds = int(self.every.total_seconds())
        began = (int((now - self.offset).timestamp()) // seconds) * seconds
        return str(began)


TIMETABLE: tuple[Entry, ...] = (
    Entry("sweep", EVERY["sweep"], sweep),
    Entry("reconcile", EVERY["reconcile"], Round(each_shop("reconcile", reconcile))),
    Entry("watch", EVERY["watch"], watch, timedelta(minutes=2)),
    Entry("privacy", EVERY["privacy"], carry_out, timedelta(minutes=5)),
    Entry("note-erasures", EVERY["note-erasures"], note_erasures, timedelta(minutes=6)),
    Entry("subscribe", EVERY["subscribe"], subscribe_all),
    Entry("look-back", EVERY["look-back"], Round(each_shop("look_back", look_back)), timedelta(hours=1)),
    Entry("refresh-tokens", EVERY["refresh-tokens"], refresh_ending, timedelta(hours=2)),
    Entry("recalculate", EVERY["recalculate"], Round(through(programmes, judge_page)), timedelta(hours=3)),
    Entry("recommend", EVERY["recommend"], Round(through(programmes, recount_page)), timedelta(hours=2, minutes=30)),
    Entry("returns", EVERY["returns"], try_again, timedelta(hours=3, minutes=30)),
    Entry("audit", EVERY["audit"], Round(through(programmes, audit_page)), timedelta(hours=4)),
    Entry("tidy", EVERY["tidy"], tidy, timedelta(hours=5)),
)


class Timetable:
    """One process's view of the timetable: it asks the database only where a period it has not seen has begun."""

    def __init__(self, works: Works) -> None:
        """Begin knowing nothing: what was missed while nobody kept the clock is due at once, once."""
        self._works = works
        self._seen: dict[str, str] = {}
        self._looked: datetime | None = None
        self._last: datetime | None = None

    def period(self, job: str) -> str:
        """Return the period of a job that is due. Raises KeyError for one that never was."""
        return self._seen[job]

    def due(self) -> list[str]:
        """Return the jobs whose period has begun and that nobody took yet, taking them, and those to ring for again.

        A clock that died before it reached the queue, a queue that was emptied, a worker that died: all look the same.
        """
        now = self._works.clock()
        if self._last is None or now < self._last - _LEAP:
            self._forget_turns_ahead(now)
        self._last = now
        taken = []
        for entry in TIMETABLE:
            period = entry.period(now)
            if self._seen.get(entry.job) != period:
                if _take(self._works, entry.job, period, now):
                    taken.append(entry.job)
                self._seen[entry.job] = period
        if self._looked is None or abs(now - self._looked) >= _LOOK:
            self._looked = now
            again = _take_again(self._works, self._seen, now)
            if again:
                log.warning("timetable_again", jobs=again)
            taken += again
        if taken:
            passed(Place.TICK_TAKEN)
        return taken

    def _forget_turns_ahead(self, now: datetime) -> None:
        """Turns taken by a clock that went ahead would not come again until it is overtaken: sweeps for hours, say."""
        with unit_of_work(self._works.engine) as session:
            ahead = session.scalars(delete(TickRow).where(TickRow.at > now + _LEAP).returning(TickRow.job)).all()
        if ahead:
            log.warning("clock_leapt_back", turns=len(ahead))
        self._seen.clear()

    def give_back(self, job: str) -> None:
        """Let a taken job be due again in its period: it could not be put into the queue."""
        period = self._seen.pop(job)
        with unit_of_work(self._works.engine) as session:
            session.execute(delete(TickRow).where(TickRow.job == job, TickRow.period == period))


def _take(works: Works, job: str, period: str, now: datetime) -> bool:
    with unit_of_work(works.engine) as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        statement = insert(TickRow).values(job=job, period=period, at=now).on_conflict_do_nothing()
        return session.scalar(statement.returning(TickRow.job)) is not None


def _take_again(works: Works, periods: Mapping[str, str], now: datetime) -> list[str]:
    """Take over the jobs of these periods that were taken a while ago and are not done. One of two clocks gets each."""
    turns = [
        and_(TickRow.job == entry.job, TickRow.period == periods[entry.job])
        for entry in TIMETABLE
        if entry.is_rung_again
    ]
    left = (or_(*turns), TickRow.done_at.is_(None), TickRow.at <= now - AGAIN)
    with reading(works.engine) as session:
        if session.scalar(select(TickRow.job).where(*left).limit(1)) is None:
            return []
    with unit_of_work(works.engine) as session:
        return sorted(session.scalars(update(TickRow).where(*left).values(at=now).returning(TickRow.job)))


def perform(works: Works, job: str, period: str | None = None) -> bool:
    """Do one entry of the timetable; of one that was done in this ``period`` nothing. Raises KeyError for an unknown.

    True where there is more to do after what else waits. Whoever was told to stop on the way has not done it to its
    end: somebody else goes on with it.
    """
    entry = next((entry for entry in TIMETABLE if entry.job == job), None)
    if entry is None:
        raise KeyError(job)
    if period is None:
        entry.perform(works)
    elif not _is_open(works, entry, period):
        return False
    elif isinstance(entry.perform, Round):
        if entry.perform.stretch(works, _place(works, job), partial(_keep_place, works, job, period)):
            log.info("timetable_goes_on", job=job)
            return not works.ending()
    else:
        entry.perform(works)
    passed(Place.TIMETABLE_DONE)
    if works.ending():
        log.info("timetable_left_off", job=job)
        return False
    if period is not None:
        with unit_of_work(works.engine) as session:
            session.execute(
                update(TickRow).where(TickRow.job == job, TickRow.period == period).values(done_at=works.clock())
            )
    log.info("timetable_done", job=job)
    return False


def _is_open(works: Works, entry: Entry, period: str) -> bool:
    """Say whether a turn is still to be done: it is not done yet, and no later turn goes on with its work."""
    with reading(works.engine) as session:
        turns = dict(session.execute(select(TickRow.period, TickRow.done_at).where(TickRow.job == entry.job)).all())
    later = isinstance(entry.perform, Round) and any(int(each) > int(period) for each in turns)
    return turns.get(period) is None and not later


def _place(works: Works, job: str) -> str:
    """Return how far a job is, in this turn or in an earlier one that was left; empty where it is to begin."""
    told = or_(TickRow.place.is_not(None), TickRow.done_at.is_not(None))
    with reading(works.engine) as session:
        last = session.execute(
            select(TickRow.place, TickRow.done_at)
            .where(TickRow.job == job, told)
            .order_by(TickRow.period.desc())
            .limit(1)
        ).one_or_none()
    return last.place if last is not None and last.done_at is None else ""


def _keep_place(works: Works, job: str, period: str, place: str) -> None:
    """Note how far a job is; it lives, so nobody rings for it again."""
    with unit_of_work(works.engine) as session:
        session.execute(
            update(TickRow).where(TickRow.job == job, TickRow.period == period).values(place=place, at=works.clock())
        )
    passed(Place.ROUND_KEPT)

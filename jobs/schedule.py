"""The timetable, as a plain table: one unique row per job and period makes a tick happen once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from app.db.tables import TickRow
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from jobs.audit import audit_all
from jobs.audit import programmes as every_programme
from jobs.members import recalculate
from jobs.privacy import carry_out
from jobs.recommend import recommend_all
from jobs.reconcile import reconcile_all
from jobs.returns import try_again
from jobs.subscriptions import subscribe_all
from jobs.sweep import sweep
from jobs.tidy import tidy
from jobs.tokens import refresh_ending
from jobs.works import Works

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entry:
    """A job, how often, and how long after the period's beginning."""

    job: str
    every: timedelta
    perform: Callable[[Works], object]
    offset: timedelta = timedelta()

    def period(self, now: datetime) -> str:
        """Return the name of the period ``now`` lies in: the instant it began, before its offset."""
        seconds = int(self.every.total_seconds())
        began = (int((now - self.offset).timestamp()) // seconds) * seconds
        return str(began)


def _recalculate_all(works: Works) -> None:
    for programme_id in every_programme(works):
        recalculate(works, programme_id)


TIMETABLE: tuple[Entry, ...] = (
    Entry("sweep", timedelta(seconds=15), sweep),
    Entry("reconcile", timedelta(minutes=10), reconcile_all),
    Entry("privacy", timedelta(minutes=10), carry_out, timedelta(minutes=5)),
    Entry("subscribe", timedelta(hours=6), subscribe_all),
    Entry("refresh-tokens", timedelta(days=1), refresh_ending, timedelta(hours=2)),
    Entry("recalculate", timedelta(days=1), _recalculate_all, timedelta(hours=3)),
    Entry("recommend", timedelta(days=1), recommend_all, timedelta(hours=2, minutes=30)),
    Entry("returns", timedelta(days=1), try_again, timedelta(hours=3, minutes=30)),
    Entry("audit", timedelta(days=1), audit_all, timedelta(hours=4)),
    Entry("tidy", timedelta(days=1), tidy, timedelta(hours=5)),
)


class Timetable:
    """One process's view of the timetable: it asks the database only where a period it has not seen has begun."""

    def __init__(self, works: Works) -> None:
        """Begin knowing nothing: what was missed while nobody kept the clock is due at once, once."""
        self._works = works
        self._seen: dict[str, str] = {}

    def due(self) -> list[str]:
        """Return the jobs whose period has begun and that nobody has taken yet, taking them."""
        now = self._works.clock()
        taken = []
        for entry in TIMETABLE:
            period = entry.period(now)
            if self._seen.get(entry.job) != period:
                if _take(self._works, entry.job, period, now):
                    taken.append(entry.job)
                self._seen[entry.job] = period
        if taken:
            passed(Place.TICK_TAKEN)
        return taken

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


def perform(works: Works, job: str) -> None:
    """Do one entry of the timetable. Raises KeyError for an unknown one."""
    for entry in TIMETABLE:
        if entry.job == job:
            entry.perform(works)
            passed(Place.TIMETABLE_DONE)
            log.info("timetable_done", job=job)
            return
    raise KeyError(job)

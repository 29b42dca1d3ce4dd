"""The clock: puts each due job of the timetable into the queue once, however many clocks there are."""

import time

import structlog
from redis import Redis, RedisError
from sqlalchemy.exc import OperationalError

from app.failpoints import Place, passed
from app.settings import Settings
from jobs import house, queue, schedule

log = structlog.get_logger()

_TICK_S = 5.0


def run(settings: Settings) -> None:
    """Keep the timetable until told to stop."""
    redis = queue.connect(settings.redis_url, patient=False)
    works = house.build(settings)
    house.wait_for_shape(works)
    timetable = schedule.Timetable(works)
    while True:
        tick(redis, timetable)
        time.sleep(_TICK_S)


def tick(redis: Redis, timetable: schedule.Timetable) -> None:
    """Put what is due now into the queue; what Redis did not take is due again, and a database may be away."""
    try:
        _put_due(redis, timetable)
    except OperationalError as error:
        log.warning("tick_without_database", error=type(error.orig).__name__)


def _put_due(redis: Redis, timetable: schedule.Timetable) -> None:
    for job in timetable.due():
        try:
            queue.enqueue(redis, "timetable", job, timetable.period(job))
        except RedisError as error:
            log.warning("tick_put_off", job=job, error=type(error).__name__)
            timetable.give_back(job)
        passed(Place.TICK_QUEUED)

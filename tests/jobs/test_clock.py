"""The clock goes on whatever is away."""

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import Engine

from app.db import unit
from jobs import clock
from jobs.queue import connect
from jobs.schedule import TIMETABLE, Timetable
from tests.factories.engines import cut_off
from tests.factories.works import works


def _rung(redis_url: str) -> set[str]:
    with Redis.from_url(redis_url) as redis:
        return {str(job.args[1]) for job in Queue("timetable", connection=redis, serializer="json").get_jobs()}


def test_a_database_that_restarts_does_not_end_the_clock(
    postgres_engine: Engine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "IDLE_S", 3_600.0)  # so that nobody notices before the clock does
    redis, timetable = connect(redis_url, patient=False), Timetable(works(postgres_engine))
    with unit.reading(postgres_engine) as session:
        session.connection()
    cut_off(postgres_engine)

    clock.tick(redis, timetable)
    assert _rung(redis_url) == set()

    clock.tick(redis, timetable)
    assert _rung(redis_url) == {entry.job for entry in TIMETABLE}

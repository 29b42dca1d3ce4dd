"""The RQ edge: queues, the bell that wakes a worker, and the one function that jobs are.

A job is only a bell: its arguments are ids, its work lies in tables. There is no retry here and no result.
"""

from collections.abc import Callable
from uuid import UUID

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job

from app.failpoints import Place, passed
from jobs import inbox, members, outbox, schedule
from jobs.works import EVERY_SHOP, Works

log = structlog.get_logger()

NAMES = ("inbox", "outbox", "members", "timetable")
"""Queues in the order a worker looks at them."""
JOB_TIMEOUT_S = 600
_RING_TTL_S = 30
_KEEP_FAILURE_S = 86_400

_installed: dict[str, Works] = {}


def install(works: Works) -> None:
    """Give this process its works; the worker does so before it takes a job."""
    _installed["works"] = works


def connect(url: str, *, patient: bool) -> Redis:
    """Return a client. The web's gives up at once (the sweep rings again); a worker's waits for its next job."""
    if patient:
        return Redis.from_url(url)
    return Redis.from_url(url, retry=Retry(NoBackoff(), 1), socket_timeout=1, socket_connect_timeout=1)


class RedisBell:
    """Rings by enqueueing; rings for one shop's queue within a moment are one."""

    def __init__(self, url: str) -> None:
        """``url`` of the Redis that workers listen to."""
        self._redis = connect(url, patient=False)

    def ring(self, queue: str, programme_id: UUID, shop_id: UUID) -> None:
        """Wake a worker for a shop's queue; a Redis that is away costs a second at most and loses nothing."""
        try:
            if self._redis.set(_mark(queue, _whose(programme_id, shop_id)), "1", nx=True, ex=_RING_TTL_S):
                passed(Place.RING_MARKED)
                enqueue(self._redis, queue, str(programme_id), str(shop_id))
        except RedisError as error:
            log.warning("bell_not_heard", queue=queue, error=type(error).__name__)

    def go_on(self, *job: str) -> None:
        """Put the rest of a long job at the tail of its queue; a Redis that is away costs the time till it is due."""
        try:
            enqueue(self._redis, *job)
        except RedisError as error:
            log.warning("bell_not_heard", queue=job[0], error=type(error).__name__)

    def forget(self, queue: str, programme_id: UUID, shop_id: UUID) -> None:
        """Hear the next ring for this queue again: asked before the work begins, so nothing falls between."""
        try:
            self._redis.delete(_mark(queue, _whose(programme_id, shop_id)))
        except RedisError as error:
            log.warning("bell_not_heard", queue=queue, error=type(error).__name__)


def _whose(programme_id: UUID, shop_id: UUID) -> UUID:
    return shop_id if shop_id != EVERY_SHOP else programme_id


def _mark(queue: str, of: UUID) -> str:
    return f"kizuna:rung:{queue}:{of}"


def enqueue(redis: Redis, queue: str, *arguments: str) -> Job:
    """Put a job at the tail of a queue: ids and words only, as JSON."""
    return Queue(queue, connection=redis, serializer="json").enqueue_call(
        "jobs.queue.perform_timetable" if queue == "timetable" else "jobs.queue.perform",
        args=(queue, *arguments),
        timeout=JOB_TIMEOUT_S,
        result_ttl=0,
        failure_ttl=_KEEP_FAILURE_S,
    )


_DRAINS: dict[str, Callable[[Works, UUID, UUID], bool]] = {
    "inbox": inbox.drain,
    "outbox": outbox.drain,
    "members": lambda works, programme_id, _: members.tend(works, programme_id),
}


def perform_timetable(queue: str, job: str, period: str | None = None) -> None:
    """Do one entry of the timetable, unless it was done in its period; what takes long goes on after what else waits.

    Jobs queued by older clocks name no period.
    """
    works = _installed["works"]
    if schedule.perform(works, job, period) and period is not None and isinstance(works.bell, RedisBell):
        works.bell.go_on(queue, job, period)


def perform(queue: str, programme: str, shop: str) -> None:
    """What every job is: drain one page of a shop's rows, then go to the tail of the queue if there is more."""
    works = _installed["works"]
    programme_id, shop_id = UUID(programme), UUID(shop)
    bell = works.bell
    if isinstance(bell, RedisBell):
        bell.forget(queue, programme_id, shop_id)
    passed(Place.RING_FORGOTTEN)
    more = _DRAINS[queue](works, programme_id, shop_id)
    passed(Place.PAGE_DRAINED)
    if more:
        bell.ring(queue, programme_id, shop_id)

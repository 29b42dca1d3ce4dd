"""The worker: takes jobs one after the other in this process, and waits where Redis is away."""

import gc
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from types import FrameType

import structlog
from redis import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.worker import DequeueStrategy

from app.settings import Settings
from jobs import house, queue

log = structlog.get_logger()

_AGAIN_S = 2.0
_ALLOCATIONS = 50_000
"""New objects between two young collections; a page of two hundred orders makes more."""


@dataclass(slots=True)
class _Told:
    """What the signal handler writes and the work reads: no lock, for both run in one thread."""

    to_stop: bool = False


class _Worker(SimpleWorker):
    """Tells the job at hand when the process is told to stop; the job leaves off between two steps."""

    told: "_Told"

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the job at hand; a Redis that is away is no reason to stay."""
        self.told.to_stop = True
        with suppress(RedisError):
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def run(settings: Settings) -> None:
    """Work until told to stop (SIGTERM, SIGINT).

    Jobs run in this process, without a fork: they are short, and what one had not committed is simply done again.
    """
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    told = _Told()
    works = replace(house.build(settings), ending=lambda: told.to_stop)
    house.wait_for_shape(works)
    queue.install(works)
    # What was imported lives as long as the process: looking through it at every collection took a sixth of the work.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 100)
    while not told.to_stop:
        try:
            redis = queue.connect(settings.redis_url, patient=True)
            queues = [Queue(name, connection=redis, serializer="json") for name in queue.NAMES]
            worker = _Worker(queues, connection=redis, serializer="json", log_job_description=False)
            worker.told = told
            worker.work(logging_level="WARNING", dequeue_strategy=DequeueStrategy.ROUND_ROBIN)
        except RedisError as error:
            log.warning("redis_away", error=type(error).__name__)
            with suppress(StopRequested):
                time.sleep(_AGAIN_S)
        else:
            return

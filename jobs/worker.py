"""The worker: takes jobs one after the other in this process, and waits where Redis is away."""

import gc
import logging
import time

import structlog
from redis import RedisError
from rq import Queue, SimpleWorker
from rq.worker import DequeueStrategy

from app.settings import Settings
from jobs import house, queue

log = structlog.get_logger()

_AGAIN_S = 2.0
_ALLOCATIONS = 50_000
"""New objects between two young collections; a page of two hundred orders makes more."""


def run(settings: Settings) -> None:
    """Work until told to stop (SIGTERM, SIGINT).

    Jobs run in this process, without a fork: they are short, and what one had not committed is simply done again.
    """
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    queue.install(house.build(settings))
    # What was imported lives as long as the process: looking through it at every collection took a sixth of the work.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 100)
    while True:
        try:
            redis = queue.connect(settings.redis_url, patient=True)
            queues = [Queue(name, connection=redis, serializer="json") for name in queue.NAMES]
            worker = SimpleWorker(queues, connection=redis, serializer="json", log_job_description=False)
            worker.work(logging_level="WARNING", dequeue_strategy=DequeueStrategy.ROUND_ROBIN)
        except RedisError as error:
            log.warning("redis_away", error=type(error).__name__)
            time.sleep(_AGAIN_S)
        else:
            return

"""The worker: takes jobs one after the other in this process, and waits where Redis is away."""

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


def run(settings: Settings) -> None:
    """Work until told to stop (SIGTERM, SIGINT).

    Jobs run in this process, without a fork: they are short, and what one had not committed is simply done again.
    """
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    queue.install(house.build(settings))
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

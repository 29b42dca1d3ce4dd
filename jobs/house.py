"""Put together what jobs work with, as the settings say: the one place where all floors meet."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import failpoints
from app.db import readiness
from app.db.cipher import Cipher
from app.db.unit import make_engine, reading
from app.settings import Settings
from integrations import platforms, sources
from integrations.outgoing import Outgoing
from integrations.telling import Telling
from jobs.erasures import FILE
from jobs.queue import RedisBell
from jobs.works import Works

log = structlog.get_logger()

_AGAIN_S = 2.0


def now() -> datetime:
    """Return the present instant: the edge where the clock is read."""
    return datetime.now(UTC)


def build(settings: Settings) -> Works:
    """Return the works of a process, and arm the place where a test wants it to die. Production arms nothing."""
    if settings.failpoint and not settings.production:
        failpoints.arm(settings.failpoint)
    return Works(
        engine=make_engine(settings.database_url),
        cipher=Cipher(settings.encryption_keys, settings.secret_key),
        platforms=platforms(settings),
        sources=sources(settings),
        clock=now,
        bell=RedisBell(settings.redis_url),
        address=settings.base_url,
        bodies_kept=settings.bodies_kept,
        erasures=settings.data / FILE,
        telling=Telling(Outgoing.from_settings(settings)),
    )


def wait_for_shape(works: Works, nap: Callable[[], object] = lambda: time.sleep(_AGAIN_S)) -> None:
    """Wait until the database has the shape this code works with; `kizuna release` ends the wait.

    On an older one every delivery would fail, and end in quarantine. Webhooks are taken meanwhile.
    """
    said = False
    while not _is_workable(works):
        if not said:
            log.warning("waits_for_release", what="the database is away or has an older shape: run kizuna release")
        said = True
        nap()


def _is_workable(works: Works) -> bool:
    try:
        with reading(works.engine) as session:
            return readiness.is_workable(session)
    except SQLAlchemyError:
        return False


@contextmanager
def opened(settings: Settings) -> Iterator[Works]:
    """Lend the works to somebody who is done soon, and close the database's connections after."""
    works = build(settings)
    try:
        yield works
    finally:
        works.engine.dispose()

"""Put together what jobs work with, as the settings say: the one place where all floors meet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from app import failpoints
from app.db.cipher import Cipher
from app.db.unit import make_engine
from app.settings import Settings
from integrations import platforms, sources
from jobs.queue import RedisBell
from jobs.works import Works


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
    )


@contextmanager
def opened(settings: Settings) -> Iterator[Works]:
    """Lend the works to somebody who is done soon, and close the database's connections after."""
    works = build(settings)
    try:
        yield works
    finally:
        works.engine.dispose()

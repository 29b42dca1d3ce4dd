"""What jobs work with, on a clock that tests set and with platforms that tests choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from integrations.neutral import Neutral
from integrations.platform import Platform
from jobs.works import Works
from tests.factories.ciphers import CIPHER
from tests.factories.instants import instant


@dataclass(slots=True)
class Clock:
    """A clock that stands where it was set."""

    now: datetime = field(default_factory=lambda: instant("2025-02-01"))

    def __call__(self) -> datetime:
        return self.now

    def set(self, at: str) -> None:
        """Move to an instant."""
        self.now = instant(at)


@dataclass(slots=True)
class CountingBell:
    """Rings nobody and remembers every ring."""

    rings: list[tuple[str, UUID, UUID]] = field(default_factory=list)

    def ring(self, queue: str, programme_id: UUID, shop_id: UUID) -> None:
        self.rings.append((queue, programme_id, shop_id))


def works(
    engine: Engine,
    *,
    clock: Clock | None = None,
    bell: CountingBell | None = None,
    platforms: Mapping[str, Platform] | None = None,
) -> Works:
    """Return works with the neutral platform unless told otherwise."""
    return Works(
        engine, CIPHER, platforms or {"neutral": Neutral()}, {}, clock or Clock(), bell or CountingBell(),
        "https://kizuna.example",
    )  # fmt: skip

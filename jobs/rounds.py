"""Rounds: work that goes through every programme or shop, one step after another, and goes on where it left off."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from app.db import shops
from app.db.unit import reading
from integrations.platform import PlatformError
from jobs.works import Works

log = structlog.get_logger()

Step = Callable[[Works, str], str | None]
"""Does what comes after a place and returns the place reached, None where nothing is left. A round begins at ``""``."""
NOBODY: Final = UUID(int=0)
STRETCH_S: Final = 120.0
"""After so long a round makes way for what else waits in its queue: far less than what a job may take."""


@dataclass(frozen=True, slots=True)
class Round:
    """Long work in steps. Called, it is done from its beginning to its end."""

    step: Step

    def __call__(self, works: Works) -> None:
        """Do all of it, or as much as is done before this process is told to stop."""
        place: str | None = ""
        while place is not None and not works.ending():
            place = self.step(works, place)

    def stretch(self, works: Works, place: str, keep: Callable[[str], None]) -> bool:
        """Go on from a place for a while, handing every place reached to ``keep``. True where there is more to do."""
        until = time.monotonic() + STRETCH_S
        while not works.ending():
            reached = self.step(works, place)
            if reached is None:
                return False
            place = reached
            keep(place)
            if time.monotonic() > until:
                break
        return True


Look = Callable[[Works, UUID, UUID], int]
"""Asks a shop (programme, shop) and returns how much it found. Raises PlatformError."""


def each_shop(job: str, look: Look) -> Step:
    """Return the step that looks at one connected shop after another, in the order of their ids."""

    def step(works: Works, place: str) -> str | None:
        key = _next_shop(works, UUID(place) if place else None)
        if key is None:
            return None
        _in_spite(works, job, look, key)
        return place if works.ending() else str(key[1])  # it may have been broken off

    return step


def all_shops(works: Works, job: str, look: Look) -> int:
    """Look at every connected shop and return how much was found."""
    found, key = 0, _next_shop(works, None)
    while key is not None and not works.ending():
        found += _in_spite(works, job, look, key)
        key = _next_shop(works, key[1])
    return found


def _next_shop(works: Works, last: UUID | None) -> tuple[UUID, UUID] | None:
    with reading(works.engine) as session:
        row = next(iter(shops.connected(session, after=last, limit=1)), None)
        return (row.programme_id, row.shop_id) if row is not None else None


def _in_spite(works: Works, job: str, look: Look, key: tuple[UUID, UUID]) -> int:
    """Look at a shop; whatever is wrong with it, or however long it takes, the others come after it."""
    try:
        return look(works, *key)
    except PlatformError as error:
        log.warning("look_failed", job=job, shop_id=str(key[1]), code=error.code)
    except Exception as error:  # noqa: BLE001 - what one shop says must not keep the others from being asked
        log.warning("look_failed", job=job, shop_id=str(key[1]), code=type(error).__name__)
    return 0


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a round is within one programme: the last member done, and what was counted so far."""

    after: UUID = NOBODY
    count: int = 0


Page = Callable[[Works, UUID, Mark], Mark | None]
"""Does a page of one programme and returns how far that is, None at its end."""


def through(programmes: Callable[[Works], Sequence[UUID]], page: Page) -> Step:
    """Return the step that does page after page of one programme after another, in the order of their ids."""

    def step(works: Works, place: str) -> str | None:
        at, mark = _read(place) if place else (_after(programmes(works), NOBODY), Mark())
        if at is None:
            return None
        reached = page(works, at, mark)
        if reached is not None:
            return f"{at} {reached.after} {reached.count}"
        following = _after(programmes(works), at)
        return f"{following} {NOBODY} 0" if following is not None else None

    return step


def _read(place: str) -> tuple[UUID, Mark]:
    programme, after, count = place.split()
    return UUID(programme), Mark(UUID(after), int(count))


def _after(ids: Sequence[UUID], last: UUID) -> UUID | None:
    return min((each for each in ids if each > last), default=None)

"""How often each job of the timetable comes, for whoever keeps the clock and for whoever watches that it is kept."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

EVERY: Final[Mapping[str, timedelta]] = {
    "sweep": timedelta(seconds=15),
    "reconcile": timedelta(minutes=10),
    "watch": timedelta(minutes=5),
    "privacy": timedelta(minutes=10),
    "note-erasures": timedelta(minutes=10),
    "subscribe": timedelta(hours=6),
    "look-back": timedelta(days=1),
    "refresh-tokens": timedelta(days=1),
    "recalculate": timedelta(days=1),
    "recommend": timedelta(days=1),
    "returns": timedelta(days=1),
    "audit": timedelta(days=1),
    "tidy": timedelta(days=1),
}
AGAIN: Final = timedelta(minutes=20)
"""How long after the last sign of life of a job it is put into the queue again, while its period lasts."""


def is_rung_again(every: timedelta) -> bool:
    """Say whether losing one turn would be felt: the next period of the others begins soon enough."""
    return every > AGAIN

"""Entry: a sale that opens earlier for higher tiers, an event, a product for members only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Opening:
    """When members of a level (None: members of none too) may enter."""

    level: str | None
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """``things`` are the merchant's names of what is entered (a page, a collection, an event).

    ``openings`` say from when, by level: the level's own, else that of the nearest lower one; without any, members of
    every level from the reward's ``opens_at`` on. ``closes_at`` is the first instant at which nobody enters any more.
    """

    things: tuple[str, ...]
    openings: tuple[Opening, ...] = ()
    closes_at: datetime | None = None
    kind: Literal["access"] = "access"

"""Which tier somebody is in."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper


@dataclass(frozen=True, slots=True)
class Tier:
    """One of these levels, higher ones not counted in."""

    levels: tuple[str, ...]
    kind: Literal["tier"] = "tier"

    def look(self, shopper: Shopper) -> Look:
        """Say whether the level is among them."""
        return Look(shopper.level in self.levels)

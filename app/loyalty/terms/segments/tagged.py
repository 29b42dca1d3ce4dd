"""What the shop has written on its customers: tags and roles."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper


@dataclass(frozen=True, slots=True)
class Tagged:
    """At least one of these tags, in whatever case they are written. A role is the tag ``role:wholesale``."""

    tags: tuple[str, ...]
    kind: Literal["tagged"] = "tagged"

    def look(self, shopper: Shopper) -> Look:
        """Say whether one of them is on the customer."""
        return Look(not {tag.casefold() for tag in self.tags}.isdisjoint(tag.casefold() for tag in shopper.tags))

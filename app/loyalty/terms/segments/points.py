"""How many points can be spent."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper, between


@dataclass(frozen=True, slots=True)
class Points:
    """From ``least`` to ``most`` smallest steps available. A balance hangs on requests, so no campaign may ask it."""

    least: int = 0
    most: int | None = None
    kind: Literal["points"] = "points"

    def look(self, shopper: Shopper) -> Look:
        """Return the points against the two."""
        return between(shopper.points, self.least, self.most)

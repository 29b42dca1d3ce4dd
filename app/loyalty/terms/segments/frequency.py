"""How often something was bought."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper, between


@dataclass(frozen=True, slots=True)
class Frequency:
    """From ``least`` to ``most`` purchases, in the last ``days`` × 24 h or ever."""

    least: int = 0
    most: int | None = None
    days: int | None = None
    kind: Literal["frequency"] = "frequency"

    def look(self, shopper: Shopper) -> Look:
        """Return the number of purchases against the two."""
        return between(sum(1 for _ in shopper.within(self.days)), self.least, self.most)

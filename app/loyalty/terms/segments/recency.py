"""How long ago the last purchase was."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper, between


@dataclass(frozen=True, slots=True)
class Recency:
    """The last purchase was paid from ``least_days`` to ``most_days`` whole days of 24 h ago.

    Who never bought is in neither: that is a frequency of at most 0.
    """

    least_days: int = 0
    most_days: int | None = None
    kind: Literal["recency"] = "recency"

    def look(self, shopper: Shopper) -> Look:
        """Return the whole days since the last purchase against the two."""
        last = shopper.last_at
        return between((shopper.at - last) // timedelta(days=1) if last else None, self.least_days, self.most_days)

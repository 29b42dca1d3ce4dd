"""How much money was spent."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper, between


@dataclass(frozen=True, slots=True)
class Spending:
    """From ``least_minor`` to ``most_minor`` paid and not given back, in the last ``days`` × 24 h or ever.

    Money counts as it does for earning: by the base of the version each order met.
    """

    least_minor: int = 0
    most_minor: int | None = None
    days: int | None = None
    kind: Literal["spending"] = "spending"

    def look(self, shopper: Shopper) -> Look:
        """Return the sum against the two."""
        spent = sum(purchase.base.total_minor for purchase in shopper.within(self.days))
        return between(spent, self.least_minor, self.most_minor)

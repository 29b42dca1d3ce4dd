"""How long somebody has been a member."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper, between


@dataclass(frozen=True, slots=True)
class Joined:
    """A member for ``least_days`` to ``most_days`` whole days of 24 h; who has no account is in neither."""

    least_days: int = 0
    most_days: int | None = None
    kind: Literal["joined"] = "joined"

    def look(self, shopper: Shopper) -> Look:
        """Return the whole days against the two."""
        since = shopper.since
        return between((shopper.at - since) // timedelta(days=1) if since else None, self.least_days, self.most_days)

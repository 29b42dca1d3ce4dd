"""A member's activity in daily buckets, added up over a ladder's window by every measure."""

from dataclasses import dataclass, field
from datetime import date

from app.loyalty.judging.windows import span
from app.loyalty.terms.ladder import Ladder, Worth


@dataclass(slots=True)
class Activity:
    """Facts by name, each in the bucket of its own day; a fact put again replaces what it was."""

    facts: dict[str, tuple[date, Worth]] = field(default_factory=dict)

    def put(self, name: str, day: date, worth: Worth) -> None:
        """Set what a fact is worth now, in the bucket of its day."""
        self.facts[name] = (day, worth)

    def total(self, ladder: Ladder, today: date, joined: date | None) -> Worth:
        """Return the activity in the ladder's window as of a local day of the home shop (cases FORMAT section 9)."""
        first, last = span(ladder.window, today, joined)
        spend = points = orders = 0
        for day, worth in self.facts.values():
            if first <= day <= last:
                spend, points, orders = spend + worth.spend, points + worth.points, orders + worth.orders
        return Worth(spend, points, orders)

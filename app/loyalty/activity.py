"""A member's activity in daily buckets, added up over a ladder's window by any of the three measures."""

from dataclasses import dataclass, field
from datetime import date

from app.loyalty.days import months_before
from app.loyalty.programme import Ladder, Measure, WindowKind


@dataclass(frozen=True, slots=True)
class Worth:
    """What one fact adds to activity by each measure."""

    spend: int = 0
    points: int = 0
    orders: int = 0

    def by(self, measure: Measure) -> int:
        """Return the value by one measure."""
        if measure is Measure.SPEND:
            return self.spend
        return self.points if measure is Measure.POINTS else self.orders


NOTHING = Worth()


@dataclass(slots=True)
class Activity:
    """Facts by name, each in the bucket of its own day; a fact put again replaces what it was."""

    facts: dict[str, tuple[date, Worth]] = field(default_factory=dict)

    def put(self, name: str, day: date, worth: Worth) -> None:
        """Set what a fact is worth now, in the bucket of its day."""
        self.facts[name] = (day, worth)

    def total(self, ladder: Ladder, today: date) -> int:
        """Return the activity in the ladder's window as of a local day of the home shop (cases FORMAT section 9)."""
        kind, measure = ladder.window.kind, ladder.measure
        if kind is WindowKind.LIFETIME:
            return sum(worth.by(measure) for _, worth in self.facts.values())
        if kind is WindowKind.CALENDAR_YEAR:
            return sum(worth.by(measure) for day, worth in self.facts.values() if day.year == today.year)
        start = months_before(today, ladder.window.months)
        return sum(worth.by(measure) for day, worth in self.facts.values() if start < day <= today)

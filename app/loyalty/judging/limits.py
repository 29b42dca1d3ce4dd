"""How often something may earn: caps a day and in all, and a pause after each that earned."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.loyalty.days import day_start, local_day


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. ``cooldown_hours`` are hours of 60 minutes since the last that earned."""

    max_per_day: int | None = None
    max_total: int | None = None
    cooldown_hours: int | None = None


@dataclass(slots=True)
class Counted:
    """What earned so far under one name, asked in order of time: what breaks a limit earns nothing and counts not."""

    total: int = 0
    days: dict[date, int] = field(default_factory=dict)
    last: datetime | None = None

    def refusal(self, limits: Limits, at: datetime, day: date) -> str | None:
        """Return the reason why one more at ``at``, on the local day, is too many; None where it is within limits."""
        if limits.max_total is not None and self.total >= limits.max_total:
            return "TOTAL_CAP"
        if limits.max_per_day is not None and self.days.get(day, 0) >= limits.max_per_day:
            return "DAY_CAP"
        if limits.cooldown_hours is not None and self.last is not None:
            return "COOLDOWN" if at - self.last < timedelta(hours=limits.cooldown_hours) else None
        return None

    def again(self, limits: Limits, now: datetime, zone: str) -> datetime | None:
        """Return from when one more is within the limits, in a zone's days; now where it is, None for never again."""
        day, at = local_day(now, zone), now
        if limits.max_total is not None and self.total >= limits.max_total:
            return None
        if limits.max_per_day is not None and self.days.get(day, 0) >= limits.max_per_day:
            at = day_start(day + timedelta(days=1), zone)
        if limits.cooldown_hours is not None and self.last is not None:
            at = max(at, self.last + timedelta(hours=limits.cooldown_hours))
        return at

    def count(self, at: datetime, day: date) -> None:
        """Take note of one that earned."""
        self.total += 1
        self.days[day] = self.days.get(day, 0) + 1
        self.last = at


@dataclass(slots=True)
class Tally:
    """Counts by name."""

    counts: dict[Hashable, Counted] = field(default_factory=dict)

    def of(self, name: Hashable) -> Counted:
        """Return the count under a name."""
        return self.counts.setdefault(name, Counted())

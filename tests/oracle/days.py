"""Instants, the days of a place, and the days of lots."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@cache
def instant(text: str) -> datetime:
    """Return an instant written with its offset, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def maybe(text: str | None) -> datetime | None:
    """Return an instant where there is one."""
    return None if text is None else instant(text)


@cache
def day_of(at: datetime, zone: str) -> date:
    """Return the day on the calendar of a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


@cache
def first_instant(day: date, zone: str) -> datetime:
    """Return the first instant of a local day; of a day that is skipped, that of the next there is."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    found = midnight.astimezone(UTC)
    if found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return found
    early, late = found - DAY, found + DAY
    while late - early > SECOND:
        middle = early + (late - early) // 2
        early, late = (early, middle) if day_of(middle, zone) >= day else (middle, late)
    return late.replace(microsecond=0)


def months_before(day: date, months: int) -> date:
    """Return the same day number so many months earlier, or that month's last day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_good(since: datetime, days: int, zone: str, *, end_of_day: bool) -> datetime:
    """Return the instant from which something lasting so many days is over."""
    if end_of_day:
        return first_instant(day_of(since, zone) + timedelta(days=days + 1), zone)
    return since + timedelta(days=days)


def kept_on(month: int, day: int, year: int) -> date:
    """Return the day a birthday is kept: 29 February on the 28th in common years."""
    return date(year, month, min(day, monthrange(year, month)[1]))

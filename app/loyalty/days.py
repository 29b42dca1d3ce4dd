"""Calendar days in a shop's zone: the one place where instants become local days and back."""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_LEAP = (2, 29)


def kept_on(year: int, month: int, day: int) -> date:
    """Return the day on which a date is kept in a year: 29 February on the 28th in common years."""
    if (month, day) == _LEAP and not isleap(year):
        return date(year, month, day - 1)
    return date(year, month, day)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone. Raises ZoneInfoNotFoundError for an unknown name."""
    return ZoneInfo(name)


def local_day(instant: datetime, zone_name: str) -> date:
    """Return the calendar day of an instant in a zone."""
    return instant.astimezone(zone(zone_name)).date()


@lru_cache(maxsize=65536)
def day_start(day: date, zone_name: str) -> datetime:
    """Return the first instant (UTC) of a local day; where clocks skip midnight, the first instant that exists.

    Where midnight comes twice, the first counts (PEP 495, fold=0).
    """
    tz = zone(zone_name)
    midnight = datetime.combine(day, time.min, tzinfo=tz)
    start = midnight.astimezone(UTC)
    if start.astimezone(tz).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return start
    # Midnight does not exist (or the whole day, as in Apia 2011): take the first instant whose local day is this or
    # later.
    low, high = start - DAY, start + DAY
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(tz).date() >= day:
            high = middle
        else:
            low = middle
    return high


def after_days(instant: datetime, days: int, zone_name: str, *, end_of_day: bool) -> datetime:
    """Return when something ends that lasts ``days``: after the end of the last good local day, or days of 24 hours."""
    if not end_of_day:
        return instant + timedelta(days=days)
    return day_start(local_day(instant, zone_name) + timedelta(days=days + 1), zone_name)


@lru_cache(maxsize=65536)
def months_before(day: date, months: int) -> date:
    """Return the same day number ``months`` earlier, or that month's last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError(day, months)


@lru_cache(maxsize=65536)
def leaves_rolling_window(day: date, months: int) -> date:
    """Return the first day on which ``day`` lies outside a window of rolling months."""
    candidate = months_before(day, -months)
    while months_before(candidate, months) < day:
        candidate += DAY
    while months_before(candidate - DAY, months) >= day:
        candidate -= DAY
    return candidate

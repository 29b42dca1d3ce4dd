"""Qualifying periods in days of the home shop: which days count today, when a day leaves, what a period is called."""

from datetime import date

from app.loyalty.days import DAY, kept_on, leaves_rolling_window, months_before
from app.loyalty.terms.ladder import Window, WindowKind


def span(window: Window, today: date, joined: date | None) -> tuple[date, date]:
    """Return the first and the last day that count on a local day.

    Where a shop is ahead of the home shop its day may be tomorrow: a year counts to its end, rolling months end today.
    """
    match window.kind:
        case WindowKind.LIFETIME:
            return date.min, date.max
        case WindowKind.ROLLING_MONTHS:
            return months_before(today, window.months) + DAY, today
        case WindowKind.CALENDAR_YEAR:
            return date(today.year, 1, 1), date(today.year, 12, 31)
        case WindowKind.ANNIVERSARY:
            begun = _begun(today, joined)
            return begun, _begins(begun.year + 1, joined) - DAY


def _begins(year: int, joined: date | None) -> date:
    """Return the day on which a member's own year begins; for who never joined, the calendar's."""
    return kept_on(year, joined.month, joined.day) if joined is not None else date(year, 1, 1)


def _begun(today: date, joined: date | None) -> date:
    this_year = _begins(today.year, joined)
    return this_year if this_year <= today else _begins(today.year - 1, joined)


def leaves(window: Window, day: date, joined: date | None) -> date | None:
    """Return the first day on which ``day`` no longer counts, None for never."""
    match window.kind:
        case WindowKind.LIFETIME:
            return None
        case WindowKind.ROLLING_MONTHS:
            return leaves_rolling_window(day, window.months)
        case WindowKind.CALENDAR_YEAR | WindowKind.ANNIVERSARY:
            return span(window, day, joined)[1] + DAY


def period(window: Window, today: date, joined: date | None) -> str:
    """Return the name of the period a day is in, as the sources of entry rewards have it."""
    if window.kind is WindowKind.LIFETIME:
        return "lifetime"
    return str(_begun(today, joined).year if window.kind is WindowKind.ANNIVERSARY else today.year)

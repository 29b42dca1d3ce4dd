"""Instants, written as people read them."""

from datetime import UTC, datetime


def instant(text: str) -> datetime:
    """Return an instant: a day means its noon, a day with an hour that hour; without an offset it is UTC."""
    if len(text) == len("2025-02-01"):
        text += "T12:00:00"
    elif len(text) == len("2025-02-01T12"):
        text += ":00:00"
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

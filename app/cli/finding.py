"""What the operator's words on the command line mean: a programme by its id or a shop's domain, a day, an amount."""

import argparse
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.tables import DirectoryRow, ProgrammeRow


class NotFoundError(Exception):
    """Nothing, or more than one thing, goes by these words; the message says which."""


def programme(session: Session, words: str) -> ProgrammeRow:
    """Return the programme with this id, or the one whose shop has this domain. Raises NotFoundError."""
    try:
        wanted = {UUID(words)}
    except ValueError:
        wanted = set(session.scalars(select(DirectoryRow.programme_id).where(DirectoryRow.domain == words)))
    if len(wanted) > 1:
        raise NotFoundError(f"Shops of several programmes are called {words}: name the programme by its id.")
    row = session.scalar(select(ProgrammeRow).where(ProgrammeRow.programme_id.in_(wanted)))
    if row is None:
        raise NotFoundError(f"No programme has the id, and no shop the domain, {words}.")
    return row


def day(words: str) -> date:
    """Return a day written as 2026-11-22. Raises argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words} is no day such as 2026-11-22") from None


def begins(one: date, zone: str) -> datetime:
    """Return the first instant of a local day."""
    return datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC)


def amount(steps: int, unit: str, decimals: int) -> str:
    """Return an amount of smallest steps as people write it: ``12.50 EUR``, ``-3 points``."""
    sign, whole = "-" if steps < 0 else "", str(abs(steps)).rjust(decimals + 1, "0")
    figure = f"{whole[:-decimals]}.{whole[-decimals:]}" if decimals else whole
    return f"{sign}{figure} {unit}"

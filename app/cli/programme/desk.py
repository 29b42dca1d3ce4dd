"""What every ``kizuna programme`` command begins with: the programme that is meant, and the file that was given."""

import argparse
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.db import drafts
from app.db.scope import Scope
from app.db.tables import ProgrammeRow, ShopRow
from app.db.unit import reading
from app.files.fitting import check_fit
from app.files.reading import ProgrammeFile, ProgrammeFileError, read
from app.loyalty.publishing.offering import Abilities
from jobs.works import Works

BY = "operator"
"""Who publishes from the terminal."""


class RequestError(Exception):
    """What was asked for cannot be done as it was asked; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A programme with what its files must fit, and what its shops can give."""

    works: Works
    programme_id: UUID
    name: str
    currency: str
    unit: tuple[str, int]
    shops: tuple[Abilities, ...]
    now: datetime


def open_desk(works: Works, asked: str | None) -> Desk:
    """Return the desk of the programme that is meant by its id or a shop's domain. Raises RequestError."""
    with reading(works.engine) as session:
        programmes = {row.programme_id: row for row in session.scalars(select(ProgrammeRow))}
        shops = session.scalars(select(ShopRow).order_by(ShopRow.domain)).all()
        meant = [
            row
            for row in programmes.values()
            if asked is None
            or str(row.programme_id) == asked
            or any(shop.domain == asked and shop.programme_id == row.programme_id for shop in shops)
        ]
        if len(meant) != 1:
            known = [f"  {shop.domain} ({programmes[shop.programme_id].name})" for shop in shops]
            which = "Say which programme with --programme, by a shop of it:" if meant else "There is no such programme."
            raise RequestError("\n".join([which, *known]) if known else "No shop is connected yet.")
        (row,) = meant
        platforms = [shop.platform for shop in shops if shop.programme_id == row.programme_id]
        abilities = tuple(works.platforms[name].capabilities.abilities for name in platforms)
        unit = (row.unit, row.decimals)
        return Desk(works, row.programme_id, row.name, row.currency, unit, abilities, works.clock())


def instant(text: str) -> datetime:
    """Return an instant given on the command line, in UTC."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} needs its offset from UTC, such as {text}+01:00 or {text}Z")
    return at.astimezone(UTC)


def text_of(path: str) -> str:
    """Return what a file holds; ``-`` is the standard input. Raises RequestError."""
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read: {error}") from error


def given(desk: Desk, options: argparse.Namespace) -> ProgrammeFile:
    """Return the file that was named, or the draft. Raises RequestError, ProgrammeFileError."""
    if options.draft is None and options.file is None:
        raise RequestError("Name a file, or --draft.")
    if options.draft is None:
        file = read(text_of(options.file), desk.currency)
        check_fit(file, desk.currency, desk.unit)
        return file
    with reading(desk.works.engine) as session:
        scope = Scope(session, desk.programme_id, desk.now, desk.works.cipher)
        draft = drafts.find(scope, options.draft)
        if draft is None:
            known = ", ".join(drafts.names(scope)) or "none"
            raise RequestError(f"There is no draft {options.draft}. Drafts: {known}.")
        return ProgrammeFile(draft.content, draft.starts_at)


__all__ = ["BY", "Desk", "ProgrammeFileError", "RequestError", "given", "instant", "open_desk", "text_of"]

"""Notes on members: sealed, in the order they were written; a correction stands beside what it corrects."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from app.db.scope import Scope
from app.db.tables import NoteRow


class Visibility(StrEnum):
    """Who sees a note: all staff, or those who manage the shop and whoever wrote it."""

    ALL = "all"
    MANAGERS = "managers"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads notes."""

    actor: str
    manager: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A note opened. ``corrected_by`` is the note that corrects it, None where it stands."""

    row: NoteRow
    text: str
    corrected_by: UUID | None


def of_member(scope: Scope, member_id: UUID, reader: Reader, limit: int) -> list[Note]:
    """Return the notes on a member that somebody may see, the newest first."""
    rows = scope.session.scalars(
        select(NoteRow)
        .where(NoteRow.programme_id == scope.programme_id, NoteRow.member_id == member_id, *_seen_by(reader))
        .order_by(NoteRow.at.desc(), NoteRow.note_id.desc())
        .limit(limit)
    ).all()
    corrected = {row.corrects: row.note_id for row in reversed(rows) if row.corrects is not None}
    return [Note(row, text_of(scope, row), corrected.get(row.note_id)) for row in rows]


def text_of(scope: Scope, row: NoteRow) -> str:
    """Return what was written; nothing once the person was erased."""
    return scope.cipher.open(row.text_sealed).decode() if row.text_sealed is not None else ""


def one(scope: Scope, note_id: UUID) -> NoteRow | None:
    """Return a note."""
    return scope.session.scalar(
        select(NoteRow).where(NoteRow.programme_id == scope.programme_id, NoteRow.note_id == note_id)
    )


def may_see(row: NoteRow, reader: Reader) -> bool:
    """Say whether somebody may see a note."""
    return reader.manager or row.visibility == Visibility.ALL.value or row.author == reader.actor


def _seen_by(reader: Reader) -> list[ColumnElement[bool]]:
    if reader.manager:
        return []
    return [or_(NoteRow.visibility == Visibility.ALL.value, NoteRow.author == reader.actor)]

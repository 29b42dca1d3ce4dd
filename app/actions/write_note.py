"""Staff write a note on a member; what was written is never changed, only corrected by another note."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db import listeners, notes
from app.db.listeners import Change, News
from app.db.notes import Reader, Visibility
from app.db.scope import Scope
from app.db.tables import MemberRow, NoteRow
from app.loyalty.errors import KeyReusedError, UnknownMemberError
from app.loyalty.hearing.refusals import UnknownNoteError


@dataclass(frozen=True, slots=True)
class Written:
    """A note as it is written; ``id`` is the wish's own, so that sending it twice writes it once."""

    id: UUID
    text: str
    visibility: Visibility = Visibility.ALL
    corrects: UUID | None = None


def write_note(scope: Scope, member_id: UUID, reader: Reader, written: Written) -> None:
    """Keep a note of ``reader``'s on a member, sealed.

    A correction is seen by no more people than what it corrects. Raises UnknownMemberError, UnknownNoteError (also for
    one that they may not see, or that is on another member), KeyReusedError.
    """
    # Under the member's lock: a merge takes notes along, and none is left behind with the tombstone.
    member = scope.session.scalar(
        select(MemberRow)
        .where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
        .with_for_update()
    )
    if member is None or member.is_gone:
        raise UnknownMemberError
    known = notes.one(scope, written.id)
    if known is not None:
        if (known.member_id, notes.text_of(scope, known)) != (member_id, written.text):
            raise KeyReusedError
        return
    visibility = written.visibility
    if written.corrects is not None:
        corrected = notes.one(scope, written.corrects)
        if corrected is None or corrected.member_id != member_id or not notes.may_see(corrected, reader):
            raise UnknownNoteError
        visibility = Visibility(corrected.visibility)
    scope.session.add(
        NoteRow(
            programme_id=scope.programme_id, note_id=written.id, member_id=member_id, at=scope.now,
            author=reader.actor, visibility=visibility.value, corrects=written.corrects,
            text_sealed=scope.cipher.seal(written.text.encode()),
        )
    )  # fmt: skip
    scope.session.flush()
    told = {"note": str(written.id), "visibility": visibility.value}
    listeners.tell(scope, [News(Change.NOTE_WRITTEN, member_id, told)])

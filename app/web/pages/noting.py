"""Notes on a member, written by staff for staff: added, or corrected by another note; never silently changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions.write_note import Written, write_note
from app.db import notes
from app.db.members import new_id
from app.db.notes import Note, Reader, Visibility
from app.loyalty.errors import KeyReusedError, UnknownMemberError
from app.loyalty.hearing.refusals import UnknownNoteError
from app.web.pages import telling
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean_lines, reading_desk, working_desk
from app.web.policy import ShopFrom, Who, policy
from app.web.seats import Seat

NOTE_MAX: Final = 2000
_SHOWN: Final = 50
_KEY: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Noted:
    """A note in words."""

    note: Note
    by: Markup
    when: Markup


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What was typed; ``corrects`` names the note it corrects."""

    key: str
    text: str = ""
    managers: bool = False
    corrects: str = ""
    error: Markup | None = None


def reader(seat: Seat) -> Reader:
    """Return who reads: until there are roles, whoever runs the installation manages, and everybody else is staff."""
    return Reader(seat.actor, seat.operator)


def noted(desk: Desk, member_id: UUID) -> Sequence[Noted]:
    """Return the notes on a member that this seat may see."""
    words, now = desk.words, desk.scope.now
    return [
        Noted(each, Markup.escape(telling.actor(desk, each.row.author)), words.moment(each.row.at, now))
        for each in notes.of_member(desk.scope, member_id, reader(desk.seat), _SHOWN)
    ]


def blank_note() -> NoteForm:
    """Return an empty form with a key of its own."""
    return NoteForm(new_id().hex)


@pages.get("/members/<uuid:member_id>/notes/<uuid:note_id>")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def correct_note(member_id: UUID, note_id: UUID) -> str:
    """Ask for the correction of a note."""
    with reading_desk() as desk:
        row = notes.one(desk.scope, note_id)
        if row is None or row.member_id != member_id or not notes.may_see(row, reader(desk.seat)):
            abort(404)
        return _show(desk, member_id, NoteForm(new_id().hex, notes.text_of(desk.scope, row), corrects=note_id.hex))


@pages.post("/members/<uuid:member_id>/notes")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def note(member_id: UUID) -> str | Response | tuple[str, int]:
    """Write a note, or a correction of one."""
    given = request.form
    key, corrects = given.get("key", ""), given.get("corrects", "")
    if not _KEY.fullmatch(key) or (corrects and not _KEY.fullmatch(corrects)):
        abort(400)
    form = NoteForm(key, clean_lines(given.get("text"), NOTE_MAX + 1), given.get("managers") == "1", corrects)
    if not form.text or len(form.text) > NOTE_MAX:
        with reading_desk() as desk:
            error = desk.words("adjust.error.note_long", n=NOTE_MAX) if form.text else desk.words("note.error")
            return _show(desk, member_id, NoteForm(key, form.text, form.managers, corrects, error)), 422
    visibility = Visibility.MANAGERS if form.managers else Visibility.ALL
    written = Written(UUID(hex=key), form.text, visibility, UUID(hex=corrects) if corrects else None)
    try:
        with working_desk() as desk:
            write_note(desk.scope, member_id, reader(desk.seat), written)
    except (UnknownMemberError, UnknownNoteError):
        abort(404)
    except KeyReusedError:
        with reading_desk() as desk:
            stale = NoteForm(new_id().hex, form.text, form.managers, corrects, desk.words("desk.stale"))
            return _show(desk, member_id, stale), 409
    return redirect(url_for("pages.member", member_id=member_id) + "#notes", 303)


def _show(desk: Desk, member_id: UUID, form: NoteForm) -> str:
    title = "note.correct" if form.corrects else "note.title"
    return show(
        desk,
        "note.html",
        here="pages.members",
        title=str(desk.words(title)),
        member_id=member_id,
        note_form=form,
        note_most=NOTE_MAX,
    )

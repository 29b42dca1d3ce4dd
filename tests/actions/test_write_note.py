"""Notes on members: sealed, seen by those who may, corrected beside the original, along with a merge."""

from uuid import UUID

import pytest
from sqlalchemy import Engine, update

from app.actions.write_note import Written, write_note
from app.db import notes
from app.db.members import new_id
from app.db.notes import Note, Reader, Visibility
from app.db.tables import NoteRow
from app.loyalty.errors import KeyReusedError, UnknownMemberError
from app.loyalty.hearing.refusals import UnknownNoteError
from tests.factories.houses import House, house

KIM, LEE, BOSS = Reader("kim", manager=False), Reader("lee", manager=False), Reader("boss", manager=True)


def shop(db: Engine) -> House:
    ours = house(db)
    ours.join("ada", "ben")
    return ours


def write(
    ours: House, text: str, by: Reader = KIM, now: str = "2025-02-01", customer: str = "ada", **more: object
) -> UUID:
    written = Written(new_id(), text, **more)  # type: ignore[arg-type]
    with ours.unit(now) as scope:
        write_note(scope, ours.member(customer), by, written)
    return written.id


def seen(ours: House, by: Reader, customer: str = "ada") -> list[Note]:
    with ours.reading() as scope:
        return notes.of_member(scope, ours.member(customer), by, 50)


def test_a_note_is_kept_with_its_author_and_time_and_sealed(db: Engine) -> None:
    ours = shop(db)
    write(ours, "Allergic to Canary feathers")
    write(ours, "Likes tea", LEE, "2025-02-02")

    assert [(note.text, note.row.author) for note in seen(ours, KIM)] == [
        ("Likes tea", "lee"), ("Allergic to Canary feathers", "kim"),
    ]  # fmt: skip
    assert all(b"Canary" not in (note.row.text_sealed or b"") for note in seen(ours, KIM))


def test_what_is_for_managers_is_seen_by_them_and_its_author(db: Engine) -> None:
    ours = shop(db)
    first = write(ours, "Returns too much", visibility=Visibility.MANAGERS)

    assert [len(seen(ours, by)) for by in (KIM, LEE, BOSS)] == [1, 0, 1]
    with pytest.raises(UnknownNoteError):
        write(ours, "No", LEE, corrects=first)
    write(ours, "Returns a little too much", BOSS, "2025-02-02", corrects=first)
    assert [len(seen(ours, by)) for by in (LEE, BOSS)] == [0, 2]
    assert {note.row.visibility for note in seen(ours, BOSS)} == {"managers"}


def test_a_correction_stands_beside_what_it_corrects(db: Engine) -> None:
    ours = shop(db)
    first = write(ours, "Birthday in May")
    second = write(ours, "Birthday in June", LEE, "2025-02-02", corrects=first)
    third = write(ours, "No: July", KIM, "2025-02-03", corrects=second)

    assert [(note.text, note.corrected_by) for note in seen(ours, KIM)] == [
        ("No: July", None), ("Birthday in June", third), ("Birthday in May", second),
    ]  # fmt: skip


def test_a_note_sent_twice_is_written_once(db: Engine) -> None:
    ours = shop(db)
    written = Written(new_id(), "Once")
    for _ in range(2):
        with ours.unit("2025-02-01") as scope:
            write_note(scope, ours.member("ada"), KIM, written)
    with pytest.raises(KeyReusedError), ours.unit("2025-02-01") as scope:
        write_note(scope, ours.member("ada"), KIM, Written(written.id, "Twice"))

    assert [note.text for note in seen(ours, KIM)] == ["Once"]


def test_nobody_notes_or_corrects_what_is_not_there(db: Engine) -> None:
    ours, other = shop(db), shop(db)
    of_ben = write(ours, "Ben's", customer="ben")
    for corrects in (of_ben, new_id()):
        with pytest.raises(UnknownNoteError):
            write(ours, "?", corrects=corrects)
    with pytest.raises(UnknownMemberError), other.unit("2025-02-01") as scope:
        write_note(scope, ours.member("ada"), KIM, Written(new_id(), "another programme's"))
    with other.reading() as scope:
        assert notes.of_member(scope, ours.member("ben"), BOSS, 5) == []


def test_notes_follow_a_member_into_a_merge_and_back(db: Engine) -> None:
    ours = shop(db)
    write(ours, "Of Ben", customer="ben")
    lost = ours.member("ben")
    ours.merge("2025-02-02", "ada", "ben")
    assert [note.text for note in seen(ours, KIM)] == ["Of Ben"]
    with pytest.raises(UnknownMemberError), ours.unit("2025-02-03") as scope:
        write_note(scope, lost, KIM, Written(new_id(), "on a tombstone"))
    ours.unmerge("2025-02-04", lost)

    assert (seen(ours, KIM), [note.text for note in seen(ours, KIM, "ben")]) == ([], ["Of Ben"])


def test_what_was_written_can_be_taken_away_with_the_person_and_nothing_else_can(db: Engine) -> None:
    ours = shop(db)
    note = write(ours, "Lives at number 9")
    with ours.unit("2025-02-02") as scope:
        scope.session.execute(
            update(NoteRow)
            .where(NoteRow.programme_id == ours.programme_id, NoteRow.note_id == note)
            .values(text_sealed=None)
        )

    assert [(each.text, each.row.author) for each in seen(ours, BOSS)] == [("", "kim")]

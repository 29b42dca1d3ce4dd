"""Sealing everything anew under the newest key, a page at a time; a page that was done is done for good."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from app.db.cipher import Cipher
from app.db.tables import (
    CaseStepRow,
    CredentialsRow,
    InboxBodyRow,
    ListenerRow,
    NoteRow,
    PersonRow,
    PrivacyRow,
    ProfileAnswerRow,
    QuestionRow,
)

_SEALED: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (CredentialsRow, ("sealed",)),
    (ListenerRow, ("sealed",)),
    (PersonRow, ("name_sealed", "email_sealed")),
    (InboxBodyRow, ("sealed",)),
    (QuestionRow, ("comment_sealed",)),
    (ProfileAnswerRow, ("words_sealed",)),
    (CaseStepRow, ("words_sealed",)),
    (NoteRow, ("text_sealed",)),
    (PrivacyRow, ("sealed",)),
)
"""Every sealed column of every table; a test holds it against the models."""

PAGE = 200

Place = tuple[Any, ...]


def sealed_tables() -> Iterator[tuple[Table, tuple[str, ...]]]:
    """Return the tables with sealed columns."""
    for row, columns in _SEALED:
        table: Table = row.__table__
        yield table, columns


def reseal_page(
    session: Session, cipher: Cipher, table: Table, columns: tuple[str, ...], after: Place | None
) -> Place | None:
    """Seal one page of a table anew, by primary key after a place. Returns the last place, None at the end.

    Raises SealBrokenError for a row that none of the keys opens.
    """
    keys: list[Column[Any]] = list(table.primary_key.columns)
    sealed = [table.c[name] for name in columns]
    page = select(*keys, *sealed).order_by(*keys).limit(PAGE).with_for_update()
    if after is not None:
        page = page.where(tuple_(*keys) > after)
    rows = session.execute(page).all()
    if not rows:
        return None
    anew = update(table).where(*(key == bindparam(f"at_{key.name}") for key in keys))
    values = [
        {f"at_{key.name}": row[place] for place, key in enumerate(keys)}
        | {
            column.name: cipher.rotate(content) if (content := row[len(keys) + place]) is not None else None
            for place, column in enumerate(sealed)
        }
        for row in rows
    ]
    session.connection().execute(anew.values({name: bindparam(name) for name in columns}), values)
    return tuple(rows[-1][: len(keys)])

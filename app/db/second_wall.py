"""The second wall: on PostgreSQL a session says whose rows it is about, and the database shows it nobody else's.

The first wall is that every statement names its programme. This one holds where a statement forgets to. It stands for a
role that does not own the tables; SQLite has none.
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction


class Whose(StrEnum):
    """What a session says that is not about one programme."""

    EVERY = "*"
    """It looks after every programme: the clock's rounds, the operator."""
    NOBODY = ""
    """It says nothing, which costs no question: a knock at the door, until the directory has told whose it is."""


_SAID: Final = "kizuna_programme"
_SAY: Final = text("SELECT set_config('kizuna.programme', :programme, true)")
"""For this transaction only, so that a connection goes back to the pool without a programme."""


def keep_to(session: Session, whose: UUID | Whose) -> None:
    """Let the session see and change rows of this programme alone from here on."""
    programme = str(whose)
    if session.info.get(_SAID) == programme:
        return
    if session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.flush()  # what was said so far was said under the other name
        session.connection().execute(_SAY, {"programme": programme})
    session.info[_SAID] = programme


@event.listens_for(Session, "after_begin")
def _say(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    programme = session.info.get(_SAID, Whose.EVERY.value)
    if programme and connection.dialect.name == "postgresql":
        connection.execute(_SAY, {"programme": programme})

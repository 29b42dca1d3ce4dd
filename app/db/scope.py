"""What every action is given: an open unit of work, whose programme it is, the time, and the keys to what is sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.cipher import Cipher
from app.db.second_wall import keep_to


@dataclass(frozen=True, slots=True)
class Scope:
    """``now`` is aware UTC. The programme comes from authentication or from a row of ours, never from a body."""

    session: Session
    programme_id: UUID
    now: datetime
    cipher: Cipher

    def __post_init__(self) -> None:
        """From here on the database itself shows the session nothing of another programme's."""
        keep_to(self.session, self.programme_id)

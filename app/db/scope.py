"""What every action is given: an open unit of work, whose programme it is, the time, and the keys to what is sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.cipher import Cipher


@dataclass(frozen=True, slots=True)
class Scope:
    """``now`` is aware UTC. The programme comes from authentication or from a row of ours, never from a body."""

    session: Session
    programme_id: UUID
    now: datetime
    cipher: Cipher

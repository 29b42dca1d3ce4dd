"""Invitations to a group: a one-time word, kept as a hash, by which a new shop joins the group's programme."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.db.tables import InvitationRow

LIFE: Final = timedelta(days=7)


def digest(word: str) -> str:
    """Return what is kept of an invitation."""
    return hashlib.sha256(word.encode("utf-8", "surrogateescape")).hexdigest()


def issue(session: Session, programme_id: UUID, actor: str, now: datetime) -> str:
    """Return a new invitation to a programme, good once, for ``LIFE``. Only its hash is kept."""
    word = secrets.token_urlsafe(24)
    session.execute(
        insert(InvitationRow).values(
            word_hash=digest(word), programme_id=programme_id, actor=actor, expires_at=now + LIFE
        )
    )
    return word


def of_shop(domain: str) -> str:
    """Return the name that an invitation for one shop has: no word is needed, the platform proves the shop."""
    return digest(f"shop:{domain}")


def issue_for(session: Session, programme_id: UUID, domain: str, actor: str, now: datetime) -> None:
    """Invite one shop that is not connected yet, by its domain; an earlier invitation of it is replaced."""
    session.merge(
        InvitationRow(
            word_hash=of_shop(domain),
            programme_id=programme_id,
            actor=actor,
            expires_at=now + LIFE,
            used_at=None,
            shop_id=None,
        )
    )


def good(session: Session, word_hash: str, now: datetime) -> InvitationRow | None:
    """Return an invitation that can still be used."""
    return session.scalar(
        select(InvitationRow)
        .where(InvitationRow.word_hash == word_hash, InvitationRow.used_at.is_(None), InvitationRow.expires_at > now)
        .with_for_update()
    )


def use(session: Session, word_hash: str, shop_id: UUID, now: datetime) -> bool:
    """Use an invitation up for a shop: of any number of tries a single one gets True."""
    taken = session.execute(
        update(InvitationRow)
        .where(InvitationRow.word_hash == word_hash, InvitationRow.used_at.is_(None), InvitationRow.expires_at > now)
        .values(used_at=now, shop_id=shop_id)
    )
    return bool(getattr(taken, "rowcount", 0))

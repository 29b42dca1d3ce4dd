"""One-time links to the merchant's pages: kept as a hash, good for a quarter of an hour, once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.db.members import new_id
from app.db.tables import DeedRow, SignInLinkRow

LINK_LIFE = timedelta(minutes=15)


class LinkState(StrEnum):
    """What a link is worth at this moment."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom a link lets in: ``actor`` to one programme's pages, or (None) the operator to every programme's."""

    programme_id: UUID | None
    actor: str


def issue_link(session: Session, base_url: str, programme_id: UUID | None, actor: str, now: datetime) -> str:
    """Return a new address that signs ``actor`` in once, within ``LINK_LIFE``. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.execute(
        insert(SignInLinkRow).values(
            token_hash=_hash(token), programme_id=programme_id, actor=actor, expires_at=now + LINK_LIFE
        )
    )
    return f"{base_url}/sign-in/{token}"


def look_at_link(session: Session, token: str, now: datetime) -> tuple[LinkState, Invitation | None]:
    """Return what a link is worth and whom it would let in; nothing is used up."""
    row = session.scalar(select(SignInLinkRow).where(SignInLinkRow.token_hash == _hash(token)))
    if row is None:
        return LinkState.UNKNOWN, None
    invitation = Invitation(row.programme_id, row.actor)
    if row.used_at is not None:
        return LinkState.USED, invitation
    return (LinkState.GOOD if row.expires_at > now else LinkState.EXPIRED), invitation


def use_link(session: Session, token: str, now: datetime) -> tuple[LinkState, Invitation | None]:
    """Use a link up: of any number of tries at once a single one gets ``GOOD``. Signing in to a programme is a deed."""
    result = session.execute(
        update(SignInLinkRow)
        .where(
            SignInLinkRow.token_hash == _hash(token), SignInLinkRow.used_at.is_(None), SignInLinkRow.expires_at > now
        )
        .values(used_at=now)
    )
    state, invitation = look_at_link(session, token, now)
    if not getattr(result, "rowcount", 0):
        # Used by someone else between the two statements, or never good.
        return (LinkState.USED if state is LinkState.GOOD else state), invitation
    if invitation is not None and invitation.programme_id is not None:
        session.execute(
            insert(DeedRow).values(
                programme_id=invitation.programme_id,
                deed_id=new_id(),
                at=now,
                actor=invitation.actor,
                what="sign_in",
                subject="pages",
                why="one-time link",
                detail={},
            )
        )
    return LinkState.GOOD, invitation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

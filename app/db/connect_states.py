"""Connections under way: our unguessable word, kept as a hash, bound to one platform and one store, for a while."""

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.db.outbox import EffectKind
from app.db.tables import ConnectStateRow, OutboxRow

LIFE: Final = timedelta(minutes=15)


def digest(state: str) -> str:
    """Return what is kept of a state."""
    return hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()


def begin(
    session: Session, state: str, platform: str, domain: str, now: datetime, *, invitation: str | None = None
) -> None:
    """Keep a new state for ``LIFE``, with the hash of the invitation to a group that came along."""
    session.execute(
        insert(ConnectStateRow).values(
            state_hash=digest(state),
            platform=platform,
            domain=domain,
            created_at=now,
            expires_at=now + LIFE,
            invitation_hash=invitation,
        )
    )


def use(session: Session, state: str, platform: str, now: datetime, *, once: bool) -> ConnectStateRow | None:
    """Return what a state is bound to; None for an unknown one, another platform's, one that ended or (once) was used.

    ``once``: of any number of tries a single one gets it. Else it may be shown again until it ends: whoever shows it
    must bring keys that are proved against the store it is bound to.
    """
    row = find(session, state, platform)
    if row is None or row.expires_at <= now:
        return None
    if once:
        taken = session.execute(
            update(ConnectStateRow)
            .where(ConnectStateRow.state_hash == row.state_hash, ConnectStateRow.finished_at.is_(None))
            .values(finished_at=now)
        )
        return row if getattr(taken, "rowcount", 0) else None
    return row


def find(session: Session, state: str, platform: str) -> ConnectStateRow | None:
    """Return a state of this platform, ended or not."""
    return session.scalar(
        select(ConnectStateRow).where(ConnectStateRow.state_hash == digest(state), ConnectStateRow.platform == platform)
    )


def trouble(session: Session, programme_id: UUID, shop_id: UUID) -> str | None:
    """Return the code of what keeps a shop from sending its webhooks, where asking it has failed so far."""
    newest = session.execute(
        select(OutboxRow.state, OutboxRow.error)
        .where(
            OutboxRow.programme_id == programme_id,
            OutboxRow.shop_id == shop_id,
            OutboxRow.subject == f"shop:{shop_id}",
            OutboxRow.kind == EffectKind.SUBSCRIBE.value,
        )
        .order_by(OutboxRow.effect_id.desc())
        .limit(1)
    ).one_or_none()
    return newest.error if newest is not None and newest.state != "done" else None


def conclude(session: Session, state: str, shop_id: UUID, now: datetime) -> None:
    """Note which shop a state led to."""
    session.execute(
        update(ConnectStateRow)
        .where(ConnectStateRow.state_hash == digest(state))
        .values(finished_at=now, shop_id=shop_id)
    )

"""Looks at shops: how far each was asked what changed, and how much of that had not reached us by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.tables import CursorRow


class Look(StrEnum):
    """What a shop was asked for: whole orders that changed a moment ago, or how old all orders of two months are."""

    CHANGES = "changes"
    VERSIONS = "versions"


def last(session: Session, programme_id: UUID, shop_id: UUID, look: Look) -> CursorRow | None:
    """Return what the last look left, None before the first."""
    return session.scalar(
        select(CursorRow).where(
            CursorRow.programme_id == programme_id, CursorRow.shop_id == shop_id, CursorRow.kind == look.value
        )
    )


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A look that was too long for one turn: where it goes on, as the shop names it, and when it began."""

    place: str
    began_at: datetime


def keep(
    session: Session,
    key: tuple[UUID, UUID],
    look: Look,
    *,
    at: datetime,
    checked_at: datetime,
    found: int,
    unfinished: Unfinished | None = None,
) -> None:
    """Note a look at a shop (programme, shop).

    ``at``: everything before it was told, ``checked_at``: when the look ended, ``found``: what had not come by itself.
    """
    programme_id, shop_id = key
    session.merge(
        CursorRow(
            programme_id=programme_id,
            shop_id=shop_id,
            kind=look.value,
            at=at,
            checked_at=checked_at,
            found=found,
            place=unfinished.place if unfinished is not None else None,
            began_at=unfinished.began_at if unfinished is not None else None,
        )
    )

"""Programmes and versions: read with every shop they concern, published once and never changed."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.db.tables import MemberRow, ProgrammeRow, ShopRow, VersionRow
from app.loyalty.terms.programme import Programme, Shop, Version, in_order

CLOSED: Final = "closed"
"""The state of a programme whose last shop went into another one's: its books are history."""
VERSION = TypeAdapter(Version)
"""Checks and describes a version's content: forms and JSON schema come from here."""


@lru_cache(maxsize=4096)
def _decoded(programme_id: UUID, number: int, starts_at: datetime, content: str) -> Version:
    """Published content never changes, so a version is read once a process."""
    del programme_id, number, starts_at
    return VERSION.validate_json(content)


def load(session: Session, programme_id: UUID) -> Programme:
    """Return all versions and shops of a programme, the home shop first. Raises LookupError for an unknown one."""
    row = session.execute(
        select(ProgrammeRow.decimals, ProgrammeRow.home_shop_id).where(ProgrammeRow.programme_id == programme_id)
    ).one_or_none()
    if row is None:
        raise LookupError(programme_id)
    shops = session.execute(
        select(ShopRow.shop_id, ShopRow.zone, ShopRow.currency, ShopRow.counts_from)
        .where(ShopRow.programme_id == programme_id)
        .order_by(ShopRow.shop_id)
    ).all()
    versions = session.execute(
        select(VersionRow.number, VersionRow.starts_at, VersionRow.content).where(
            VersionRow.programme_id == programme_id
        )
    ).all()
    return Programme(
        versions=in_order(
            [_decoded(programme_id, number, starts, _canonical(content)) for number, starts, content in versions]
        ),
        shops=tuple(
            Shop(str(shop.shop_id), shop.zone, shop.currency, shop.counts_from)
            for shop in sorted(shops, key=lambda shop: shop.shop_id != row.home_shop_id)
        ),
        decimals=row.decimals,
    )


def _canonical(content: dict[str, Any]) -> str:
    return TypeAdapter(dict[str, Any]).dump_json(content).decode()


@dataclass(frozen=True, slots=True)
class NewProgramme:
    """What a programme begins with; unit, decimals and currency never change afterwards."""

    name: str
    currency: str
    home_shop_id: UUID
    unit: str = "points"
    decimals: int = 0


def make(session: Session, programme_id: UUID, programme: NewProgramme, now: datetime) -> None:
    """Make a programme without any version yet: nothing is earned before the first."""
    session.execute(
        insert(ProgrammeRow).values(
            programme_id=programme_id,
            name=programme.name,
            unit=programme.unit,
            decimals=programme.decimals,
            currency=programme.currency,
            home_shop_id=programme.home_shop_id,
            state="live",
            look={},
            created_at=now,
        )
    )


def row(session: Session, programme_id: UUID) -> ProgrammeRow:
    """Return a programme as it is stored. Raises LookupError."""
    found = session.scalar(select(ProgrammeRow).where(ProgrammeRow.programme_id == programme_id))
    if found is None:
        raise LookupError(programme_id)
    return found


def publish(session: Session, programme_id: UUID, version: Version, *, by: str, now: datetime) -> int:
    """Store a version under the next number and make its start a moment for every member. Returns the number.

    The programme row is locked, so numbers have no gap and no twin.
    """
    session.execute(
        select(ProgrammeRow.programme_id).where(ProgrammeRow.programme_id == programme_id).with_for_update()
    )
    number: int = (
        session.scalar(
            select(func.coalesce(func.max(VersionRow.number), 0) + 1).where(VersionRow.programme_id == programme_id)
        )
        or 1
    )
    content = VERSION.dump_python(version, mode="json")
    content["number"] = number
    session.execute(
        insert(VersionRow).values(
            programme_id=programme_id,
            number=number,
            starts_at=version.starts_at,
            published_at=now,
            published_by=by,
            content=content,
        )
    )
    session.execute(
        update(MemberRow)
        .where(
            MemberRow.programme_id == programme_id,
            (MemberRow.due_at.is_(None)) | (MemberRow.due_at > version.starts_at),
        )
        .values(due_at=version.starts_at)
    )
    return number

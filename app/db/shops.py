"""Shops: found by what a platform calls them, with what opens their APIs sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from app.db.cipher import Cipher
from app.db.tables import CredentialsRow, DirectoryRow, ShopRow

REFRESH_LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Door:
    """A shop and its opened credentials; ``values`` are the platform's own names."""

    shop: ShopRow
    values: Mapping[str, str] = field(repr=False)
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    scopes: tuple[str, ...]


def find(session: Session, platform: str, domain: str) -> DirectoryRow | None:
    """Return where a platform's shop is kept: the global directory, before any programme is known."""
    return session.scalar(select(DirectoryRow).where(DirectoryRow.platform == platform, DirectoryRow.domain == domain))


def by_id(session: Session, shop_id: UUID) -> DirectoryRow | None:
    """Return where one of our shop ids is kept."""
    return session.get(DirectoryRow, shop_id)


def get(session: Session, programme_id: UUID, shop_id: UUID) -> ShopRow:
    """Return a shop of a programme. Raises LookupError."""
    row = session.scalar(select(ShopRow).where(ShopRow.programme_id == programme_id, ShopRow.shop_id == shop_id))
    if row is None:
        raise LookupError(shop_id)
    return row


def of_programme(session: Session, programme_id: UUID) -> list[ShopRow]:
    """Return the shops of a programme by name."""
    return list(session.scalars(select(ShopRow).where(ShopRow.programme_id == programme_id).order_by(ShopRow.name)))


def connected(session: Session, *, after: UUID | None = None, limit: int | None = None) -> list[DirectoryRow]:
    """Return connected shops of every programme in the order of their ids: what jobs go round.

    ``after``: only those that come after this one; ``limit``: at most so many.
    """
    found = (
        select(DirectoryRow)
        .join(
            ShopRow,
            (ShopRow.programme_id == DirectoryRow.programme_id) & (ShopRow.shop_id == DirectoryRow.shop_id),
        )
        .where(ShopRow.state == "connected")
        .order_by(DirectoryRow.shop_id)
        .limit(limit)
    )
    return list(session.scalars(found if after is None else found.where(DirectoryRow.shop_id > after)))


_DOOR = (
    select(ShopRow, CredentialsRow)
    .join(
        CredentialsRow,
        (CredentialsRow.programme_id == ShopRow.programme_id) & (CredentialsRow.shop_id == ShopRow.shop_id),
    )
    .where(ShopRow.programme_id == bindparam("programme_id"), ShopRow.shop_id == bindparam("shop_id"))
)
"""Put together once: many a webhook asks it."""


def door(session: Session, cipher: Cipher, programme_id: UUID, shop_id: UUID) -> Door | None:
    """Return a shop with its credentials, None where it has none (never connected, or disconnected)."""
    found = session.execute(_DOOR, {"programme_id": programme_id, "shop_id": shop_id}).one_or_none()
    if found is None:
        return None
    shop, row = found
    values = json.loads(cipher.open(row.sealed))
    return Door(shop, values, row.expires_at, row.refresh_expires_at, tuple(row.scopes))


def keep_credentials(
    session: Session,
    cipher: Cipher,
    key: tuple[UUID, UUID],
    values: Mapping[str, str],
    *,
    expires_at: datetime | None,
    refresh_expires_at: datetime | None,
    scopes: tuple[str, ...],
) -> None:
    """Seal and store a shop's credentials, in the place of earlier ones; both tokens and both ends in one row."""
    programme_id, shop_id = key
    sealed = cipher.seal(json.dumps(dict(values)).encode())
    row = session.scalar(
        select(CredentialsRow)
        .where(CredentialsRow.programme_id == programme_id, CredentialsRow.shop_id == shop_id)
        .with_for_update()
    )
    if row is None:
        session.execute(
            insert(CredentialsRow).values(
                programme_id=programme_id,
                shop_id=shop_id,
                sealed=sealed,
                expires_at=expires_at,
                refresh_expires_at=refresh_expires_at,
                scopes=list(scopes),
                changed=1,
            )
        )
        return
    row.sealed, row.expires_at, row.refresh_expires_at = sealed, expires_at, refresh_expires_at
    row.scopes = list(scopes)
    row.changed += 1
    row.lease_owner, row.lease_until = None, None


def keep_scopes(session: Session, programme_id: UUID, shop_id: UUID, scopes: tuple[str, ...]) -> None:
    """Note what a shop's owner lets us do by now; of a shop without credentials nothing is kept."""
    session.execute(
        update(CredentialsRow)
        .where(CredentialsRow.programme_id == programme_id, CredentialsRow.shop_id == shop_id)
        .values(scopes=list(scopes))
    )


def scopes(session: Session, programme_id: UUID) -> dict[UUID, frozenset[str]]:
    """Return what the owners of a programme's shops let us do, by shop."""
    rows = session.execute(
        select(CredentialsRow.shop_id, CredentialsRow.scopes).where(CredentialsRow.programme_id == programme_id)
    )
    return {shop_id: frozenset(map(str, granted)) for shop_id, granted in rows}


def lease_refresh(session: Session, programme_id: UUID, shop_id: UUID, *, owner: str, now: datetime) -> bool:
    """Become the one who refreshes a shop's token; False where another is at it."""
    result = session.execute(
        update(CredentialsRow)
        .where(
            CredentialsRow.programme_id == programme_id,
            CredentialsRow.shop_id == shop_id,
            or_(CredentialsRow.lease_until.is_(None), CredentialsRow.lease_until <= now),
        )
        .values(lease_owner=owner, lease_until=now + REFRESH_LEASE)
    )
    return bool(getattr(result, "rowcount", 0))


def drop_credentials(session: Session, programme_id: UUID, shop_id: UUID) -> None:
    """Forget what opened a shop."""
    row = session.scalar(
        select(CredentialsRow).where(CredentialsRow.programme_id == programme_id, CredentialsRow.shop_id == shop_id)
    )
    if row is not None:
        session.delete(row)


def heard_from(session: Session, programme_id: UUID, shop_id: UUID, now: datetime) -> None:
    """Note when a shop was last heard from."""
    session.execute(
        update(ShopRow)
        .where(ShopRow.programme_id == programme_id, ShopRow.shop_id == shop_id)
        .values(last_event_at=now)
    )

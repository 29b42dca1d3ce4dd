"""Shops: connected storefronts, what opens their APIs, and where reconciling stands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name, Word


class DirectoryRow(Base):
    """Where a shop is to be found.

    The one global table that leads from a platform's name of a shop to its programme.
    """

    __tablename__ = "directory"
    __table_args__ = (UniqueConstraint("platform", "domain"),)

    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(Word)
    domain: Mapped[str] = mapped_column(Name)
    programme_id: Mapped[UUID]


class ShopRow(Base):
    """One storefront of a programme."""

    __tablename__ = "shops"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(Word)
    domain: Mapped[str] = mapped_column(Name)
    external_id: Mapped[str | None] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    zone: Mapped[str] = mapped_column(Word)
    currency: Mapped[str] = mapped_column(Word)
    locale: Mapped[str] = mapped_column(Word, default="en")
    home_url: Mapped[str | None] = mapped_column(Name)
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    confirms_addresses: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether nobody gets an account here without proving the address: said by the operator where no platform does."""
    state: Mapped[str] = mapped_column(Word, default="connected")
    counts_from: Mapped[datetime | None]
    """When the shop joined a programme that was there already: nothing from before earns."""
    connected_at: Mapped[datetime]
    disconnected_at: Mapped[datetime | None]
    last_event_at: Mapped[datetime | None]


class CredentialsRow(Base):
    """What opens a shop's API, encrypted. The lease lets one process at a time refresh it."""

    __tablename__ = "credentials"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]
    scopes: Mapped[list[Any]]
    lease_owner: Mapped[str | None] = mapped_column(Word)
    lease_until: Mapped[datetime | None]
    changed: Mapped[int] = mapped_column(BigInt, default=0)


class CursorRow(Base):
    """How far a shop has been asked about what changed."""

    __tablename__ = "cursors"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Word, primary_key=True)
    at: Mapped[datetime]
    checked_at: Mapped[datetime]
    found: Mapped[int] = mapped_column(BigInt, default=0)
    place: Mapped[str | None] = mapped_column(Text)
    """Where a look goes on that was too long for one turn, as the shop names it."""
    began_at: Mapped[datetime | None]
    """When that look began: everything before then is told once it has ended."""


class ListenerRow(Base):
    """An address of another system that is told what changes for a shop's members."""

    __tablename__ = "listeners"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    listener_id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    changes: Mapped[list[Any]]
    """Which changes it is told, by their names."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The secrets that sign, the newest first, a line each."""
    made_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]

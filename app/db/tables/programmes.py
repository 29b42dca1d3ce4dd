"""Programmes and their immutable versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Name, Word


class ProgrammeRow(Base):
    """A set of rules run by one or more shops: the tenant."""

    __tablename__ = "programmes"
    __table_args__ = (CheckConstraint("decimals BETWEEN 0 AND 3", name="decimals"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    unit: Mapped[str] = mapped_column(Word, default="points")
    decimals: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(Word)
    home_shop_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Word, default="live")
    look: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class VersionRow(Base):
    """What the merchant promises from ``starts_at`` on; never changed."""

    __tablename__ = "programme_versions"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(Name)
    content: Mapped[dict[str, Any]]


class DraftRow(Base):
    """A version that is still being written: it judges nothing, and is changed until it is published."""

    __tablename__ = "programme_drafts"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Word, primary_key=True)
    starts_at: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(Name)
    content: Mapped[dict[str, Any]]

"""What running the house leaves behind: connect states, sign-in links, ticks of the clock, deeds of people."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Name, Word


class ConnectStateRow(Base):
    """A connection under way: our unguessable word (hashed), bound to the store it was made for."""

    __tablename__ = "connect_states"

    state_hash: Mapped[str] = mapped_column(Word, primary_key=True)
    platform: Mapped[str] = mapped_column(Word)
    domain: Mapped[str] = mapped_column(Name)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    shop_id: Mapped[UUID | None]
    invitation_hash: Mapped[str | None] = mapped_column(Word)


class SignInLinkRow(Base):
    """A one-time link to the merchant's pages (hashed)."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(Word, primary_key=True)
    programme_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(Name)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class InvitationRow(Base):
    """A one-time word (hashed) by which a new shop joins the programme of a group."""

    __tablename__ = "invitations"

    word_hash: Mapped[str] = mapped_column(Word, primary_key=True)
    programme_id: Mapped[UUID]
    actor: Mapped[str] = mapped_column(Name)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    shop_id: Mapped[UUID | None]


class TickRow(Base):
    """A job's turn in one period: the unique row that makes a tick happen once."""

    __tablename__ = "ticks"

    job: Mapped[str] = mapped_column(Word, primary_key=True)
    period: Mapped[str] = mapped_column(Word, primary_key=True)
    at: Mapped[datetime]
    """When it was taken or rung for again, or when it last told how far it is."""
    done_at: Mapped[datetime | None]
    """When the job was done to its end; null while it waits, and where a process died on the way."""
    place: Mapped[str | None] = mapped_column(Name)
    """How far a job is that takes long: somebody goes on from there."""


class DeedRow(Base):
    """Who did what by hand, when and why."""

    __tablename__ = "deeds"
    __table_args__ = (Index("ix_deeds_at", "programme_id", "at"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    deed_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Name)
    what: Mapped[str] = mapped_column(Word)
    subject: Mapped[str] = mapped_column(Name)
    why: Mapped[str] = mapped_column(Name)
    detail: Mapped[dict[str, Any]]


class AuditRow(Base):
    """When a programme's ledger was last audited, and how many breaches there were."""

    __tablename__ = "audits"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    breaches: Mapped[int]

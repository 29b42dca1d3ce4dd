"""Members, how shops name them, and the person behind, encrypted and apart."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name, Word


class MemberRow(Base):
    """A customer in a programme: the row that is locked, its counters, and the tier as a cache of judging."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("programme_id", "referral_code"),
        Index("ix_members_due", "programme_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_members_created", "programme_id", "created_at", "member_id"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    provisional: Mapped[bool] = mapped_column(default=False)
    referral_code: Mapped[str] = mapped_column(Word)
    joined_at: Mapped[datetime | None]
    joined_shop_id: Mapped[UUID | None]
    number: Mapped[int] = mapped_column(BigInt, default=0)
    lots_opened: Mapped[int] = mapped_column(BigInt, default=0)
    passed_until: Mapped[datetime]
    due_at: Mapped[datetime | None]
    tier: Mapped[str | None] = mapped_column(Word)
    tier_since: Mapped[datetime | None]
    grace_ends: Mapped[date | None]
    held_until: Mapped[datetime | None]
    activity: Mapped[int] = mapped_column(BigInt, default=0)
    merged_into: Mapped[UUID | None]
    """A tombstone's member: whose facts, identities and points became that one's."""
    erased_at: Mapped[datetime | None]
    """Since when nobody knows who this was: the postings stay, what is left of the points ends."""
    impersonal_since: Mapped[datetime | None]
    """Since when they want no offers, picks and recommendations of their own; None where they never said so."""

    @property
    def is_gone(self) -> bool:
        """Whether this member is a tombstone: merged into another, or erased."""
        return self.merged_into is not None or self.erased_at is not None


STANDING = (MemberRow.merged_into.is_(None), MemberRow.erased_at.is_(None))
"""The conditions that a member is no tombstone."""


class TierInvitationRow(Base):
    """A level given to a member by the merchant, until an instant or until it is withdrawn."""

    __tablename__ = "tier_invitations"
    __table_args__ = (Index("ix_tier_invitations_member", "programme_id", "member_id"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[str] = mapped_column(Name, primary_key=True)
    member_id: Mapped[UUID]
    level: Mapped[str] = mapped_column(Word)
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class IdentityRow(Base):
    """How a shop names a member: its customer id, or ``guest:`` and a keyed hash of the e-mail."""

    __tablename__ = "identities"
    __table_args__ = (
        Index("ix_identities_member", "programme_id", "member_id"),
        Index("ix_identities_proved", "programme_id", "proved_hash"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(Name, primary_key=True)
    member_id: Mapped[UUID]
    created_at: Mapped[datetime]
    proved_hash: Mapped[str | None] = mapped_column(Word)
    """Keyed hash of the address that the shop says this account proved."""
    country: Mapped[str | None] = mapped_column(Word)
    region: Mapped[str | None] = mapped_column(Word)
    """Where the newest order that told it went, else the customer's own address; codes, and nothing closer."""
    placed_at: Mapped[datetime | None]
    """When that order was placed; None where the place is the customer's own address."""
    tags: Mapped[list[Any] | None]
    """What the shop wrote on the customer."""


class MergeRow(Base):
    """Two members made one, or (``undoes`` names the merge) two again; ``detail`` is what taking it back needs."""

    __tablename__ = "merges"
    __table_args__ = (
        UniqueConstraint("programme_id", "undoes"),
        Index("ix_merges_lost", "programme_id", "lost_id"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    merge_id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID]
    lost_id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Name)
    why: Mapped[str] = mapped_column(Name)
    undoes: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]]


class PersonRow(Base):
    """Name and e-mail, encrypted, with a keyed hash for exact look-up: the only place that knows a person."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_email", "programme_id", "email_hash"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_hash: Mapped[str | None] = mapped_column(Word)
    locale: Mapped[str | None] = mapped_column(Word)

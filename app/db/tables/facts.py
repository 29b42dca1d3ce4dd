"""The latest snapshot of each fact, with its version, and the requests people made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name, Word


class OrderRow(Base):
    """An order as it stood at ``updated_at``; ``snapshot`` holds amounts in minor units and names nobody."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_member", "programme_id", "member_id"),
        Index("ix_orders_order", "order_id"),
        Index("ix_orders_name", "programme_id", "name"),
        Index("ix_orders_network", "programme_id", "placed_at", postgresql_where=text("network_hash IS NOT NULL")),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(Name, primary_key=True)
    member_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Name)
    updated_at: Mapped[datetime]
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any]]
    address_hash: Mapped[str | None] = mapped_column(Word)
    """Keyed hash of where it goes; only where the programme looks at referrals."""
    network_hash: Mapped[str | None] = mapped_column(Word)
    """Keyed hash of the network it was placed from; likewise, and for 30 days only."""
    device_hash: Mapped[str | None] = mapped_column(Word)
    """Keyed hash of the browser and the network; likewise, and only where a version gives devices a weight."""
    payment_hash: Mapped[str | None] = mapped_column(Word)
    """Keyed hash of what the payment service names the card or account by; only where a version gives that a weight."""


class GrantRow(Base):
    """What an order has of the budget of a campaign, in smallest steps; written under the programme's lock.

    The order tells whose it is. ``used`` is what it has now, and the sum of it never exceeds the budget.
    """

    __tablename__ = "campaign_grants"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= granted", name="within"),
        Index("ix_campaign_grants_campaign", "programme_id", "campaign", "used"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(Name, primary_key=True)
    campaign: Mapped[str] = mapped_column(Word, primary_key=True)
    wanted: Mapped[int] = mapped_column(BigInt)
    granted: Mapped[int] = mapped_column(BigInt)
    used: Mapped[int] = mapped_column(BigInt)


class RuleGrantRow(Base):
    """What a fact has of the budget of a rule in a period, in smallest steps; written under the programme's lock.

    The order, review or event tells whose it is. ``used`` is what it has now; the sum never exceeds the budget.
    """

    __tablename__ = "rule_grants"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= granted", name="within"),
        Index("ix_rule_grants_budget", "programme_id", "budget", "period", "used"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(Word, primary_key=True)
    thing_id: Mapped[str] = mapped_column(Name, primary_key=True)
    budget: Mapped[str] = mapped_column(Word, primary_key=True)
    period: Mapped[str] = mapped_column(Word, primary_key=True)
    wanted: Mapped[int] = mapped_column(BigInt)
    granted: Mapped[int] = mapped_column(BigInt)
    used: Mapped[int] = mapped_column(BigInt)


class ReviewRow(Base):
    """A review; without a member it waits until a bought line tells whose it is."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_member", "programme_id", "member_id"),
        Index("ix_reviews_email", "programme_id", "shop_id", "email_hash"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    review_id: Mapped[str] = mapped_column(Name, primary_key=True)
    member_id: Mapped[UUID | None]
    email_hash: Mapped[str | None] = mapped_column(Word)
    product: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime]
    updated_at: Mapped[datetime]
    approved: Mapped[bool]
    rating: Mapped[int | None]
    photo: Mapped[bool] = mapped_column(default=False, server_default=false())


class EventRow(Base):
    """Anything else a member did that a shop may reward; never changed but for being gone."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_member", "programme_id", "member_id"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(Name, primary_key=True)
    member_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime]
    gone: Mapped[bool] = mapped_column(default=False, server_default=false())


class BirthdayRow(Base):
    """A member's birthday as told at an instant; only month and day are kept."""

    __tablename__ = "birthdays"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(primary_key=True)
    month: Mapped[int]
    day: Mapped[int]
    shop_id: Mapped[UUID]


class ReferralRow(Base):
    """Who brought whom. A friend who only left an address is known by ``code`` until an order uses it."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_advocate", "programme_id", "advocate_id"),
        Index("ix_referrals_friend", "programme_id", "friend_id"),
        Index("ix_referrals_email", "programme_id", "email_hash"),
        Index("uq_referrals_code", "programme_id", "code", unique=True),
        Index("ix_referrals_held", "programme_id", "held_at", postgresql_where=text("held_at IS NOT NULL")),
        Index("ix_referrals_decided", "programme_id", "decided_at", postgresql_where=text("decided_at IS NOT NULL")),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[str] = mapped_column(Name, primary_key=True)
    shop_id: Mapped[UUID]
    advocate_id: Mapped[UUID]
    friend_id: Mapped[UUID | None]
    at: Mapped[datetime]
    code: Mapped[str | None] = mapped_column(Word)
    external_id: Mapped[str | None] = mapped_column(Name)
    code_state: Mapped[str | None] = mapped_column(Word)
    ends_at: Mapped[datetime | None]
    email_hash: Mapped[str | None] = mapped_column(Word)
    outcome: Mapped[dict[str, Any] | None]
    held_at: Mapped[datetime | None]
    """Since when it waits for staff, or had waited when they decided; None where it was never held back."""
    decision: Mapped[str | None] = mapped_column(Word)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Name)
    decided_why: Mapped[str | None] = mapped_column(Name)
    channel: Mapped[str | None] = mapped_column(Word)
    """By which channel the link came to the friend; None where it is not known."""


class ClickRow(Base):
    """A friend followed a member's link. Neither of them is named."""

    __tablename__ = "referral_clicks"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    click_id: Mapped[str] = mapped_column(Word, primary_key=True)
    shop_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Word)
    at: Mapped[datetime]


class RequestRow(Base):
    """A request under its own key, with what it asked and the first answer; one key space for all kinds."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_member", "programme_id", "member_id"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Name, primary_key=True)
    kind: Mapped[str] = mapped_column(Word)
    member_id: Mapped[UUID]
    input_hash: Mapped[str] = mapped_column(Word)
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Name)
    note: Mapped[str | None] = mapped_column(Name)
    amount: Mapped[int | None] = mapped_column(BigInt)
    dated: Mapped[datetime | None]

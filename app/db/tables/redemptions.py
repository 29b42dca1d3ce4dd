"""Redemptions: points on their way to a code and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name, Word


class RedemptionRow(Base):
    """``state`` tells where the points are, ``stage`` where the code is: requested, issued, used, or how it ended."""

    __tablename__ = "redemptions"
    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        Index("ix_redemptions_member", "programme_id", "member_id"),
        Index("ix_redemptions_reward", "programme_id", "reward"),
        Index("ix_redemptions_use", "programme_id", "use_shop_id", "use_order"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    redemption_id: Mapped[str] = mapped_column(Name, primary_key=True)
    member_id: Mapped[UUID]
    shop_id: Mapped[UUID]
    reward: Mapped[str] = mapped_column(Name)
    cost: Mapped[int] = mapped_column(BigInt)
    version: Mapped[int]
    code: Mapped[str] = mapped_column(Name)
    state: Mapped[str] = mapped_column(Word)
    stage: Mapped[str] = mapped_column(Word)
    requested_at: Mapped[datetime]
    requested_number: Mapped[int] = mapped_column(BigInt)
    ends_at: Mapped[datetime | None]
    parts: Mapped[list[Any]]
    use_shop_id: Mapped[UUID | None]
    use_order: Mapped[str | None] = mapped_column(Name)
    use_paid_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(Name)
    code_gone: Mapped[bool] = mapped_column(default=False)
    value_minor: Mapped[int | None] = mapped_column(BigInt)
    option: Mapped[str | None] = mapped_column(Name)
    cause: Mapped[str | None] = mapped_column(Name)


class TaskRow(Base):
    """What staff have to do for a member who asked for it; ``state`` is open, done or cancelled."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_state", "programme_id", "state", "opened_at"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    redemption_id: Mapped[str] = mapped_column(Name, primary_key=True)
    member_id: Mapped[UUID]
    shop_id: Mapped[UUID]
    task: Mapped[str] = mapped_column(Name)
    state: Mapped[str] = mapped_column(Word)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(Name)
    note: Mapped[str | None] = mapped_column(Name)


class StockRow(Base):
    """The lock of a reward's stock. ``amount`` counts how often it was asked for, had or not."""

    __tablename__ = "stocks"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    reward: Mapped[str] = mapped_column(Name, primary_key=True)
    amount: Mapped[int] = mapped_column(BigInt)

"""The ledger.

Transactions, postings and lots that are only ever added, balances that follow, settlements that explain.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name, Word


class TransactionRow(Base):
    """Postings made together.

    ``number`` is that of its first posting, so a member's history is numbered without a gap.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        Index("ix_transactions_source", "programme_id", "source"),
        Index("ix_transactions_at", "programme_id", "at"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Word)
    source: Mapped[str] = mapped_column(Name)
    shop_id: Mapped[UUID | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class PostingRow(Base):
    """One amount from one address to another; lot 0 stands for no lot."""

    __tablename__ = "postings"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    transaction_number: Mapped[int] = mapped_column(BigInt)
    from_account: Mapped[str] = mapped_column(Word)
    from_lot: Mapped[int] = mapped_column(BigInt)
    to_account: Mapped[str] = mapped_column(Word)
    to_lot: Mapped[int] = mapped_column(BigInt)
    amount: Mapped[int] = mapped_column(BigInt)


class LotRow(Base):
    """What one award opened, with the dates written then and never re-read."""

    __tablename__ = "lots"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    lot: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Name)
    shop_id: Mapped[UUID]
    release_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    parent: Mapped[int | None] = mapped_column(BigInt)


class BalanceRow(Base):
    """What lies at one address: all that came in less all that went out. Debt owed is negative, issued too."""

    __tablename__ = "balances"
    __table_args__ = (
        CheckConstraint("amount >= 0 OR account NOT IN ('pending', 'available', 'held')", name="not_overdrawn"),
        Index(
            "ix_balances_spendable",
            "programme_id",
            "member_id",
            postgresql_where=text("account = 'available' AND amount > 0"),
            sqlite_where=text("account = 'available' AND amount > 0"),
        ),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(Word, primary_key=True)
    lot: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    amount: Mapped[int] = mapped_column(BigInt)


class SettlementRow(Base):
    """The latest judgement of a source for a member: what it was due, what it got, and why."""

    __tablename__ = "settlements"
    __table_args__ = (
        Index("ix_settlements_source", "programme_id", "source"),
        Index("ix_settlements_moment", "programme_id", "moment"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Name, primary_key=True)
    revision: Mapped[int] = mapped_column(BigInt, default=1)
    version: Mapped[int | None]
    due: Mapped[int] = mapped_column(BigInt)
    posted: Mapped[int] = mapped_column(BigInt)
    expired: Mapped[int] = mapped_column(BigInt)
    forgiven: Mapped[list[Any]]
    moment: Mapped[datetime | None]
    tier: Mapped[str | None] = mapped_column(Word)
    reason: Mapped[str | None] = mapped_column(Word)
    breakdown: Mapped[list[Any]]
    settled_at: Mapped[datetime]


OF_ITS_TRANSACTION = (
    (TransactionRow.programme_id == PostingRow.programme_id)
    & (TransactionRow.member_id == PostingRow.member_id)
    & (TransactionRow.number == PostingRow.transaction_number)
)
"""Joins a posting with the transaction it was made in."""

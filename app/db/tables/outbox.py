"""The outbox: effects decided and saved with the ledger, carried out afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name, Word


class OutboxRow(Base):
    """One effect. Only the oldest unfinished one of a subject may be claimed; ``fence`` counts the claims."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "programme_id",
            "shop_id",
            "effect_id",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_failed",
            "programme_id",
            "shop_id",
            "effect_id",
            postgresql_where=text("state = 'failed'"),
            sqlite_where=text("state = 'failed'"),
        ),
        Index("ix_outbox_subject", "programme_id", "shop_id", "subject"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    effect_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Word)
    subject: Mapped[str] = mapped_column(Name)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Word, default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(Word)
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInt, default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Name)

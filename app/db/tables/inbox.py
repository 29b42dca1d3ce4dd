"""The inbox: every delivery that arrived, kept before anything is said about it; raw bodies apart and encrypted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Name, Word


class InboxRow(Base):
    """One delivery of a shop.

    ``state``: waiting, done, ignored, refused, fetching or quarantined; ``reason`` says why.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("programme_id", "shop_id", "topic", "key"),
        Index(
            "ix_inbox_waiting",
            "programme_id",
            "shop_id",
            "inbox_id",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_inbox_quarantined",
            "programme_id",
            "shop_id",
            "inbox_id",
            postgresql_where=text("state = 'quarantined'"),
            sqlite_where=text("state = 'quarantined'"),
        ),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    inbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(Word)
    topic: Mapped[str] = mapped_column(Name)
    key: Mapped[str] = mapped_column(Name)
    event_id: Mapped[str | None] = mapped_column(Name)
    road: Mapped[str] = mapped_column(Word, default="webhook")
    received_at: Mapped[datetime]
    seen: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(Word, default="waiting")
    reason: Mapped[str | None] = mapped_column(Name)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]


class InboxBodyRow(Base):
    """The raw body of a delivery, encrypted; dropped after its time while the row above stays."""

    __tablename__ = "inbox_bodies"
    __table_args__ = (Index("ix_inbox_bodies_received", "received_at"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    inbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

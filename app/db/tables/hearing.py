"""What members are asked and what they say: their own words are sealed, and go with the person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Name, Word


class QuestionRow(Base):
    """A question that was asked, and the answer once there is one; ``tier`` is the member's when they answered."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("programme_id", "survey", "shop_id", "order_id"),
        Index("ix_questions_member", "programme_id", "member_id"),
        Index("ix_questions_answered", "programme_id", "answered_at"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    shop_id: Mapped[UUID]
    survey: Mapped[str] = mapped_column(Word)
    version: Mapped[int]
    touchpoint: Mapped[str] = mapped_column(Word)
    order_id: Mapped[str | None] = mapped_column(Name)
    asked_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    score: Mapped[int | None]
    tier: Mapped[str | None] = mapped_column(Word)
    comment_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class QuestionProductRow(Base):
    """A product of the order that a question is about."""

    __tablename__ = "question_products"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(Name, primary_key=True)

"""What members are asked and what they say: their own words are sealed, and go with the person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name, Word


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


class ProfileAnswerRow(Base):
    """What a member told about themselves, the latest answer to each question; ``version`` says what it was told for.

    ``chosen`` is an option's id or a day; own words are sealed. Taken back, the answer is gone and the row stays, so
    that answering is not paid for twice.
    """

    __tablename__ = "profile_answers"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Word, primary_key=True)
    shop_id: Mapped[UUID]
    version: Mapped[int]
    answered_at: Mapped[datetime]
    chosen: Mapped[str | None] = mapped_column(Word)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    withdrawn_at: Mapped[datetime | None]
    event_at: Mapped[datetime | None]
    """When the answer was told to earning; None as long as no event belonged to the question."""


class CaseRow(Base):
    """A low score or rating that wants an answer by ``due_at``; one a source, however often the source is told."""

    __tablename__ = "service_cases"
    __table_args__ = (
        UniqueConstraint("programme_id", "source"),
        Index("ix_service_cases_state", "programme_id", "state", "due_at", "case_id"),
        Index("ix_service_cases_member", "programme_id", "member_id"),
    )

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(320))
    kind: Mapped[str] = mapped_column(Word)
    member_id: Mapped[UUID | None]
    """None while nobody knows whose review it is."""
    shop_id: Mapped[UUID]
    touchpoint: Mapped[str | None] = mapped_column(Word)
    product: Mapped[str | None] = mapped_column(Name)
    order_id: Mapped[str | None] = mapped_column(Name)
    score: Mapped[int]
    most: Mapped[int]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Word, default="open")
    answered_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    follow_up_at: Mapped[datetime | None]
    """When staff promised to come back; None once they did."""


class CaseStepRow(Base):
    """What staff did about a case, never changed; their words are sealed, for they speak of the member."""

    __tablename__ = "service_case_steps"
    __table_args__ = (Index("ix_service_case_steps_case", "programme_id", "case_id", "at"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    step_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Name)
    what: Mapped[str] = mapped_column(Word)
    amount: Mapped[int | None] = mapped_column(BigInt)
    until: Mapped[datetime | None]
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class NoteRow(Base):
    """What staff wrote about a member, sealed; a correction names what it corrects, and both stay."""

    __tablename__ = "member_notes"
    __table_args__ = (Index("ix_member_notes_member", "programme_id", "member_id", "at"),)

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(Name)
    visibility: Mapped[str] = mapped_column(Word)
    corrects: Mapped[UUID | None]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None once the person was erased."""

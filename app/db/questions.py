"""Questions as they are kept: what a member was asked and can be asked about, and answers counted for the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db import versions
from app.db.members import new_id
from app.db.scope import Scope
from app.db.snapshots import unpack
from app.db.tables import OrderRow, QuestionProductRow, QuestionRow
from app.loyalty.hearing.drivers import Counted, Driver
from app.loyalty.hearing.surveys import Asked, Occasion, Question, SurveyKind, verdict

_AS_IT_IS_NOW = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class Answer:
    """A score, and what the member said in their own words; ``tier`` is the one they had then."""

    score: int
    comment: str
    tier: str | None


def asked(scope: Scope, member_id: UUID) -> list[Asked]:
    """Return every question a member was asked."""
    rows = scope.session.execute(
        select(QuestionRow.survey, QuestionRow.asked_at, QuestionRow.shop_id, QuestionRow.order_id).where(
            QuestionRow.programme_id == scope.programme_id, QuestionRow.member_id == member_id
        )
    )
    return [Asked(survey, at, f"{shop}/{order}" if order is not None else None) for survey, at, shop, order in rows]


def waiting(scope: Scope, shop_id: UUID, member_id: UUID) -> QuestionRow | None:
    """Return the latest question a member was asked at a shop, as long as it can still be answered and was not."""
    row = scope.session.scalar(
        select(QuestionRow)
        .where(
            QuestionRow.programme_id == scope.programme_id,
            QuestionRow.member_id == member_id,
            QuestionRow.shop_id == shop_id,
        )
        .order_by(QuestionRow.asked_at.desc(), QuestionRow.question_id.desc())
        .limit(1)
    )
    return row if row is not None and row.answered_at is None and scope.now < row.closes_at else None


def bought(scope: Scope, shop_id: UUID, member_id: UUID, days: int) -> list[Occasion]:
    """Return the orders of a member at a shop that were paid in the last days and stand, with their products."""
    rows = scope.session.scalars(
        select(OrderRow).where(
            OrderRow.programme_id == scope.programme_id,
            OrderRow.member_id == member_id,
            OrderRow.shop_id == shop_id,
            OrderRow.paid_at > scope.now - timedelta(days=days),
            OrderRow.paid_at <= scope.now,
        )
    )
    orders = (unpack(row.order_id, row.name, row.updated_at, row.placed_at, row.paid_at, row.snapshot) for row in rows)
    return [
        Occasion(order.paid_at, f"{shop_id}/{order.id}", tuple(dict.fromkeys(p for p in products if p is not None)))
        for order in orders
        if order.paid_at is not None and order.cancelled_at is None and not order.test
        for products in [[line.product for line in order.lines]]
    ]


def put(scope: Scope, shop_id: UUID, member_id: UUID, question: Question, version: int) -> QuestionRow:
    """Keep a question as asked now."""
    survey, order = question.survey, question.occasion.order
    row = QuestionRow(
        programme_id=scope.programme_id, question_id=new_id(), member_id=member_id, shop_id=shop_id, survey=survey.id,
        version=version, touchpoint=survey.touchpoint, order_id=order.partition("/")[2] if order else None,
        asked_at=scope.now, closes_at=survey.closes_at(scope.now),
    )  # fmt: skip
    scope.session.add(row)
    scope.session.flush()
    named = {"programme_id": scope.programme_id, "question_id": row.question_id}
    products = [named | {"product": product} for product in question.occasion.products]
    if products:
        scope.session.execute(insert(QuestionProductRow), products)
    return row


def one(scope: Scope, shop_id: UUID, question_id: UUID) -> QuestionRow | None:
    """Return a question that was asked at a shop, as it stands now."""
    return scope.session.scalar(
        select(QuestionRow).where(
            QuestionRow.programme_id == scope.programme_id,
            QuestionRow.question_id == question_id,
            QuestionRow.shop_id == shop_id,
        ),
        execution_options=_AS_IT_IS_NOW,
    )


def answer(scope: Scope, question_id: UUID, given: Answer) -> bool:
    """Keep an answer, sealed where it is in words; the first one counts. Returns whether it is the first."""
    done = scope.session.execute(
        update(QuestionRow)
        .where(
            QuestionRow.programme_id == scope.programme_id,
            QuestionRow.question_id == question_id,
            QuestionRow.answered_at.is_(None),
        )
        .values(
            answered_at=scope.now,
            score=given.score,
            tier=given.tier,
            comment_sealed=scope.cipher.seal(given.comment.encode()) if given.comment else None,
        )
        .returning(QuestionRow.question_id),
        execution_options={"synchronize_session": False},
    )
    return done.one_or_none() is not None


def comment(scope: Scope, row: QuestionRow) -> str:
    """Return what a member said in their own words."""
    return scope.cipher.open(row.comment_sealed).decode() if row.comment_sealed else ""


# -- the report --------------------------------------------------------------------------------------------------------

_BY: dict[Driver, InstrumentedAttribute[Any]] = {
    Driver.TOUCHPOINT: QuestionRow.touchpoint,
    Driver.TIER: QuestionRow.tier,
    Driver.PRODUCT: QuestionProductRow.product,
}


def counted(scope: Scope, kind: SurveyKind, by: Driver | None, since: datetime | None) -> list[Counted]:
    """Return the answers since an instant, counted by a driver; all under one name without any.

    What a score counts as is said by the version it was asked under. An answer about several products counts for each.
    """
    columns = [QuestionRow.version, QuestionRow.survey, QuestionRow.score, *([_BY[by]] if by is not None else [])]
    chosen = select(*columns, func.count()).where(*_answered(scope, since))
    if by is Driver.PRODUCT:
        chosen = chosen.join(
            QuestionProductRow,
            (QuestionProductRow.programme_id == QuestionRow.programme_id)
            & (QuestionProductRow.question_id == QuestionRow.question_id),
        )
    found = []
    for version, survey_id, score, *named, number in scope.session.execute(chosen.group_by(*columns)):
        published = versions.version(scope.session, scope.programme_id, version)
        survey = published.survey(survey_id) if published is not None else None
        if survey is not None and survey.kind is kind:
            found.append(Counted(named[0] if named else None, verdict(survey, score), number))
    return found


def numbers(scope: Scope, since: datetime | None) -> tuple[int, int]:
    """Return how many questions were asked since an instant, and how many of them are answered."""
    named = [QuestionRow.programme_id == scope.programme_id]
    if since is not None:
        named.append(QuestionRow.asked_at >= since)
    row = scope.session.execute(select(func.count(), func.count(QuestionRow.answered_at)).where(*named)).one()
    return row[0], row[1]


def latest(scope: Scope, limit: int) -> Sequence[QuestionRow]:
    """Return the latest answers in words, the newest first."""
    return scope.session.scalars(
        select(QuestionRow)
        .where(*_answered(scope, None), QuestionRow.comment_sealed.is_not(None))
        .order_by(QuestionRow.answered_at.desc(), QuestionRow.question_id)
        .limit(limit)
    ).all()


def _answered(scope: Scope, since: datetime | None) -> Iterable[ColumnElement[bool]]:
    yield QuestionRow.programme_id == scope.programme_id
    yield QuestionRow.answered_at.is_not(None)
    if since is not None:
        yield QuestionRow.answered_at >= since

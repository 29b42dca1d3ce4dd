"""A low score or rating opens a case, once a source; whatever is told of it again opens no second one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from app.db import service_cases
from app.db.scope import Scope
from app.db.tables import QuestionRow
from app.loyalty.facts import Review
from app.loyalty.hearing.recovery import STARS, CaseKind, Recovery, is_low
from app.loyalty.hearing.surveys import Survey
from app.loyalty.terms.programme import Programme


def open_for_reviews(
    scope: Scope,
    programme: Programme,
    shop_id: UUID,
    reviews: Iterable[tuple[UUID | None, Review]],
    heard: Mapping[str, datetime],
) -> None:
    """Open a case for each review with few stars, by the version in force when it was written.

    The clock starts when the review reached us (``heard``, else now), for nobody could answer before; later only where
    the shop says that it became so later. A review from before any such version opens none, so that bringing old
    reviews along floods nobody. Points never depend on it.
    """
    rows = []
    for member_id, review in reviews:
        version = programme.version_at(review.at, str(shop_id))
        terms = version.recovery if version is not None else None
        if terms is None or not is_low(terms.low_rating, review.rating):
            continue
        source = service_cases.review_source(shop_id, review.id)
        about = {"kind": CaseKind.REVIEW.value, "product": review.product, "score": review.rating, "most": STARS}
        times = _times(terms, min(max(review.updated_at, heard.get(review.id, scope.now)), scope.now))
        rows.append({"source": source, "member_id": member_id, "shop_id": shop_id, **about, **times})
    service_cases.open_new(scope, rows)


def open_for_answer(scope: Scope, terms: Recovery, survey: Survey, question: QuestionRow, score: int) -> None:
    """Open a case for an answer as low as its survey says."""
    if not is_low(survey.low, score):
        return
    about = {
        "source": f"question:{question.question_id.hex}", "kind": CaseKind.SURVEY.value, "score": score,
        "most": survey.most, "member_id": question.member_id, "shop_id": question.shop_id,
        "touchpoint": question.touchpoint, "order_id": question.order_id,
    }  # fmt: skip
    service_cases.open_new(scope, [about | _times(terms, scope.now)])


def _times(terms: Recovery, opened_at: datetime) -> dict[str, datetime]:
    return {"opened_at": opened_at, "due_at": terms.due_at(opened_at)}

"""Take a member's answer: once, whatever it says; the event that it is pays for answering, never for the score."""

from uuid import UUID

from sqlalchemy import select

from app.actions.open_case import open_for_answer
from app.actions.settle_facts import settle_facts
from app.db import members, questions, versions
from app.db.questions import Answer
from app.db.scope import Scope
from app.db.tables import MemberRow, QuestionRow
from app.loyalty.errors import OfferClosedError
from app.loyalty.facts import Customer, Event
from app.loyalty.hearing.recovery import Recovery
from app.loyalty.hearing.refusals import AlreadyAnsweredError, ScoreNotOfferedError, UnknownQuestionError
from app.loyalty.hearing.surveys import Survey


def answer_question(
    scope: Scope, shop_id: UUID, customer_id: str, question_id: UUID, score: int, comment: str = ""
) -> bool:
    """Keep the answer of a shop's customer to a question that was asked at that shop. Returns whether it is new.

    The same answer again is nothing. Raises UnknownQuestionError, OfferClosedError (too late), ScoreNotOfferedError,
    AlreadyAnsweredError.
    """
    member_id = members.find(scope, shop_id, [customer_id]).get(customer_id)
    row = questions.one(scope, shop_id, question_id)
    survey = survey_of(scope, row) if row is not None else None
    if row is None or survey is None or row.member_id != member_id:
        raise UnknownQuestionError
    if not survey.least <= score <= survey.most:
        raise ScoreNotOfferedError(survey.least, survey.most)
    if row.answered_at is None and scope.now >= row.closes_at:
        raise OfferClosedError(row.closes_at)
    if row.answered_at is None and survey.event:
        event = Event(f"question:{question_id}", Customer(customer_id), survey.event, scope.now)
        settle_facts(scope, shop_id, [event])
    tier = scope.session.scalar(
        select(MemberRow.tier).where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
    )
    if questions.answer(scope, question_id, Answer(score, comment, tier)):
        in_force = versions.version_at(scope.session, scope.programme_id, scope.now)
        terms = in_force.recovery if in_force is not None else None
        open_for_answer(scope, terms or Recovery(), survey, row, score)
        return True
    row = questions.one(scope, shop_id, question_id)
    if row is None or (row.score, questions.comment(scope, row)) != (score, comment):
        raise AlreadyAnsweredError
    return False


def survey_of(scope: Scope, row: QuestionRow) -> Survey | None:
    """Return what a question was asked by: the survey as it stood then."""
    version = versions.version(scope.session, scope.programme_id, row.version)
    return version.survey(row.survey) if version is not None else None

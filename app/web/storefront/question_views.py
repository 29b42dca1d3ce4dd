"""Hearing members: the question to put to one now, and the answer."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from app.actions.answer_question import answer_question, survey_of
from app.actions.ask_question import ask_question
from app.db import facts, versions
from app.db.places import Place
from app.db.scope import Scope
from app.db.tables import QuestionRow
from app.db.unit import unit_of_work
from app.loyalty.hearing.refusals import UnknownQuestionError
from app.loyalty.hearing.surveys import About, Survey, SurveyKind
from app.loyalty.terms.rules import EventRule
from app.web.callers import caller, customer
from app.web.house import house
from app.web.refusals import Refusal
from app.web.storefront import membership, shapes

_USUAL: Final[Mapping[tuple[SurveyKind, About], Mapping[str, str]]] = {
    (SurveyKind.NPS, About.SHOP): {
        "en": "How likely are you to recommend {shop} to a friend?",
        "ja": "{shop}を友人にすすめたいと思いますか?",
    },
    (SurveyKind.NPS, About.ORDER): {
        "en": "After your latest order: how likely are you to recommend {shop} to a friend?",
        "ja": "今回のご注文を通して、{shop}を友人にすすめたいと思いますか?",
    },
    (SurveyKind.CSAT, About.SHOP): {
        "en": "How satisfied are you with {shop}?",
        "ja": "{shop}にどのくらい満足していますか?",
    },
    (SurveyKind.CSAT, About.ORDER): {
        "en": "How satisfied are you with your latest order?",
        "ja": "今回のご注文にどのくらい満足していますか?",
    },
}
"""What is asked where the merchant has no words of their own."""


def ask(json_data: shapes.QuestionRequest) -> shapes.QuestionAnswer:
    """Ask the shopper the question that is due, one at most. It counts as asked; asking again tells the same one."""
    asking, works = caller(), house().works
    place = asking.place
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    now = works.clock()
    known = membership.present(asking, now)
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        asked = ask_question(scope, place.shop_id, known.row.member_id, json_data.touchpoint)
        if asked.row is None:
            reason = "quiet_period" if asked.opens_at is not None else "nothing_due"
            return shapes.QuestionAnswer(reason=reason, opens_at=asked.opens_at)
        return shapes.QuestionAnswer(question=_shown(scope, place, asked.row))


def answer(question_id: str, json_data: shapes.AnswerRequest) -> shapes.AnswerTaken:
    """Take the answer to a question; the same once more is nothing, another one is refused."""
    asking, works = caller(), house().works
    place = asking.place
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    now = works.clock()
    customer_id = customer(asking)
    try:
        named = UUID(question_id)
    except ValueError:
        raise UnknownQuestionError from None
    comment = "".join(sign for sign in json_data.comment if sign.isprintable() or sign == "\n").strip()
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        new = answer_question(scope, place.shop_id, customer_id, named, json_data.score, comment)
    if new:
        works.bell.ring("outbox", place.programme_id, place.shop_id)
    return shapes.AnswerTaken(id=named.hex, repeated=not new)


def _shown(scope: Scope, place: Place, row: QuestionRow) -> shapes.Question:
    survey = survey_of(scope, row)
    if survey is None:
        raise UnknownQuestionError
    version = versions.version(scope.session, scope.programme_id, row.version)
    rules = version.rules_of(EventRule) if version is not None and survey.event else ()
    orders = facts.order_rows(scope, row.shop_id, [row.order_id]) if row.order_id is not None else {}
    return shapes.Question(
        id=row.question_id.hex,
        survey=survey.id,
        kind=survey.kind.value,
        touchpoint=row.touchpoint,
        text=_words(survey, place),
        least=survey.least,
        most=survey.most,
        order=next((shapes.OrderRef(id=key, name=one.name or key, url=None) for key, one in orders.items()), None),
        points=sum(rule.points for rule in rules if rule.event == survey.event),
        closes_at=row.closes_at,
    )


def _words(survey: Survey, place: Place) -> dict[str, str]:
    """Return the merchant's words; the usual ones in the languages that they did not write it in."""
    usual = {language: text.format(shop=place.name) for language, text in _USUAL[(survey.kind, survey.about)].items()}
    return {**usual, **survey.question}

"""Hearing customers: what members answered, what drives it by touchpoint, tier and product, and their own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from flask import request
from markupsafe import Markup

from app.actions.answer_question import survey_of
from app.db import hearing as answers
from app.db import questions
from app.db.people import NOBODY, Person, people
from app.db.tables import QuestionRow
from app.loyalty.hearing.drivers import FEWEST, Driver, Line
from app.loyalty.hearing.surveys import SurveyKind, Verdict, verdict
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, reading_desk
from app.web.pages.people import letters, name
from app.web.policy import ShopFrom, Who, policy

SPANS: Final = ("30", "90", "365", "all")
_LINES: Final = 20
_LATEST: Final = 20
_TONES: Final = {Verdict.GOOD: "good", Verdict.MIDDLE: "", Verdict.BAD: "warn"}


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the report in words. ``score`` is None where there are too few answers."""

    called: Markup
    answers: int
    good: str
    bad: str
    score: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a member wrote beside a score."""

    row: QuestionRow
    called: Markup
    score: Markup
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers to questions of one kind."""

    kind: SurveyKind
    overall: Told
    by: Sequence[tuple[Driver, Sequence[Told], bool]]


@pages.get("/hearing")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def hearing() -> str:
    """Tell how members answered, the lowest scores first."""
    span = request.args.get("span", "90")
    span = span if span in SPANS else "90"
    with reading_desk() as desk:
        since = None if span == "all" else desk.scope.now - timedelta(days=int(span))
        version = desk.version
        asked, answered = questions.numbers(desk.scope, since)
        return show(
            desk,
            "hearing.html",
            here="pages.hearing",
            title=str(desk.words("place.hearing")),
            is_on=version is not None and bool(version.surveys),
            spans=SPANS,
            span=span,
            asked=asked,
            answered=answered,
            heard=[_heard(desk, each) for each in answers.reports(desk.scope, since)],
            said=_said(desk),
            fewest=FEWEST,
            most=_LINES,
            letters=letters,
        )


def _heard(desk: Desk, report: answers.Report) -> Heard:
    by = [
        (driver, [_told(desk, report.kind, line, driver) for line in lines[:_LINES]], len(lines) > _LINES)
        for driver, lines in report.by.items()
    ]
    return Heard(report.kind, _told(desk, report.kind, report.overall), by)


def _told(desk: Desk, kind: SurveyKind, line: Line, driver: Driver | None = None) -> Told:
    words, tally = desk.words, line.tally
    score = None
    if line.score is not None:
        score = words.number(line.score) if kind is SurveyKind.NPS else words.percent(int(line.score * 100))
    good, bad = (words.percent(int(tally.share(part) * 100)) for part in (tally.good, tally.bad))
    return Told(_called(desk, line.name, driver), tally.answers, good, bad, score)


def _called(desk: Desk, said: str | None, driver: Driver | None) -> Markup:
    if driver is Driver.TIER:
        return Markup.escape(desk.level(said) or "") or desk.words("hearing.no_tier")
    if driver is Driver.PRODUCT:
        terms = desk.version.recommend if desk.version is not None else None
        known = terms.names.get(said or "") if terms is not None else None
        if known is None:
            return desk.words("hearing.product", product=said or "")
        return desk.words("hearing.product.named", name=known, product=said or "")
    return Markup.escape(said or "")


def _said(desk: Desk) -> list[Said]:
    rows = questions.latest(desk.scope, _LATEST)
    names = people(desk.scope, {row.member_id for row in rows})
    return [_one(desk, row, names) for row in rows]


def _one(desk: Desk, row: QuestionRow, names: dict[UUID, Person]) -> Said:
    survey, score = survey_of(desk.scope, row), row.score or 0
    tone = _TONES[verdict(survey, score)] if survey is not None else ""
    of = desk.words("hearing.score", score=score, most=survey.most if survey is not None else score)
    called = name(desk.words, names.get(row.member_id, NOBODY))
    return Said(row, called, of, tone, questions.comment(desk.scope, row))

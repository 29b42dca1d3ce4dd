"""Service cases: what waits for an answer and until when; one case with what staff say, give and promise about it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions.work_case import (
    Work,
    answer_case,
    follow_up,
    give_in_case,
    promise_follow_up,
    reopen_case,
    resolve_case,
)
from app.db import facts, goodwill, questions, service_cases
from app.db.members import new_id
from app.db.people import NOBODY, Person, people
from app.db.scope import Scope
from app.db.service_cases import Place, View
from app.db.tables import CaseRow, CaseStepRow
from app.loyalty.days import day_start, local_day
from app.loyalty.errors import BudgetExceededError, LoyaltyError
from app.loyalty.hearing.recovery import Answered, CaseKind, CaseState, Step, is_overdue
from app.loyalty.hearing.refusals import UnknownCaseError
from app.loyalty.hearing.replies import USUAL, Template, filled, first_name
from app.web.house import house
from app.web.pages import telling
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, clean_lines, reading_desk, working_desk
from app.web.pages.people import letters, name
from app.web.pages.words import choose_language
from app.web.policy import ShopFrom, Who, policy

_PAGE: Final = 50
_MONTH: Final = timedelta(days=30)
WORDS_MAX: Final = 4000
WHY_MAX: Final = 200
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_WHOLE: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Told:
    """A case in words."""

    row: CaseRow
    called: Markup
    about: Markup
    score: Markup
    when: Markup
    tone: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form of one step, and what is wrong with it."""

    what: str = ""
    words: str = ""
    amount: str = ""
    day: str = ""
    error: Markup | None = None


@pages.get("/cases")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def cases() -> str:
    """List cases: what waits for an answer by when it is due, what was answered, what is resolved."""
    asked = request.args.get("view", View.OPEN.value)
    view = View(asked) if asked in set(View) else View.OPEN
    after = _place(request.args.get("after", ""))
    with reading_desk() as desk:
        rows = service_cases.listed(desk.scope, view, _PAGE + 1, after)
        names = people(desk.scope, {row.member_id for row in rows if row.member_id is not None})
        figures = service_cases.figures(desk.scope, desk.scope.now - _MONTH)
        last = rows[_PAGE - 1] if len(rows) > _PAGE else None
        return show(
            desk,
            "cases.html",
            here="pages.cases",
            title=str(desk.words("place.cases")),
            is_on=_is_on(desk),
            figures=figures,
            median=_lasting(desk, figures.prompt.median),
            views=tuple(View),
            view=view,
            told=[_told(desk, row, names) for row in rows[:_PAGE]],
            first=after is None,
            older=url_for("pages.cases", view=view.value, after=_text(service_cases.place_of(last, view)))
            if last is not None
            else None,
            letters=letters,
        )


@pages.get("/cases/<uuid:case_id>")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def case(case_id: UUID) -> str:
    """Show a case: what it is about, what was done, and what can be done."""
    with reading_desk() as desk:
        return _show(desk, case_id, Typed())


@pages.post("/cases/<uuid:case_id>")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def work(case_id: UUID) -> str | Response | tuple[str, int]:
    """Take a step: once, however often its form is sent."""
    given = request.form
    what, key = given.get("what", ""), given.get("key", "")
    if what not in _VERBS or not _KEY.fullmatch(key):
        abort(400)
    typed = Typed(
        what,
        clean_lines(given.get("words"), WORDS_MAX + 1),
        clean(given.get("amount"), WHY_MAX),
        clean(given.get("day"), 10),
    )
    with reading_desk() as desk:
        error = _wrong(desk, typed)
        if error is not None:
            return _show(desk, case_id, replace(typed, error=error)), 422
    works = house().works
    try:
        with working_desk() as desk:
            _VERBS[what](desk, Work(case_id, UUID(hex=key), desk.seat.actor, typed.words), typed)
            rung = [(shop.programme_id, shop.shop_id) for shop in desk.shops]
    except UnknownCaseError:
        abort(404)
    except LoyaltyError as refusal:
        with reading_desk() as desk:
            return _show(desk, case_id, replace(typed, error=_refused(desk, refusal))), 409
    for programme_id, shop_id in rung:
        works.bell.ring("outbox", programme_id, shop_id)
    return redirect(url_for("pages.case", case_id=case_id), 303)


# -- what can be done --------------------------------------------------------------------------------------------------

Verb = Callable[[Desk, Work, Typed], None]


def _plainly(do: Callable[[Scope, Work], None]) -> Verb:
    return lambda desk, wish, _: do(desk.scope, wish)


_VERBS: Final[Mapping[str, Verb]] = {
    Step.ANSWERED.value: _plainly(answer_case),
    Step.FOLLOWED_UP.value: _plainly(follow_up),
    Step.RESOLVED.value: _plainly(resolve_case),
    Step.REOPENED.value: _plainly(reopen_case),
    Step.PROMISED.value: lambda desk, wish, typed: promise_follow_up(
        desk.scope, wish, _instant(desk, typed.day) or desk.scope.now
    ),
    Step.GOODWILL.value: lambda desk, wish, typed: give_in_case(desk.scope, wish, _steps(desk, typed.amount) or 0),
}
_NEED_WORDS: Final = frozenset({Step.ANSWERED.value, Step.PROMISED.value, Step.GOODWILL.value})


def _wrong(desk: Desk, typed: Typed) -> Markup | None:
    """Return what is wrong with a form, None where nothing is."""
    words, most = desk.words, WHY_MAX if typed.what == Step.GOODWILL else WORDS_MAX
    if typed.what in _NEED_WORDS and not typed.words:
        return words("case.error.words")
    if len(typed.words) > most:
        return words("adjust.error.note_long", n=most)
    if typed.what == Step.GOODWILL and _steps(desk, typed.amount) is None:
        return words("adjust.error.amount")
    if typed.what == Step.PROMISED and ((at := _instant(desk, typed.day)) is None or at <= desk.scope.now):
        return words("case.error.day")
    return None


def _refused(desk: Desk, refusal: LoyaltyError) -> Markup:
    if isinstance(refusal, BudgetExceededError):
        return desk.words("case.refused.BUDGET_EXCEEDED", points=desk.words.points(refusal.have))
    message = f"case.refused.{refusal.code}"
    return desk.words(message) if desk.words.has(message) else desk.words("desk.stale")


def _steps(desk: Desk, text: str) -> int | None:
    """Return an amount above zero in smallest steps; None where it is none."""
    if not _WHOLE.fullmatch(text.replace(",", "")):
        return None
    scaled = Decimal(text.replace(",", "")).scaleb(desk.words.measures.decimals)
    return int(scaled) if scaled == scaled.to_integral_value() and scaled > 0 else None


def _instant(desk: Desk, text: str) -> datetime | None:
    """Return the end of a local day, by which staff come back; None where it is no day."""
    try:
        return day_start(date.fromisoformat(text) + timedelta(days=1), desk.words.measures.zone)
    except (ValueError, OverflowError):
        return None


# -- in words ----------------------------------------------------------------------------------------------------------


def _is_on(desk: Desk) -> bool:
    version = desk.version
    return version is not None and (
        version.recovery is not None or any(survey.low is not None for survey in version.surveys)
    )


def _told(desk: Desk, row: CaseRow, names: Mapping[UUID, Person]) -> Told:
    words, now = desk.words, desk.scope.now
    called = name(words, names.get(row.member_id, NOBODY)) if row.member_id is not None else words("nobody")
    when, tone = _when(desk, row)
    about = (
        words("case.about.review", product=row.product or "")
        if row.kind == CaseKind.REVIEW
        else words("case.about.survey", touchpoint=row.touchpoint or "")
    )
    opened = words("case.opened", about=about, moment=words.moment(row.opened_at, now))
    return Told(row, called, opened, words("hearing.score", score=row.score, most=row.most), when, tone)


def _when(desk: Desk, row: CaseRow) -> tuple[Markup, str]:
    """Return what a case waits for, with its tone."""
    words, now = desk.words, desk.scope.now
    if row.state == CaseState.RESOLVED and row.resolved_at is not None:
        return words("case.when.resolved", moment=words.moment(row.resolved_at, now)), "good"
    if row.follow_up_at is not None:
        day = words.day(row.follow_up_at - timedelta(microseconds=1), now)
        return words("case.when.promised", day=day), "bad" if row.follow_up_at <= now else "warn"
    if row.state == CaseState.ANSWERED:
        return words("case.when.answered"), "brand"
    if is_overdue(Answered(row.opened_at, row.due_at, row.answered_at), now):
        return words("case.when.overdue", moment=words.moment(row.due_at, now)), "bad"
    return words("case.when.due", moment=words.moment(row.due_at, now)), "warn"


def _lasting(desk: Desk, length: timedelta | None) -> Markup:
    """Return a length of time in whole hours and minutes."""
    if length is None:
        return Markup("–")
    hours, minutes = divmod(int(length.total_seconds()) // _MINUTES, _MINUTES)
    return desk.words("case.lasting", hours=hours, minutes=minutes)


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken, in words."""

    title: Markup
    when: Markup
    words: str


def _done(desk: Desk, row: CaseStepRow) -> Done:
    words, now = desk.words, desk.scope.now
    title = words(
        f"case.step.{row.what}",
        actor=telling.actor(desk, row.actor),
        points=words.points(row.amount or 0),
        day=words.day(row.until - timedelta(microseconds=1), now) if row.until is not None else "",
    )
    return Done(title, words.moment(row.at, now), service_cases.words_of(desk.scope, row))


@dataclass(frozen=True, slots=True)
class Reply:
    """A text to begin with, its fields filled in."""

    name: Markup
    text: str


def _replies(desk: Desk, row: CaseRow, person: Person) -> Sequence[Reply]:
    """Return the texts staff can begin with, in the member's language where it is known."""
    shop = desk.shop(row.shop_id)
    language = choose_language(person.locale, shop.locale if shop is not None else None)
    order = facts.order_rows(desk.scope, row.shop_id, [row.order_id]) if row.order_id is not None else {}
    values = {
        "name": first_name(person.name, language),
        "shop": shop.name if shop is not None else desk.row.name,
        "score": str(row.score),
        "product": None,
        "order": next((one.name for one in order.values()), None),
    }
    version = desk.version
    own = version.recovery.templates if version is not None and version.recovery is not None else ()
    return [Reply(_template(desk, one, own=bool(own)), filled(one.words(language), values)) for one in own or USUAL]


def _template(desk: Desk, one: Template, *, own: bool) -> Markup:
    return Markup.escape(one.id) if own else desk.words(f"case.usual.{one.id}")


def _show(desk: Desk, case_id: UUID, typed: Typed) -> str:
    scope = desk.scope
    row = service_cases.one(scope, case_id)
    if row is None:
        abort(404)
    person = people(scope, [row.member_id]).get(row.member_id, NOBODY) if row.member_id is not None else NOBODY
    version, zone = desk.version, desk.words.measures.zone
    budget = version.goodwill_budget if version is not None else None
    left = None
    if budget is not None:
        began = day_start(local_day(scope.now, zone).replace(day=1), zone)
        left = max(0, budget - goodwill.given_since(scope, began))
    told = _told(desk, row, {row.member_id: person} if row.member_id is not None else {})
    return show(
        desk,
        "case.html",
        here="pages.cases",
        title=str(told.called),
        told=told,
        person=person,
        said=_said(desk, row),
        now_rated=_now_rated(desk, row),
        done=[_done(desk, each) for each in service_cases.steps(scope, case_id)],
        replies=_replies(desk, row, person),
        answered_after=_lasting(desk, row.answered_at - row.opened_at) if row.answered_at is not None else None,
        left=left,
        typed=typed,
        key=lambda: new_id().hex,
        today=local_day(scope.now, zone).isoformat(),
        words_max=WORDS_MAX,
        why_max=WHY_MAX,
        letters=letters,
    )


def _said(desk: Desk, row: CaseRow) -> str:
    """Return what the member wrote beside the score of a survey."""
    kind, _, question = row.source.partition(":")
    found = questions.one(desk.scope, row.shop_id, UUID(hex=question)) if kind == "question" else None
    return questions.comment(desk.scope, found) if found is not None else ""


def _now_rated(desk: Desk, row: CaseRow) -> Markup | None:
    """Return how many stars a review has by now, where they changed since."""
    kind, _, named = row.source.partition(":")
    if kind != "review":
        return None
    found = facts.review_rows(desk.scope, row.shop_id, [named.partition(":")[2]])
    rating = next((one.rating for one in found.values()), None)
    return desk.words("case.now_rated", score=rating) if rating is not None and rating != row.score else None


def _text(place: Place) -> str:
    return f"{place.at.isoformat()}~{place.case_id.hex}"


def _place(text: str) -> Place | None:
    """Return the place a page begins after; None for the beginning, and for what nobody of ours wrote."""
    try:
        at, case_id = text.split("~")
        instant = datetime.fromisoformat(at)
        return Place(instant.astimezone(UTC), UUID(case_id)) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None

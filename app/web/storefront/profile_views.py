"""What shoppers tell about themselves: to see, to change and to take back, each with what it is for."""

from collections.abc import Iterator
from uuid import UUID

from app.actions.answer_profile import answer_profile
from app.actions.tell_birthday import tell_birthday as keep_birthday
from app.actions.withdraw_answer import withdraw_answer
from app.db import profiles, versions
from app.db.birthdays import birthday_of, was_celebrated
from app.db.scope import Scope
from app.db.unit import reading, unit_of_work
from app.loyalty.hearing.profile import ProfileQuestion
from app.loyalty.hearing.refusals import UnknownQuestionError
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import BirthdayRule, EventRule
from app.web.callers import Caller, caller, customer
from app.web.house import house
from app.web.refusals import Refusal
from app.web.storefront import membership, shapes


def profile() -> shapes.Profile:
    """Tell what the shopper is asked about themselves, what for, and what they answered."""
    return _profile(caller())


def tell(question_id: str, json_data: shapes.ProfileAnswerRequest) -> shapes.ProfileQuestion:
    """Keep what the shopper tells, in place of an earlier answer. The first answer earns the points, once."""
    asking, works = caller(), house().works
    place = asking.place
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    now = works.clock()
    membership.present(asking, now)
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        answer_profile(scope, place.shop_id, customer(asking), question_id, json_data.value)
    works.bell.ring("outbox", place.programme_id, place.shop_id)
    for question in _profile(asking).questions:
        if question.id == question_id:
            return question
    raise UnknownQuestionError


def withdraw(question_id: str) -> shapes.Profile:
    """Forget an answer, in a paused programme too. The points it earned stay; answered again, it earns none."""
    asking, works = caller(), house().works
    place = asking.place
    now = works.clock()
    membership.present(asking, now)
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        withdraw_answer(scope, place.shop_id, customer(asking), question_id)
    return _profile(asking)


def tell_birthday(json_data: shapes.BirthdayRequest) -> shapes.Profile:
    """Keep the shopper's birthday, in place of one told before it was celebrated. It counts from its next day on."""
    asking, works = caller(), house().works
    place, now = asking.place, works.clock()
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    membership.present(asking, now)
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        keep_birthday(scope, place.shop_id, customer(asking), json_data.month, json_data.day)
    return _profile(asking)


def _profile(asking: Caller) -> shapes.Profile:
    works, place = house().works, asking.place
    now = works.clock()
    known = membership.present(asking, now)
    with reading(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        version = versions.version_at(session, place.programme_id, now)
        member_id = known.row.member_id
        return shapes.Profile(
            questions=list(_questions(scope, version, member_id)), birthday=_birthday(scope, version, member_id)
        )


def _birthday(scope: Scope, version: Version | None, member_id: UUID) -> shapes.BirthdayTold | None:
    told = birthday_of(scope, member_id)
    points = sum(rule.points for rule in version.rules_of(BirthdayRule)) if version is not None else 0
    if told is None and not points:
        return None
    month, day = told or (None, None)
    return shapes.BirthdayTold(month=month, day=day, points=points, celebrated=was_celebrated(scope, member_id))


def _questions(scope: Scope, version: Version | None, member_id: UUID) -> Iterator[shapes.ProfileQuestion]:
    kept = profiles.rows(scope, member_id)
    given = {each.row.question: each for each in profiles.of_member(scope, member_id)}
    asked = version.profile if version is not None else ()
    rules = version.rules_of(EventRule) if version is not None else ()
    for question in asked:
        row = kept.get(question.id)
        paid = row is not None and row.event_at is not None
        points = sum(rule.points for rule in rules if rule.event == question.event and question.event)
        yield _shown(question, given.get(question.id), points=0 if paid else points, asked=True)
    now_asked = {question.id for question in asked}
    for each in given.values():
        if each.question.id not in now_asked:
            yield _shown(each.question, each, points=0, asked=False)


def _shown(
    question: ProfileQuestion, given: profiles.Answered | None, *, points: int, asked: bool
) -> shapes.ProfileQuestion:
    return shapes.ProfileQuestion(
        id=question.id,
        kind=question.kind.value,
        text=dict(question.text),
        purpose=dict(question.purpose),
        options=[shapes.ProfileOption(id=one.id, text=dict(one.text)) for one in question.options],
        points=points,
        asked=asked,
        answer=shapes.ProfileGiven(value=given.value, at=given.row.answered_at, purpose=dict(given.question.purpose))
        if given is not None
        else None,
    )

"""What a member told about themselves: each answer with its day and the purpose that was told for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from markupsafe import Markup

from app.db import profiles
from app.db.profiles import Answered
from app.loyalty.hearing.profile import ProfileKind
from app.web.pages.desk import Desk


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, what was answered, and when and what for."""

    question: str
    answer: str
    given: Markup


def told(desk: Desk, member_id: UUID) -> list[Answer]:
    """Return a member's answers that stand, the newest first."""
    words, now = desk.words, desk.scope.now
    return [
        Answer(
            in_language(each.question.text, words.language),
            _answer(desk, each),
            words(
                "profile.given",
                moment=words.moment(each.row.answered_at, now),
                purpose=in_language(each.question.purpose, words.language),
            ),
        )
        for each in profiles.of_member(desk.scope, member_id)
    ]


def in_language(text: Mapping[str, str], language: str) -> str:
    """Return a text in a reader's language, else in English, else in the first there is."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def _answer(desk: Desk, each: Answered) -> str:
    if each.question.kind is ProfileKind.DATE:
        return desk.words.calendar(date.fromisoformat(each.value))
    if each.question.kind is ProfileKind.TEXT:
        return each.value
    option = each.question.option(each.value)
    return in_language(option.text, desk.words.language) if option is not None else each.value

"""What members are asked about themselves: each question says what for, and an answer is theirs to change or take back.

No answer ever changes the points, and taking one back takes no points with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from app.loyalty.errors import LoyaltyError

WORDS_MAX: Final = 500
"""So many characters a member may answer in their own words."""
TEXT_MAX: Final = 400
"""So many characters a question, its purpose and its options may have: what a shopper's page has room for."""
OPTIONS_MIN: Final = 2
_ISO_DATE: Final = len("2026-11-23")


class ProfileKind(StrEnum):
    """How a question is answered: by one of its options, in the member's own words, by a day."""

    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class ProfileOption:
    """One of the answers that can be chosen, in the merchant's words by language."""

    id: str
    text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProfileQuestion:
    """A question about the member, and what the answer will be used for, both by language.

    ``event`` names the event that the first answer is: the event rule of that name pays for it, once in a lifetime.
    """

    id: str
    kind: ProfileKind
    text: Mapping[str, str]
    purpose: Mapping[str, str]
    options: tuple[ProfileOption, ...] = ()
    event: str = ""

    def option(self, option_id: str) -> ProfileOption | None:
        """Return the option of this id."""
        return next((option for option in self.options if option.id == option_id), None)


class AnswerNotOfferedError(LoyaltyError):
    """The answer is none of the options, no day of the calendar, or empty or too long in words."""

    code = "ANSWER_NOT_OFFERED"


def answered(question: ProfileQuestion, value: str) -> str:
    """Return an answer as it is kept: an option's id, a day as YYYY-MM-DD, or words without what cannot be printed.

    Raises AnswerNotOfferedError.
    """
    if question.kind is ProfileKind.TEXT:
        words = "".join(sign for sign in value if sign.isprintable() or sign == "\n").strip()
        if not words or len(words) > WORDS_MAX:
            raise AnswerNotOfferedError(AnswerNotOfferedError.code)
        return words
    if question.kind is ProfileKind.DATE:
        return _day(value)
    if question.option(value) is None:
        raise AnswerNotOfferedError(AnswerNotOfferedError.code)
    return value


def _day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise AnswerNotOfferedError(AnswerNotOfferedError.code) from None
    if len(value) != _ISO_DATE or "W" in value:  # also a week of the year can be written in ten characters
        raise AnswerNotOfferedError(AnswerNotOfferedError.code)
    return day.isoformat()

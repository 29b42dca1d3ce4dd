"""Making good: what opens a case, until when it wants an answer, and how quickly cases were answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.loyalty.hearing.replies import Template

STARS: Final = 5
"""What a review can have at most."""


class CaseState(StrEnum):
    """A case waits for the first answer, then for what was promised, until it is resolved."""

    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"


class CaseKind(StrEnum):
    """What a case came from."""

    SURVEY = "survey"
    REVIEW = "review"


class Step(StrEnum):
    """What staff did about a case."""

    ANSWERED = "answered"
    GOODWILL = "goodwill"
    PROMISED = "promised"
    FOLLOWED_UP = "followed_up"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A review of ``low_rating`` stars or fewer opens a case that wants an answer within ``hours``.

    An answer to a survey does where the survey says so by ``low``, and within as many hours. ``templates`` are what
    staff begin an answer with; without any the usual ones are offered.
    """

    low_rating: int = 2
    hours: int = 24
    templates: tuple[Template, ...] = field(default_factory=tuple)

    def due_at(self, opened_at: datetime) -> datetime:
        """Return the instant from which on a case without an answer is overdue."""
        return opened_at + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Answered:
    """When a case was opened, when it wanted an answer, and when it had the first one (None: not yet)."""

    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promptness:
    """How quickly cases were answered; ``median`` is None before any was."""

    answered: int
    in_time: int
    waiting: int
    overdue: int
    median: timedelta | None


def is_overdue(case: Answered, now: datetime) -> bool:
    """Say whether a case still has no answer at the instant it was due, or later."""
    return case.answered_at is None and now >= case.due_at


def promptness(cases: Sequence[Answered], now: datetime) -> Promptness:
    """Return how quickly cases were answered; of an even number the median lies between the middle two."""
    done = [case for case in cases if case.answered_at is not None]
    waits = sorted(case.answered_at - case.opened_at for case in done if case.answered_at is not None)
    middle = len(waits) // 2
    median = None
    if waits:
        median = waits[middle] if len(waits) % 2 else (waits[middle - 1] + waits[middle]) // 2
    in_time = sum(1 for case in done if case.answered_at is not None and case.answered_at < case.due_at)
    overdue = sum(1 for case in cases if is_overdue(case, now))
    return Promptness(len(done), in_time, len(cases) - len(done), overdue, median)


def is_low(low: int | None, score: int | None) -> bool:
    """Say whether a score is as low as the threshold; without one nothing is."""
    return low is not None and score is not None and score <= low

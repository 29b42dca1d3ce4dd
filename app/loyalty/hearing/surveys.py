"""Questions to members: when one may be asked, and what an answer counts as. No score ever changes the points."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.loyalty.hearing.refusals import QuietPeriodError

NPS_MAX: Final = 10
_PROMOTERS: Final = 9
_DETRACTORS: Final = 6


class SurveyKind(StrEnum):
    """NPS asks how likely somebody is to recommend, from 0 to 10; CSAT how satisfied they are, on its own scale."""

    NPS = "nps"
    CSAT = "csat"


class About(StrEnum):
    """What a question is about: an order, each of which is asked about once, or the shop as a whole."""

    ORDER = "order"
    SHOP = "shop"


class Verdict(StrEnum):
    """What an answer counts as: promoter, passive or detractor of an NPS; satisfied, neither or not of a CSAT."""

    GOOD = "good"
    MIDDLE = "middle"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Survey:
    """A question to members, in the merchant's words by language; without words the usual ones are shown.

    A CSAT is answered from 1 to ``scale``: ``satisfied`` and above are satisfied, as many at the lower end are not. An
    NPS has its own scale. It is due ``wait_days`` after an order was paid and for ``open_days`` from then on; about the
    shop, ``wait_days`` after joining. Once asked it can be answered for ``open_days``. For ``quiet_days`` after any
    question, answered or not, this one is not asked. All days are of 24 hours. ``event`` names the event that an answer
    is: the event rule of that name pays for it. An answer of ``low`` or less opens a case for staff.
    """

    id: str
    kind: SurveyKind
    touchpoint: str
    question: Mapping[str, str] = field(default_factory=dict)
    about: About = About.ORDER
    scale: int = 5
    satisfied: int = 4
    wait_days: int = 0
    open_days: int = 30
    quiet_days: int = 90
    event: str = ""
    low: int | None = None

    @property
    def least(self) -> int:
        """Return the lowest answer."""
        return 0 if self.kind is SurveyKind.NPS else 1

    @property
    def most(self) -> int:
        """Return the highest answer."""
        return NPS_MAX if self.kind is SurveyKind.NPS else self.scale

    def closes_at(self, asked_at: datetime) -> datetime:
        """Return the first instant at which a question that was asked can no longer be answered."""
        return asked_at + timedelta(days=self.open_days)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked, answered or not; ``order`` None where it was about the shop."""

    survey: str
    at: datetime
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """What can be asked about: an order by when it was paid, with its products, or having joined (no order)."""

    at: datetime
    order: str | None = None
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is due, and what it is about."""

    survey: Survey
    occasion: Occasion


def verdict(survey: Survey, score: int) -> Verdict:
    """Return what an answer counts as.

    NPS: 9 and 10 are promoters, 0 to 6 detractors (F. F. Reichheld, "The One Number You Need to Grow", Harvard Business
    Review, December 2003). CSAT: ``satisfied`` and above, and as far from the other end.
    """
    nps = survey.kind is SurveyKind.NPS
    if score >= (_PROMOTERS if nps else survey.satisfied):
        return Verdict.GOOD
    return Verdict.BAD if score <= (_DETRACTORS if nps else survey.scale + 1 - survey.satisfied) else Verdict.MIDDLE


def may_ask(survey: Survey, asked: Iterable[Asked], now: datetime) -> None:
    """Let a question be asked. Raises QuietPeriodError while it is too soon after the last one of any survey."""
    last = max((each.at for each in asked), default=None)
    if last is not None and now < (opens_at := last + timedelta(days=survey.quiet_days)):
        raise QuietPeriodError(opens_at)


def due(surveys: Iterable[Survey], asked: Sequence[Asked], occasions: Sequence[Occasion], now: datetime) -> Question:
    """Return the one question to ask now: of the first survey that has an occasion, about the latest one.

    Raises QuietPeriodError where all that is due has to wait, with the first instant at which something may be asked;
    LookupError where nothing is due.
    """
    waits: list[QuietPeriodError] = []
    for survey in surveys:
        occasion = max(_open(survey, asked, occasions, now), key=lambda one: (one.at, one.order or ""), default=None)
        if occasion is None:
            continue
        try:
            may_ask(survey, asked, now)
        except QuietPeriodError as wait:
            waits.append(wait)
        else:
            return Question(survey, occasion)
    if waits:
        raise min(waits, key=lambda wait: wait.opens_at)
    raise LookupError


def _open(survey: Survey, asked: Sequence[Asked], occasions: Sequence[Occasion], now: datetime) -> Iterator[Occasion]:
    """Return what a survey can be asked about now."""
    told = {each.order for each in asked if each.survey == survey.id and each.order is not None}
    about_order = survey.about is About.ORDER
    for occasion in occasions:
        begins = occasion.at + timedelta(days=survey.wait_days)
        if (occasion.order is not None) is not about_order or now < begins or occasion.order in told:
            continue
        if not about_order or now < begins + timedelta(days=survey.open_days):
            yield occasion

"""What answers say together: NPS and CSAT of a sample, and by touchpoint, tier and product what drives them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.loyalty.hearing.surveys import SurveyKind, Verdict

FEWEST: Final = 10
"""With fewer answers than this no score is told: one more answer could turn it over."""


class Driver(StrEnum):
    """What answers are told apart by."""

    TOUCHPOINT = "touchpoint"
    TIER = "tier"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answers counted as what."""

    good: int = 0
    middle: int = 0
    bad: int = 0

    @property
    def answers(self) -> int:
        """Return how many there are."""
        return self.good + self.middle + self.bad

    def share(self, part: int) -> Decimal:
        """Return a part of the answers as a percentage, to one decimal, halves away from zero; there must be some."""
        return _percent(part, self.answers)


@dataclass(frozen=True, slots=True)
class Counted:
    """So many answers of one kind that count as one thing, under a name (None: without a tier)."""

    name: str | None
    verdict: Verdict
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report. ``score`` is None where there are too few answers to tell one."""

    name: str | None
    tally: Tally
    score: Decimal | None


def nps(tally: Tally) -> Decimal:
    """Return the share of promoters less that of detractors, -100 to 100, to one decimal, halves away from zero.

    The difference is rounded once, not each share. There must be answers.
    """
    return _percent(tally.good - tally.bad, tally.answers)


def csat(tally: Tally) -> Decimal:
    """Return the share of satisfied answers, 0 to 100, rounded alike. There must be answers."""
    return _percent(tally.good, tally.answers)


SCORES: Final[Mapping[SurveyKind, Callable[[Tally], Decimal]]] = {SurveyKind.NPS: nps, SurveyKind.CSAT: csat}


def score(kind: SurveyKind, tally: Tally, fewest: int = FEWEST) -> Decimal | None:
    """Return the score of a sample, None where it is too small to tell one."""
    return SCORES[kind](tally) if tally.answers >= max(1, fewest) else None


def tallied(counted: Iterable[Counted]) -> Tally:
    """Return all of it together."""
    sums = dict.fromkeys(Verdict, 0)
    for each in counted:
        sums[each.verdict] += each.number
    return Tally(sums[Verdict.GOOD], sums[Verdict.MIDDLE], sums[Verdict.BAD])


def lines(kind: SurveyKind, counted: Iterable[Counted], fewest: int = FEWEST) -> tuple[Line, ...]:
    """Return a line for each name: the lowest score first, where help is needed; those with too few answers last."""
    by_name: dict[str | None, list[Counted]] = defaultdict(list)
    for each in counted:
        by_name[each.name].append(each)
    made = [Line(name, tally := tallied(parts), score(kind, tally, fewest)) for name, parts in by_name.items()]
    return tuple(
        sorted(made, key=lambda line: (line.score is None, line.score or 0, -line.tally.answers, line.name or ""))
    )


def _percent(part: int, whole: int) -> Decimal:
    tenths = (2000 * abs(part) + whole) // (2 * whole)
    return Decimal(tenths if part > 0 else -tenths).scaleb(-1)

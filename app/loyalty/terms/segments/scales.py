"""Scores in fifths of all who bought, from three numbers a member: so many members fit in little memory."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.loyalty.terms.segments.shopper import Scores, Shopper

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Cuts = tuple[int, ...]
Numbers = tuple[int, int, int]
"""When somebody last bought, how often, and for how much."""


def cuts(values: Iterable[int]) -> Cuts:
    """Return the four values above which a score is 2, 3, 4 and 5; none where there are no values.

    A score is 1 plus the fifths of all members whose value is smaller, so equal values always score the same.
    """
    ranked = sorted(values)
    return tuple(ranked[-(-fifth * len(ranked) // 5) - 1] for fifth in range(1, 5)) if ranked else ()


def score(value: int, marks: Cuts) -> int:
    """Return 1 to 5: how many of the cuts a value is above, and one."""
    return 1 + bisect_left(marks, value)


@dataclass(slots=True)
class Census:
    """The three numbers of everybody who bought, and the scores they lead to."""

    recency: "array[int]" = field(default_factory=lambda: array("q"))
    frequency: "array[int]" = field(default_factory=lambda: array("q"))
    value: "array[int]" = field(default_factory=lambda: array("q"))

    def take(self, shopper: Shopper) -> "Numbers | None":
        """Count somebody, who is left out if nothing was bought. Returns the three numbers."""
        numbers = measured(shopper)
        if numbers is not None:
            for told, number in zip((self.recency, self.frequency, self.value), numbers, strict=True):
                told.append(number)
        return numbers

    def scales(self) -> "Scales":
        """Return the scales of everybody counted so far."""
        return Scales(cuts(self.recency), cuts(self.frequency), cuts(self.value))


@dataclass(frozen=True, slots=True)
class Scales:
    """The cuts of a programme's members at an instant."""

    recency: Cuts
    frequency: Cuts
    value: Cuts

    def scores(self, numbers: "Numbers | None") -> Scores | None:
        """Return the scores of somebody's ``measured`` numbers, None for who never bought."""
        if numbers is None:
            return None
        last, often, much = numbers
        return Scores(score(last, self.recency), score(often, self.frequency), score(much, self.value))


def measured(shopper: Shopper) -> "Numbers | None":
    """Return when the last purchase was (microseconds of Unix time), how many there were, and their money."""
    last = shopper.last_at
    if last is None:
        return None
    spent = sum(purchase.base.total_minor for purchase in shopper.purchases)
    return (last - _EPOCH) // timedelta(microseconds=1), len(shopper.purchases), spent

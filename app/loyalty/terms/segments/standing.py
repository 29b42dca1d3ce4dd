"""Where somebody stands among all who bought: scores for recency, frequency and money, and groups of scores by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from app.loyalty.terms.segments.shopper import Look, Scores, Shopper

Range = tuple[int, int]
_ALL: Final = (1, 5)


class Group(StrEnum):
    """Groups of scores; everybody who has scores is in exactly one."""

    CHAMPIONS = "champions"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    NEED_ATTENTION = "need_attention"
    COOLING = "cooling"
    CANNOT_LOSE = "cannot_lose"
    AT_RISK = "at_risk"
    ASLEEP = "asleep"
    LOST = "lost"


GROUPS: Final[Mapping[Group, tuple[Range, Range]]] = {
    Group.CHAMPIONS: ((4, 5), (4, 5)),
    Group.LOYAL: ((3, 3), (4, 5)),
    Group.PROMISING: ((4, 5), (2, 3)),
    Group.NEW: ((4, 5), (1, 1)),
    Group.NEED_ATTENTION: ((3, 3), (2, 3)),
    Group.COOLING: ((3, 3), (1, 1)),
    Group.CANNOT_LOSE: ((1, 2), (5, 5)),
    Group.AT_RISK: ((1, 2), (3, 4)),
    Group.ASLEEP: ((2, 2), (1, 2)),
    Group.LOST: ((1, 1), (1, 2)),
}
"""Each group by the score for recency, and by the mean of those for frequency and money, a half rounded up."""


def group_of(scores: Scores) -> Group:
    """Return the group of some scores."""
    strength = (scores.frequency + scores.value + 1) // 2
    return next(
        group
        for group, (recency, weight) in GROUPS.items()
        if recency[0] <= scores.recency <= recency[1] and weight[0] <= strength <= weight[1]
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Scores within the ranges, both ends included, and in one of the groups where any are named.

    The scores hang on every other member, so what is judged for one member alone may not ask for them.
    """

    groups: tuple[Group, ...] = ()
    recency: Range = _ALL
    frequency: Range = _ALL
    value: Range = _ALL
    kind: Literal["standing"] = "standing"

    def look(self, shopper: Shopper) -> Look:
        """Say whether the scores are such; nobody has any who never bought."""
        scores = shopper.scores
        if scores is None:
            return Look(holds=False)
        told = ((scores.recency, self.recency), (scores.frequency, self.frequency), (scores.value, self.value))
        fits = all(least <= score <= most for score, (least, most) in told)
        return Look(fits and (not self.groups or group_of(scores) in self.groups))

"""Points on the day of joining, every year after."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AnniversaryRule:
    """``points`` in smallest steps of the unit, on each anniversary of the sign-up, or only on the ``year``-th."""

    points: int
    year: int | None = None
    rule: Literal["anniversary"] = "anniversary"


def earn(rule: AnniversaryRule, year: int) -> int:
    """Return the points due on the ``year``-th anniversary."""
    return rule.points if rule.year in {None, year} else 0

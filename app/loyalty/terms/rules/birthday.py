"""Points on the birthday."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class BirthdayRule:
    """``points`` in smallest steps of the unit, once a year."""

    points: int
    rule: Literal["birthday"] = "birthday"


def earn(rule: BirthdayRule) -> int:
    """Return the points due on a birthday."""
    return rule.points

"""Points for the first order."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class FirstOrderRule:
    """``points`` in smallest steps of the unit, for the order of rank 1 while its base is above zero."""

    points: int
    rule: Literal["first_order"] = "first_order"


def earn(rule: FirstOrderRule, rank: int) -> int:
    """Return the points due for an order of this rank."""
    return rule.points if rank == 1 else 0

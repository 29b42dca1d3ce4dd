"""The stamp card: points for every k-th order."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class KthOrderRule:
    """``points`` in smallest steps of the unit, for orders whose rank ``k`` divides while their base is above zero."""

    points: int
    k: int
    rule: Literal["kth_order"] = "kth_order"


def earn(rule: KthOrderRule, rank: int) -> int:
    """Return the points due for an order of this rank."""
    return rule.points if rank % rule.k == 0 else 0

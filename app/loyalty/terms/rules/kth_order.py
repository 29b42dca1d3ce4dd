"""The stamp card: points for every k-th order."""

from dataclasses import dataclass, field
from typing import Literal

from app.loyalty.terms.bought import Bought
from app.loyalty.terms.conditions import Orders
from app.loyalty.terms.rule_budget import RuleBudget


@dataclass(frozen=True, slots=True)
class KthOrderRule:
    """``points`` in smallest steps of the unit, for orders whose rank ``k`` divides while their base is above zero."""

    points: int
    k: int
    rule: Literal["kth_order"] = "kth_order"
    orders: Orders = field(default_factory=Orders)
    budget: RuleBudget | None = None

    def earn(self, order: Bought) -> int:
        """Return the points due for an order."""
        return self.points if order.rank % self.k == 0 else 0

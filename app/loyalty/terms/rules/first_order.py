"""Points for the first order."""

from dataclasses import dataclass, field
from typing import Literal

from app.loyalty.terms.bought import Bought
from app.loyalty.terms.conditions import Orders
from app.loyalty.terms.rule_budget import RuleBudget


@dataclass(frozen=True, slots=True)
class FirstOrderRule:
    """``points`` in smallest steps of the unit, for the order of rank 1 while its base is above zero."""

    points: int
    rule: Literal["first_order"] = "first_order"
    orders: Orders = field(default_factory=Orders)
    budget: RuleBudget | None = None

    def earn(self, order: Bought) -> int:
        """Return the points due for an order."""
        return self.points if order.rank == 1 else 0

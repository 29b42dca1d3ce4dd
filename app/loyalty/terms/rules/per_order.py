"""Points for each order, whatever it costs."""

from dataclasses import dataclass, field
from typing import Literal

from app.loyalty.terms.bought import Bought
from app.loyalty.terms.conditions import Orders
from app.loyalty.terms.rule_budget import RuleBudget


@dataclass(frozen=True, slots=True)
class PerOrderRule:
    """``points`` in smallest steps of the unit, for orders whose base is above zero and ``min_minor`` or more."""

    points: int
    min_minor: int = 0
    rule: Literal["per_order"] = "per_order"
    orders: Orders = field(default_factory=Orders)
    budget: RuleBudget | None = None

    def earn(self, order: Bought) -> int:
        """Return the points due for an order."""
        return self.points if order.base_minor >= self.min_minor else 0

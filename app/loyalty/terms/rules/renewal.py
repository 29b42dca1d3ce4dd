"""Points for each order by which a subscription renews itself."""

from dataclasses import dataclass, field
from typing import Literal

from app.loyalty.terms.bought import Bought
from app.loyalty.terms.conditions import Orders
from app.loyalty.terms.rule_budget import RuleBudget


@dataclass(frozen=True, slots=True)
class RenewalRule:
    """``points`` in smallest steps of the unit, while the order's base is above zero."""

    points: int
    rule: Literal["renewal"] = "renewal"
    orders: Orders = field(default_factory=Orders)
    budget: RuleBudget | None = None

    def earn(self, order: Bought) -> int:
        """Return the points due for an order."""
        return self.points if order.renewal else 0

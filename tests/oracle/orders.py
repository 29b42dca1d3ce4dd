"""What an order is due by the rules about orders, as of an instant."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from tests.oracle.base import Base, base_of
from tests.oracle.days import day_of, instant
from tests.oracle.facts import Json, Order, Version, World
from tests.oracle.money import exponent, minor, rounded

LATEST: datetime | None = None  # Valued with everything known now.


@dataclass(slots=True)
class Orders:
    """The orders of one member. `levels` is filled in by whoever walks through time: the level before each order."""

    world: World
    member: str
    levels: dict[str, str | None] = field(default_factory=dict)
    _bases: dict[tuple[str, int], Base] = field(default_factory=dict)

    def all(self) -> list[Order]:
        """Return the paid orders by their place."""
        return self.world.paid_orders(self.member)

    def base(self, order: Order, as_of: datetime | None) -> Base:
        """Return the base; nothing changes between two turning points of an order."""
        assert order.paid_at
        points = [order.paid_at, *order.turning_points]
        key = (order.id, sum(as_of is None or point <= as_of for point in points))
        if key not in self._bases:
            self._bases[key] = base_of(self.world, order, as_of)
        return self._bases[key]

    def rank(self, order: Order) -> int:
        """Return 1 + the orders before it that count when it is paid."""
        orders = self.all()
        before = orders[: [other.id for other in orders].index(order.id)]
        return 1 + sum(self.base(other, order.paid_at).total > 0 for other in before)

    def due(self, order: Order, as_of: datetime | None) -> int:
        """Return the sum that the order's own version gives it."""
        version = self.world.version_at(order.placed_at)
        if version is None:
            return 0
        due = sum(self._amount(order, version, at, as_of) for at in range(len(version.rules("amount"))))
        if self.base(order, as_of).total > 0:
            rank = self.rank(order)
            due += sum(rule["points"] for rule in version.rules("first_order") if rank == 1)
            due += sum(rule["points"] for rule in version.rules("kth_order") if rank % rule["k"] == 0)
        return due

    def _amount(self, order: Order, version: Version, at: int, as_of: datetime | None) -> int:
        rule = version.rules("amount")[at]
        due = rounded(self._exact(order, version, rule, as_of), version.said.get("rounding", "floor"))
        if rule.get("max_per_order") is not None:
            due = min(due, rule["max_per_order"])
        if rule.get("max_per_day") is not None:
            due = max(0, min(due, rule["max_per_day"] - self._same_day(order, at)))
        return due

    def _exact(self, order: Order, version: Version, rule: Json, as_of: datetime | None) -> Fraction:
        decimals = exponent(self.world.currencies[order.shop])
        base, others = self.base(order, as_of), rule.get("products") or {}
        step = Fraction(10**self.world.decimals, minor(str(rule["per"]), decimals))
        due = Fraction(str(rule["points"])) * base.shipping * _campaigns(order, version, None)
        for product, money in base.lines:
            due += Fraction(str(others.get(product, rule["points"]))) * money * _campaigns(order, version, product)
        return due * step * self._multiplier(order, version)

    def _same_day(self, order: Order, at: int) -> int:
        """What earlier orders of the same local day of payment are due by this rule, as of this order's payment."""
        due, day = 0, self.day(order)
        for other in self.all():
            if other.id == order.id:
                break
            version = self.world.version_at(other.placed_at)
            if self.day(other) == day and version and at < len(version.rules("amount")):
                due += self._amount(other, version, at, order.paid_at)
        return due

    def day(self, order: Order) -> object:
        """Return the local day of payment in the zone of the order's shop."""
        assert order.paid_at
        return day_of(order.paid_at, self.world.zones[order.shop])

    def _multiplier(self, order: Order, version: Version) -> Fraction:
        level = self.levels.get(order.id)
        for step in (version.ladder or {}).get("levels", []):
            if step["id"] == level:
                return ratio(step.get("multiplier"))
        return Fraction(1)

    def worth(self, order: Order, measure: str, as_of: datetime | None) -> int:
        """Return what the order counts for a tier; one from before the first version moves none."""
        if self.world.version_at(order.placed_at) is None:
            return 0
        if measure == "points":
            return self.due(order, as_of)
        total = self.base(order, as_of).total
        return total if measure == "spend" else int(total > 0)


def ratio(said: list[int] | None) -> Fraction:
    """Return a multiplier written as two numbers; 1 where none is."""
    return Fraction(said[0], said[1]) if said else Fraction(1)


def _campaigns(order: Order, version: Version, product: str | None) -> Fraction:
    found = Fraction(1)
    for campaign in version.said.get("campaigns") or []:
        begun = instant(campaign["from"]) <= order.placed_at < instant(campaign["until"])
        if begun and (campaign.get("products") is None or product in campaign["products"]):
            found *= ratio(campaign["multiplier"])
    return found

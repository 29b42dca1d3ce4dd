"""Points per amount of money paid for goods."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.loyalty.base import Base, PaidLine
from app.loyalty.terms.campaigns import Ratio
from app.loyalty.terms.conditions import Goods, Orders
from app.loyalty.terms.rule_budget import RuleBudget


@dataclass(frozen=True, slots=True)
class AmountRule:
    """``points`` (exact decimal, whole units) for every ``per_minor`` of the base; tiers and campaigns multiply it.

    ``products`` have points of their own in place of ``points``, for their lines and the tax on them; shipping goes by
    ``points``. With ``goods`` only these lines earn, and shipping nothing; with ``orders`` only these orders. The caps
    are in smallest steps of the unit and come after rounding, the order's before the day's; the rule of another version
    with the same ``id`` counts towards the same day. Its ``budget`` comes last.
    """

    points: Decimal
    per_minor: int
    rule: Literal["amount"] = "amount"
    products: Mapping[str, Decimal] = field(default_factory=dict)
    max_per_order: int | None = None
    max_per_day: int | None = None
    id: str = ""
    goods: Goods = field(default_factory=Goods)
    orders: Orders = field(default_factory=Orders)
    budget: RuleBudget | None = None


def earn(rule: AmountRule, base: Base, factor: Callable[[PaidLine | None], Ratio], decimals: int) -> Ratio:
    """Return what a base deserves in smallest steps as an exact ratio, before the one rounding.

    ``factor`` tells what multiplies a line; asked for None, what multiplies everything else.
    """
    amounts: dict[tuple[Decimal, Ratio], int] = {}
    everything = rule.goods.everything
    for line in base.lines:
        if everything or rule.goods.hold(line.product, line.variant, line.labels):
            key = (rule.products.get(line.product, rule.points) if line.product else rule.points, factor(line))
            amounts[key] = amounts.get(key, 0) + line.amount_minor
    if base.shipping_minor and everything:
        key = (rule.points, factor(None))
        amounts[key] = amounts.get(key, 0) + base.shipping_minor
    numerator, denominator = 0, 1
    for (points, (times, by)), amount_minor in amounts.items():
        if amount_minor:
            rate, per = points.as_integer_ratio()
            above, below = amount_minor * rate * times, per * by
            numerator, denominator = numerator * below + above * denominator, denominator * below
    return numerator * 10**decimals, denominator * rule.per_minor


def capped(rule: AmountRule, amount: int, left_of_day: int | None) -> int:
    """Return what the caps leave of a rounded amount: the order's first, then what is left of the day's."""
    if rule.max_per_order is not None:
        amount = min(amount, rule.max_per_order)
    return amount if left_of_day is None else min(amount, left_of_day)

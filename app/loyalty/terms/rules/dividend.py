"""A share of what was spent in a calendar year, paid once, on a day of the next."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.loyalty.terms.conditions import Goods, Orders


@dataclass(frozen=True, slots=True)
class DividendRule:
    """``points`` (exact decimal, whole units) for every ``per_minor`` of a year's base, on ``month``/``day`` after it.

    Each order counts by the rule of its own version, so a lower share never reaches back. Neither tiers nor campaigns
    multiply it. With ``goods`` only these lines count, with ``orders`` only these orders, with ``levels`` only what was
    paid while one of them was held.
    """

    points: Decimal
    per_minor: int
    month: int = 1
    day: int = 1
    rule: Literal["dividend"] = "dividend"
    goods: Goods = field(default_factory=Goods)
    orders: Orders = field(default_factory=Orders)
    levels: tuple[str, ...] = ()

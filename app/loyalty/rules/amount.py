"""Points per amount of money paid for goods."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.loyalty.money import Rounding, rounded


@dataclass(frozen=True, slots=True)
class AmountRule:
    """``points`` (exact decimal, whole units) for every ``per_minor`` of the base; a tier multiplies it."""

    points: Decimal
    per_minor: int
    rule: Literal["amount"] = "amount"


def earn(rule: AmountRule, base_minor: int, multiplier: tuple[int, int], decimals: int, rounding: Rounding) -> int:
    """Return the points due for a base, in smallest steps: exact ratios, then the one rounding."""
    numerator, denominator = rule.points.as_integer_ratio()
    return rounded(
        base_minor * numerator * multiplier[0] * 10**decimals,
        denominator * rule.per_minor * multiplier[1],
        rounding,
    )

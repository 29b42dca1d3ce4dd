"""A percentage off an order."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.effects import CodeTerms, DiscountKind, IssueDiscount, issue


@dataclass(frozen=True, slots=True)
class Percentage:
    """``basis_points`` are hundredths of a percent: 1500 is 15 %."""

    basis_points: int
    kind: Literal["percentage"] = "percentage"


def fulfil(gift: Percentage, terms: CodeTerms) -> IssueDiscount:
    """Return the code to make."""
    return issue(terms, DiscountKind.PERCENTAGE, gift.basis_points)

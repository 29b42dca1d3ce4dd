"""Shipping for nothing."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.effects import CodeTerms, DiscountKind, IssueDiscount, issue


@dataclass(frozen=True, slots=True)
class FreeShipping:
    """The order's shipping costs nothing."""

    kind: Literal["free_shipping"] = "free_shipping"


def fulfil(gift: FreeShipping, terms: CodeTerms) -> IssueDiscount:
    """Return the code to make."""
    del gift
    return issue(terms, DiscountKind.FREE_SHIPPING, 0)

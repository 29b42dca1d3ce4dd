"""One piece of a product for nothing."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.effects import CodeTerms, DiscountKind, IssueDiscount, issue


@dataclass(frozen=True, slots=True)
class FreeProduct:
    """``product`` (and ``variant`` where it has any) are the shop's own ids; ``value_minor`` is the price of one piece.

    A platform that cannot limit a code to one piece takes off ``value_minor`` once, so twenty pieces in the cart are
    not twenty for nothing.
    """

    product: str
    value_minor: int
    variant: str | None = None
    kind: Literal["free_product"] = "free_product"


def fulfil(gift: FreeProduct, terms: CodeTerms) -> IssueDiscount:
    """Return the code to make."""
    return issue(terms, DiscountKind.FREE_PRODUCT, gift.value_minor, gift.product, gift.variant)

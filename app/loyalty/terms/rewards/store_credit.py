"""Money on the member's account at the shop, kept by the platform."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.effects import CreditKind, CreditTerms, GrantCredit, grant


@dataclass(frozen=True, slots=True)
class StoreCredit:
    """``value_minor`` in minor units of the programme's currency."""

    value_minor: int
    kind: Literal["store_credit"] = "store_credit"


def fulfil(gift: StoreCredit, terms: CreditTerms) -> GrantCredit:
    """Return the credit to give."""
    return grant(terms, CreditKind.STORE_CREDIT, gift.value_minor)

"""A gift card of the shop's, kept by the platform."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.effects import CreditKind, CreditTerms, GrantCredit, grant


@dataclass(frozen=True, slots=True)
class GiftCard:
    """``value_minor`` in minor units of the programme's currency."""

    value_minor: int
    kind: Literal["gift_card"] = "gift_card"


def fulfil(gift: GiftCard, terms: CreditTerms) -> GrantCredit:
    """Return the card to make."""
    return grant(terms, CreditKind.GIFT_CARD, gift.value_minor)

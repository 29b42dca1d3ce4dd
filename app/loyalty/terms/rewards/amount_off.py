"""A fixed amount off an order."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.effects import CodeTerms, DiscountKind, IssueDiscount, issue


@dataclass(frozen=True, slots=True)
class AmountOff:
    """``value_minor`` in minor units of the programme's currency."""

    value_minor: int
    kind: Literal["amount_off"] = "amount_off"


def fulfil(gift: AmountOff, terms: CodeTerms) -> IssueDiscount:
    """Return the code to make."""
    return issue(terms, DiscountKind.AMOUNT_OFF, gift.value_minor)

"""Rewards: one file a kind, and the table that names them all."""

from dataclasses import replace

from app.loyalty.effects import CodeTerms, DiscountKind, IssueDiscount
from app.loyalty.rewards import amount_off, free_shipping, percentage
from app.loyalty.rewards.amount_off import AmountOff
from app.loyalty.rewards.free_shipping import FreeShipping
from app.loyalty.rewards.percentage import Percentage

Gift = AmountOff | Percentage | FreeShipping

REWARDS: dict[str, type[Gift]] = {
    "amount_off": AmountOff,
    "percentage": Percentage,
    "free_shipping": FreeShipping,
}


def fulfil(gift: Gift, terms: CodeTerms) -> IssueDiscount:
    """Return the wish that gives a reward under these terms."""
    if isinstance(gift, AmountOff):
        return amount_off.fulfil(gift, terms)
    if isinstance(gift, Percentage):
        return percentage.fulfil(gift, terms)
    return free_shipping.fulfil(gift, terms)


def need(gift: Gift) -> DiscountKind | None:
    """Return what a platform must be able to do for this gift."""
    if isinstance(gift, AmountOff):
        return DiscountKind.AMOUNT_OFF
    if isinstance(gift, Percentage):
        return DiscountKind.PERCENTAGE
    return DiscountKind.FREE_SHIPPING


def worth(gift: Gift) -> int | None:
    """Return what a gift is worth in minor units, None where that is no fixed sum."""
    return gift.value_minor if isinstance(gift, AmountOff) else None


def valued(gift: Gift, value_minor: int | None) -> Gift:
    """Return the gift worth this much, where its worth was chosen by the shopper; None leaves it as it is."""
    return replace(gift, value_minor=value_minor) if value_minor is not None and isinstance(gift, AmountOff) else gift


__all__ = ["REWARDS", "AmountOff", "FreeShipping", "Gift", "Percentage", "fulfil", "need", "valued", "worth"]

"""Rewards: one file a kind, and the table that names them all."""

from app.loyalty.effects import CodeTerms, IssueDiscount
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


__all__ = ["REWARDS", "AmountOff", "FreeShipping", "Gift", "Percentage", "fulfil"]

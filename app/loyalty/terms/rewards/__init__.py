"""Rewards: one file a kind, and the table that names them all."""

from dataclasses import replace
from enum import StrEnum
from typing import assert_never

from app.loyalty.effects import CodeTerms, CreditKind, CreditTerms, DiscountKind, GrantCredit, IssueDiscount
from app.loyalty.terms.rewards import amount_off, free_product, free_shipping, gift_card, percentage, store_credit
from app.loyalty.terms.rewards.access import Access, Opening
from app.loyalty.terms.rewards.amount_off import AmountOff
from app.loyalty.terms.rewards.choice import Choice
from app.loyalty.terms.rewards.donation import Donation
from app.loyalty.terms.rewards.free_product import FreeProduct
from app.loyalty.terms.rewards.free_shipping import FreeShipping
from app.loyalty.terms.rewards.gift_card import GiftCard
from app.loyalty.terms.rewards.percentage import Percentage
from app.loyalty.terms.rewards.service import Service
from app.loyalty.terms.rewards.store_credit import StoreCredit

CodeGift = AmountOff | Percentage | FreeShipping | FreeProduct
"""What a discount code of the shop's gives."""
CreditGift = StoreCredit | GiftCard
"""What the shop's platform holds as money."""
Gift = CodeGift | CreditGift | Donation | Access | Service | Choice

REWARDS: dict[str, type[Gift]] = {
    "amount_off": AmountOff,
    "percentage": Percentage,
    "free_shipping": FreeShipping,
    "free_product": FreeProduct,
    "store_credit": StoreCredit,
    "gift_card": GiftCard,
    "donation": Donation,
    "access": Access,
    "service": Service,
    "choice": Choice,
}


class Way(StrEnum):
    """How a reward reaches the member, and with it when its points are spent."""

    CODE = "code"
    """The shop makes a code; a paid order that uses it spends the points."""
    CREDIT = "credit"
    """The platform holds money; the points are spent when it says so."""
    AT_ONCE = "at_once"
    """Nobody else is needed; the points are spent as they are asked for."""
    TASK = "task"
    """Staff do it; the points are spent when it is done."""
    CHOICE = "choice"
    """The member picks first; then it goes the picked one's way."""


def way(gift: Gift) -> Way:
    """Return how a gift reaches the member."""
    match gift:
        case AmountOff() | Percentage() | FreeShipping() | FreeProduct():
            return Way.CODE
        case StoreCredit() | GiftCard():
            return Way.CREDIT
        case Donation() | Access():
            return Way.AT_ONCE
        case Service():
            return Way.TASK
        case Choice():
            return Way.CHOICE
        case _:
            assert_never(gift)


def need(gift: Gift) -> DiscountKind | CreditKind | None:
    """Return what a platform must be able to do for this gift, None where none is asked."""
    if isinstance(gift, CodeGift):
        return DiscountKind(gift.kind)
    if isinstance(gift, CreditGift):
        return CreditKind(gift.kind)
    return None


def worth(gift: Gift) -> int | None:
    """Return what a gift is worth in minor units, None where that is no fixed sum."""
    summed = AmountOff | FreeProduct | StoreCredit | GiftCard | Donation
    return gift.value_minor if isinstance(gift, summed) else None


def is_sum(gift: Gift) -> bool:
    """Say whether a gift is a sum that a shopper could choose."""
    return isinstance(gift, AmountOff | StoreCredit | GiftCard | Donation)


def valued(gift: Gift, value_minor: int | None) -> Gift:
    """Return the gift worth this much, where its worth was chosen by the shopper; None leaves it as it is."""
    if value_minor is not None and isinstance(gift, AmountOff | StoreCredit | GiftCard | Donation):
        return replace(gift, value_minor=value_minor)
    return gift


def fulfil(gift: CodeGift, terms: CodeTerms) -> IssueDiscount:
    """Return the wish for a code under these terms."""
    if isinstance(gift, AmountOff):
        return amount_off.fulfil(gift, terms)
    if isinstance(gift, Percentage):
        return percentage.fulfil(gift, terms)
    if isinstance(gift, FreeProduct):
        return free_product.fulfil(gift, terms)
    return free_shipping.fulfil(gift, terms)


def credit(gift: CreditGift, terms: CreditTerms) -> GrantCredit:
    """Return the wish for money that the platform holds."""
    if isinstance(gift, StoreCredit):
        return store_credit.fulfil(gift, terms)
    return gift_card.fulfil(gift, terms)


__all__ = [
    "REWARDS",
    "Access",
    "AmountOff",
    "Choice",
    "CodeGift",
    "CreditGift",
    "Donation",
    "FreeProduct",
    "FreeShipping",
    "Gift",
    "GiftCard",
    "Opening",
    "Percentage",
    "Service",
    "StoreCredit",
    "Way",
    "credit",
    "fulfil",
    "is_sum",
    "need",
    "valued",
    "way",
    "worth",
]

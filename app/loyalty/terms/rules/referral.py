"""Points for bringing a friend, paid by the friend's first order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReferralRule:
    """``points`` for the advocate and ``friend_points`` for the friend.

    If the first order's base reaches ``min_minor``.
    """

    points: int
    friend_points: int = 0
    min_minor: int = 0
    rule: Literal["referral"] = "referral"


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """The friend's first order that counts: rank 1 and a base above zero now."""

    shop: str
    order: str
    paid_at: datetime
    base_minor: int


def qualifies(rule: ReferralRule, referred_at: datetime, first: FirstOrder | None) -> str | None:
    """Return None where the referral is due, else the reason why not."""
    if first is None:
        return "NO_FIRST_ORDER"
    if first.paid_at < referred_at:
        return "ALREADY_CUSTOMER"
    if first.base_minor < rule.min_minor:
        return "BELOW_MINIMUM"
    return None

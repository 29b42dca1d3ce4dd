"""Points for an approved review of a product the member bought, once a product; stars never matter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.loyalty.terms.rule_budget import RuleBudget


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """``points`` in smallest steps of the unit, ``photo_points`` more where the review shows a picture.

    ``cooldown_hours`` since the last review that earned, all products together.
    """

    points: int
    rule: Literal["review"] = "review"
    cooldown_hours: int | None = None
    photo_points: int = 0
    budget: RuleBudget | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A product the member paid for at ``paid_at``; ``cancelled_at`` if that order was called off."""

    product: str
    paid_at: datetime
    cancelled_at: datetime | None


def bought(product: str, at: datetime, purchases: Iterable[Purchase]) -> bool:
    """Say whether a product had been paid for by ``at`` in an order not cancelled by then; refunds change nothing."""
    return any(
        purchase.product == product
        and purchase.paid_at <= at
        and (purchase.cancelled_at is None or purchase.cancelled_at > at)
        for purchase in purchases
    )


def earn(rule: ReviewRule, *, photo: bool) -> int:
    """Return the points due for a review that counts."""
    return rule.points + (rule.photo_points if photo else 0)

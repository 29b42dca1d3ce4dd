"""What each single fact deserves by the version that judges it, with the numbers behind it and why, if nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.loyalty.activity import Worth
from app.loyalty.base import Base
from app.loyalty.history import History, ReferralOutcome, ValuedOrder
from app.loyalty.ledger import Source
from app.loyalty.programme import Programme, Version
from app.loyalty.rules import AmountRule, ReviewRule, SignUpRule, amount, review, sign_up
from app.loyalty.rules.review import Purchase, bought

Explanation = Mapping[str, object]
"""The numbers behind a judgement, ready to be shown: rule, base, rate, multiplier, tier, amount."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one source deserves, in smallest steps of the unit, and by which version it was judged.

    ``moment`` decides dates of lots; ``waits`` says whether pending days apply. ``reason`` tells why nothing is due.
    """

    source: Source
    shop: str
    amount: int
    moment: datetime
    version: Version | None
    waits: bool = False
    tier: str | None = None
    reason: str | None = None
    breakdown: tuple[Explanation, ...] = ()


def points_of(version: Version, base: Base, multiplier: tuple[int, int], decimals: int) -> int:
    """Return the points per amount that a base deserves: one rounding per rule and order."""
    return sum(
        amount.earn(rule, base.total_minor, multiplier, decimals, version.rounding)
        for rule in version.rules_of(AmountRule)
    )


def order_worth(order: ValuedOrder, base: Base, multiplier: tuple[int, int], decimals: int) -> Worth:
    """Return what an order adds to activity when its base is this; one from before the programme adds nothing."""
    if order.version is None:
        return Worth()
    total = base.total_minor
    return Worth(total, points_of(order.version, base, multiplier, decimals), 1 if total > 0 else 0)


def order_due(order: ValuedOrder, level: str | None, multiplier: tuple[int, int], decimals: int) -> Due:
    """Judge an order with everything known, by its version and the tier its payment met."""
    version, base = order.version, order.base
    due, breakdown, reason = 0, [], None
    if version is None:
        reason = "BEFORE_PROGRAMME"
    elif not order.in_currency:
        reason = "OTHER_CURRENCY"
    elif order.order.cancelled_at is not None:
        reason = "CANCELLED"
    else:
        rules = version.rules_of(AmountRule)
        for rule in rules:
            points = amount.earn(rule, base.total_minor, multiplier, decimals, version.rounding)
            due += points
            breakdown.append(
                {
                    "rule": rule.rule,
                    "base_minor": base.total_minor,
                    "points": str(rule.points),
                    "per_minor": rule.per_minor,
                    "multiplier": list(multiplier),
                    "rounding": version.rounding.value,
                    "amount": points,
                }
            )
        if due == 0:
            reason = _why_nothing(order, has_rule=bool(rules))
    return Due(
        order.source, order.shop, due, order.paid_at, version,
        waits=True, tier=level, reason=reason, breakdown=tuple(breakdown),
    )  # fmt: skip


def _why_nothing(order: ValuedOrder, *, has_rule: bool) -> str:
    if not has_rule:
        return "NO_RULE"
    if order.base.total_minor > 0:
        return "ROUNDED_TO_ZERO"
    return "REFUNDED" if order.order.refunds else "NOTHING_PAID_FOR_GOODS"


def sign_up_due(member: str, shop: str, at: datetime, version: Version | None) -> Due:
    """Judge the member's earliest sign-up."""
    source = Source(f"sign_up:{member}")
    rules = version.rules_of(SignUpRule) if version else ()
    points = sum(sign_up.earn(rule) for rule in rules)
    reason = None if points else ("NO_RULE" if version else "BEFORE_PROGRAMME")
    breakdown = tuple({"rule": rule.rule, "amount": rule.points} for rule in rules)
    return Due(source, shop, points, at, version, reason=reason, breakdown=breakdown)


def review_dues(history: History, orders: list[ValuedOrder], programme: Programme) -> Iterator[Due]:
    """Judge the reviews: per product the earliest that earns, by (at, id)."""
    purchases = [
        Purchase(line.product, order.paid_at, order.order.cancelled_at)
        for order in orders
        for line in order.order.lines
        if line.product is not None
    ]
    earned: set[str] = set()
    for entry in sorted(history.reviews, key=lambda entry: (entry.at, entry.id)):
        version = programme.version_at(entry.at)
        rules = version.rules_of(ReviewRule) if version else ()
        points = sum(review.earn(rule) for rule in rules)
        reason = None
        if not points:
            reason = "NO_RULE" if version else "BEFORE_PROGRAMME"
        elif not entry.approved:
            reason = "NOT_APPROVED"
        elif entry.product in earned:
            reason = "ALREADY_REVIEWED"
        elif not bought(entry.product, entry.at, purchases):
            reason = "NOT_BOUGHT"
        else:
            earned.add(entry.product)
        due = 0 if reason else points
        breakdown = tuple({"rule": rule.rule, "amount": rule.points} for rule in rules)
        yield Due(entry.source, entry.shop, due, entry.at, version, reason=reason, breakdown=breakdown)


def referral_due(outcome: ReferralOutcome, programme: Programme, points: int) -> Due:
    """State what one side of a referral is due by its outcome."""
    version = programme.version(outcome.version) if outcome.version is not None else None
    due = points if outcome.due else 0
    breakdown = ({"rule": "referral", "amount": points},) if outcome.due else ()
    return Due(
        outcome.source, outcome.shop or programme.home.id, due, outcome.moment or outcome.at, version,
        waits=True, reason=outcome.reason, breakdown=breakdown,
    )  # fmt: skip

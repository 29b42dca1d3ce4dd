"""What an order deserves: points per amount, once rounded and capped, and what it earns for being the n-th."""

from collections.abc import Sequence

from app.loyalty.base import Base
from app.loyalty.judging.dues import Due, Explanation
from app.loyalty.judging.order_budgets import budgets_explained
from app.loyalty.judging.order_terms import Terms
from app.loyalty.members.budgets import BUDGET_USED_UP
from app.loyalty.members.history import ValuedOrder
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.rules import AmountRule, DividendRule, OrderBonus, amount


def order_due(order: ValuedOrder, terms: Terms | None, level: str | None) -> Due:
    """Judge an order with everything known; one from before the programme has no terms."""
    due, breakdown, reason = 0, [], None
    if terms is None:
        reason = "BEFORE_PROGRAMME"
    elif not order.in_currency:
        reason = "OTHER_CURRENCY"
    elif order.order.cancelled_at is not None:
        reason = "CANCELLED"
    else:
        breakdown = [
            *_explained(terms, order.base),
            *budgets_explained(terms, order.base),
            *_bonuses_explained(terms, order.base),
        ]
        due = terms.points(order.base)
        if due == 0:
            reason = _why_nothing(order, terms)
    return Due(
        order.source, order.shop, due, order.paid_at, order.version,
        waits=True, tier=level, reason=reason, breakdown=tuple(breakdown),
    )  # fmt: skip


def _explained(terms: Terms, base: Base) -> list[Explanation]:
    parts: list[Explanation] = []
    shares, capped, amounts = terms.shares(base), terms.after_caps(base), terms.amounts(base)
    for rule, share, full, given in zip(terms.rules, shares, capped, amounts, strict=True):
        part: dict[str, object] = {
            "rule": rule.rule,
            "base_minor": base.total_minor,
            "points": str(rule.points),
            "per_minor": rule.per_minor,
            "multiplier": list(terms.multiplier),
            "rounding": terms.version.rounding.value,
            "amount": given,
        }
        if not rule.goods.everything:
            counted = [line for line in base.lines if rule.goods.hold(line.product, line.variant, line.labels)]
            part["base_minor"] = sum(line.amount_minor for line in counted)
        if rule.products:
            part["lines"] = _by_product(rule, base)
        if terms.campaigns:
            part["campaigns"] = [_campaign(campaign) for campaign in terms.campaigns]
        if full < share:
            over_order = rule.max_per_order is not None and share > rule.max_per_order
            part["before_cap"] = share
            part["cap"] = "order" if over_order and full == rule.max_per_order else "day"
        if given < full:
            part["before_budget"] = full
        parts.append(part)
    return parts


def _by_product(rule: AmountRule, base: Base) -> list[dict[str, object]]:
    """Return the money and the rate of each product with a rate of its own."""
    amounts: dict[str, int] = {}
    for line in base.lines:
        if line.product is not None and line.product in rule.products:
            amounts[line.product] = amounts.get(line.product, 0) + line.amount_minor
    return [
        {"product": product, "base_minor": minor, "points": str(rule.products[product])}
        for product, minor in amounts.items()
    ]


def _campaign(campaign: Campaign) -> dict[str, object]:
    return {"id": campaign.id, "multiplier": list(campaign.multiplier), "everything": campaign.goods.everything}


def _bonuses_explained(terms: Terms, base: Base) -> Sequence[Explanation]:
    return [{"rule": kind, "rank": terms.rank, "amount": points} for kind, points in terms.bonuses(base)]


def _why_nothing(order: ValuedOrder, terms: Terms) -> str:
    if not any(isinstance(rule, AmountRule | OrderBonus) for rule in terms.version.earn):
        return "DIVIDEND_LATER" if terms.version.rules_of(DividendRule) else "NO_RULE"
    if order.base.total_minor <= 0:
        return "REFUNDED" if order.order.refunds else "NOTHING_PAID_FOR_GOODS"
    if any(terms.after_caps(order.base)) or any(points for _, points in terms.deserved_bonuses(order.base)):
        return BUDGET_USED_UP
    if any(terms.shares(order.base)):
        return "DAY_CAP"
    counted = any(amount.earn(rule, order.base, terms.factor, terms.decimals)[0] for rule in terms.rules)
    return "ROUNDED_TO_ZERO" if counted else "NOT_THIS_ORDER"

"""What an order takes of the budgets of campaigns and rules, and the numbers that tell of it."""

from collections.abc import Iterator
from dataclasses import replace

from app.loyalty.base import Base
from app.loyalty.judging.dues import Explanation
from app.loyalty.judging.order_terms import Terms
from app.loyalty.members.budgets import BUDGET_USED_UP, Ask, Pot, Purse
from app.loyalty.members.history import ValuedOrder
from app.loyalty.terms.rule_budget import RuleBudget


def within_budgets(terms: Terms, order: ValuedOrder, purse: Purse) -> Terms:
    """Return the terms with what the order may have of the budgets of its campaigns, then of its rules."""
    if terms.budgeted:
        terms = replace(terms, granted=_of_campaigns(terms, order, purse))
    wanted = terms.deserved_of_budgets(order.steps[0][1])
    if not wanted:
        return terms
    now = terms.deserved_of_budgets(order.base)
    granted: dict[Pot, int] = {
        budget.pot(terms.day): purse.take(
            Ask(order.source, budget.pot(terms.day), budget.points, order.paid_at, max(0, most), max(0, now[budget]))
        )
        for budget, most in wanted.items()
    }
    return replace(terms, granted={**terms.granted, **granted})


def _of_campaigns(terms: Terms, order: ValuedOrder, purse: Purse) -> dict[Pot, int]:
    wanted, now = terms.extras(order.steps[0][1]), terms.extras(order.base)
    return {
        campaign.id: purse.take(
            Ask(
                order.source, campaign.id, campaign.budget or 0, order.paid_at,
                max(0, sum(wanted[place])), max(0, sum(now[place])),
            )
        )
        for place, campaign in enumerate(terms.budgeted)
    }  # fmt: skip


def budgets_explained(terms: Terms, base: Base) -> Iterator[Explanation]:
    """Tell of each campaign and rule with a budget what it gave, and where that was too little, that it was used up."""
    for campaign, extra in zip(terms.budgeted, terms.extras(base), strict=True):
        wanted, granted = sum(extra), sum(terms.within(extra, campaign))
        part = {"rule": "campaign", "campaign": campaign.id, "wanted": wanted, "granted": granted}
        yield part | {"budget": campaign.budget} | ({"reason": BUDGET_USED_UP} if granted < wanted else {})
    for budget, wanted in terms.deserved_of_budgets(base).items():
        yield budget_explained(budget, wanted, min(wanted, terms.granted.get(budget.pot(terms.day), 0)))


def budget_explained(budget: RuleBudget, wanted: int, granted: int) -> Explanation:
    """Tell what a rule gave of its budget, and where that was too little, that it was used up."""
    part = {"rule": "budget", "of": budget.id, "wanted": wanted, "granted": granted, "budget": budget.points}
    return part | ({"reason": BUDGET_USED_UP} if granted < wanted else {})

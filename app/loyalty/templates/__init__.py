"""Templates: one file each, and the table that names them all."""

from app.loyalty.templates import (
    bonus_days,
    daily_cashback,
    early_access,
    engagement_badges,
    milestone_choices,
    paid_membership,
    service_first,
    stars_and_ladder,
    starter,
    three_spend_tiers,
    yearly_dividend,
)
from app.loyalty.templates.template import Template

TEMPLATES: dict[str, Template] = {
    "starter": starter.TEMPLATE,
    "three_spend_tiers": three_spend_tiers.TEMPLATE,
    "stars_and_ladder": stars_and_ladder.TEMPLATE,
    "bonus_days": bonus_days.TEMPLATE,
    "engagement_badges": engagement_badges.TEMPLATE,
    "daily_cashback": daily_cashback.TEMPLATE,
    "paid_membership": paid_membership.TEMPLATE,
    "early_access": early_access.TEMPLATE,
    "yearly_dividend": yearly_dividend.TEMPLATE,
    "milestone_choices": milestone_choices.TEMPLATE,
    "service_first": service_first.TEMPLATE,
}

__all__ = ["TEMPLATES", "Template"]

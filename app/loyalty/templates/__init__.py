"""Templates: one file each, and the table that names them all."""

from app.loyalty.template import Template
from app.loyalty.templates import (
    bonus_days,
    daily_cashback,
    engagement_badges,
    service_first,
    stars_and_ladder,
    starter,
    three_spend_tiers,
)

TEMPLATES: dict[str, Template] = {
    "starter": starter.TEMPLATE,
    "three_spend_tiers": three_spend_tiers.TEMPLATE,
    "stars_and_ladder": stars_and_ladder.TEMPLATE,
    "bonus_days": bonus_days.TEMPLATE,
    "engagement_badges": engagement_badges.TEMPLATE,
    "daily_cashback": daily_cashback.TEMPLATE,
    "service_first": service_first.TEMPLATE,
}

__all__ = ["TEMPLATES", "Template"]

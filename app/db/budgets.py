"""Budgets of campaigns: what all orders together have of them, and what each order has."""

from uuid import UUID

from sqlalchemy import func, select

from app.db.pages import Verb, write
from app.db.scope import Scope
from app.db.tables import GrantRow
from app.loyalty.members.budgets import Grants
from app.loyalty.terms.programme import Version


def spent(scope: Scope) -> dict[str, int]:
    """Return what orders have of each campaign's budget now, by the campaign's id, in smallest steps of the unit."""
    rows = scope.session.execute(
        select(GrantRow.campaign, func.sum(GrantRow.used))
        .where(GrantRow.programme_id == scope.programme_id)
        .group_by(GrantRow.campaign)
    )
    return {campaign: int(total) for campaign, total in rows}


def left(scope: Scope, version: Version) -> dict[str, int]:
    """Return what is left of the budget of each campaign of a version that has one, by the campaign's id."""
    budgets = {campaign.id: campaign.budget for campaign in version.campaigns if campaign.budget is not None}
    taken = spent(scope) if budgets else {}
    return {campaign: max(0, budget - taken.get(campaign, 0)) for campaign, budget in budgets.items()}


def keep(scope: Scope, grants: Grants) -> None:
    """Keep what orders have now, in the place of what they had. Only under the programme's lock."""
    rows = [
        {
            "programme_id": scope.programme_id,
            "shop_id": UUID(order.shop),
            "order_id": order.name.partition(":")[2],
            "campaign": campaign,
            "wanted": grant.wanted,
            "granted": grant.granted,
            "used": grant.used,
        }
        for order, campaigns in grants.items()
        for campaign, grant in campaigns.items()
    ]
    write(scope.session, GrantRow, Verb.REPLACE, rows)

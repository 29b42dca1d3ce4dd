"""Budgets of campaigns and rules: what all facts together have of them, and what each has."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.pages import Verb, among, write
from app.db.scope import Scope
from app.db.tables import EventRow, GrantRow, OrderRow, ReviewRow, RuleGrantRow
from app.loyalty.days import local_day
from app.loyalty.ledger.postings import Source
from app.loyalty.members.budgets import Grant, Grants, Pot
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rule_budget import RuleBudget, RulePot


def spent(scope: Scope) -> dict[Pot, int]:
    """Return what facts have now of each budget, in smallest steps: of campaigns by their ids, of rules by period."""
    campaigns = scope.session.execute(
        select(GrantRow.campaign, func.sum(GrantRow.used))
        .where(GrantRow.programme_id == scope.programme_id)
        .group_by(GrantRow.campaign)
    )
    rules = scope.session.execute(
        select(RuleGrantRow.budget, RuleGrantRow.period, func.sum(RuleGrantRow.used))
        .where(RuleGrantRow.programme_id == scope.programme_id)
        .group_by(RuleGrantRow.budget, RuleGrantRow.period)
    )
    found: dict[Pot, int] = {campaign: int(total) for campaign, total in campaigns}
    return found | {RulePot(budget, period): int(total) for budget, period, total in rules}


def left(scope: Scope, version: Version) -> dict[str, int]:
    """Return what is left of the budget of each campaign of a version that has one, by the campaign's id."""
    budgets = {campaign.id: campaign.budget for campaign in version.campaigns if campaign.budget is not None}
    taken = spent(scope) if budgets else {}
    return {campaign: max(0, budget - taken.get(campaign, 0)) for campaign, budget in budgets.items()}


def left_of_rules(scope: Scope, version: Version, zone: str) -> dict[RuleBudget, int]:
    """Return what is left of the budget of each rule of a version that has one, in the period of now in a zone."""
    taken = spent(scope) if version.rule_budgets else {}
    today = local_day(scope.now, zone)
    return {budget: max(0, budget.points - taken.get(budget.pot(today), 0)) for budget in version.rule_budgets}


def of_members(session: Session, programme_id: UUID, ids: Sequence[UUID]) -> dict[Source, dict[Pot, Grant]]:
    """Return what the orders, reviews and events of members have of budgets."""
    campaigns = _of(session, OrderRow, programme_id, ids).add_columns(
        literal("order").label("thing"), OrderRow.order_id.label("thing_id"), GrantRow.campaign.label("budget"),
        null().label("period"), *_numbers(GrantRow),
    ).join(GrantRow, _same(GrantRow, OrderRow) & (GrantRow.order_id == OrderRow.order_id))  # fmt: skip
    rules = [
        _of(session, owner, programme_id, ids).add_columns(
            literal(thing).label("thing"), name.label("thing_id"), RuleGrantRow.budget, RuleGrantRow.period,
            *_numbers(RuleGrantRow),
        ).join(
            RuleGrantRow,
            _same(RuleGrantRow, owner) & (RuleGrantRow.thing == thing) & (RuleGrantRow.thing_id == name),
        )
        for thing, (owner, name) in _THINGS.items()
    ]  # fmt: skip
    found: dict[Source, dict[Pot, Grant]] = {}
    rows = session.execute(union_all(campaigns, *rules))
    for shop_id, thing, thing_id, budget, period, wanted, granted, used in rows:
        pot = budget if period is None else RulePot(budget, period)
        found.setdefault(Source(f"{thing}:{thing_id}", str(shop_id)), {})[pot] = Grant(wanted, granted, used)
    return found


_THINGS: Final[Mapping[str, tuple[type[Any], InstrumentedAttribute[str]]]] = {
    "order": (OrderRow, OrderRow.order_id),
    "review": (ReviewRow, ReviewRow.review_id),
    "event": (EventRow, EventRow.event_id),
}
"""What can have a part of a rule's budget, and what names it at its shop."""


def _of(session: Session, owner: type[Any], programme_id: UUID, ids: Sequence[UUID]) -> Select[Any]:
    return select(owner.shop_id).where(owner.programme_id == programme_id, among(session, owner.member_id, ids))


def _same(grants: type[Any], owner: type[Any]) -> ColumnElement[bool]:
    return and_(grants.programme_id == owner.programme_id, grants.shop_id == owner.shop_id)


def _numbers(grants: type[Any]) -> tuple[Any, ...]:
    return grants.wanted, grants.granted, grants.used


def keep(scope: Scope, grants: Grants) -> None:
    """Keep what facts have now, in the place of what they had. Only under the programme's lock."""
    campaigns, rules = [], []
    for source, pots in grants.items():
        thing, _, thing_id = source.name.partition(":")
        for pot, grant in pots.items():
            row = {
                "programme_id": scope.programme_id, "shop_id": UUID(source.shop),
                "wanted": grant.wanted, "granted": grant.granted, "used": grant.used,
            }  # fmt: skip
            if isinstance(pot, RulePot):
                rules.append(row | {"thing": thing, "thing_id": thing_id, "budget": pot.id, "period": pot.period})
            else:
                campaigns.append(row | {"order_id": thing_id, "campaign": pot})
    write(scope.session, GrantRow, Verb.REPLACE, campaigns)
    write(scope.session, RuleGrantRow, Verb.REPLACE, rules)

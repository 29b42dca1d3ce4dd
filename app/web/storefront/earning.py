"""The ways to earn and the campaigns that run now, with the numbers that a line about each of them needs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, cast

from app.db.places import Place
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import ALL_ORDERS
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import (
    AmountRule,
    AnniversaryRule,
    DividendRule,
    EventRule,
    FirstOrderRule,
    KthOrderRule,
    PerOrderRule,
    ReferralMilestoneRule,
    ReferralRule,
    RenewalRule,
    ReviewRule,
    Rule,
)
from app.web.storefront import shapes
from app.web.storefront.texts import local, plain

_KINDS: Final = {"amount": "order"}
"""What shoppers' pages call a rule, where it is not its own name."""
_WAITING: Final = (
    AmountRule,
    PerOrderRule,
    FirstOrderRule,
    KthOrderRule,
    RenewalRule,
    ReferralRule,
    ReferralMilestoneRule,
)
"""Rules whose points wait for the days in which orders come back."""


def earning(version: Version | None) -> Iterator[tuple[shapes.EarningRule, Rule]]:
    """Return the ways to earn, each under an id that stays while the rules do."""
    seen: dict[str, int] = {}
    for rule in version.earn if version else ():
        kind = _KINDS.get(rule.rule, rule.rule)
        seen[kind] = seen.get(kind, 0) + 1
        shown = shapes.EarningRule(
            id=kind if seen[kind] == 1 else f"{kind}-{seen[kind]}",
            kind=kind,
            name={},
            points=None if isinstance(rule, AmountRule | DividendRule) else rule.points,
            rate=shapes.Rate(points=plain(rule.points), per_minor=rule.per_minor)
            if isinstance(rule, AmountRule | DividendRule)
            else None,
            pending_days=version.pending_days if version and isinstance(rule, _WAITING) else 0,
            min_order_minor=(rule.min_minor or None) if isinstance(rule, ReferralRule | PerOrderRule) else None,
            some_orders=getattr(rule, "orders", ALL_ORDERS) != ALL_ORDERS,
            **_details(rule),
        )
        yield shown, rule


def on_offer(version: Version | None, left: Mapping[RuleBudget, int]) -> list[shapes.EarningRule]:
    """Return the ways to earn as anybody may see them now; one whose budget is used up is told no longer."""
    found = []
    for shown, rule in earning(version):
        budget = getattr(rule, "budget", None)
        shown.left = left.get(budget) if budget is not None else None
        if shown.left != 0:
            found.append(shown)
    return found


def _details(rule: Rule) -> Mapping[str, Any]:
    """Return what only rules of its kind have."""
    tell = _DETAILS.get(type(rule))
    return tell(rule) if tell else {}


def _of_amount(rule: AmountRule) -> Mapping[str, Any]:
    return {
        "max_per_order": rule.max_per_order,
        "max_per_day": rule.max_per_day,
        "some_goods": not rule.goods.everything,
    }


def _of_event(rule: EventRule) -> Mapping[str, Any]:
    return {
        "event": rule.event,
        "times_per_day": rule.max_per_day,
        "times": rule.max_total,
        "verified": rule.verified,
        "pause_hours": rule.cooldown_hours,
        "social": shapes.SocialAction(
            network=rule.social.network.value, act=rule.social.act.value, address=rule.social.address
        )
        if rule.social is not None
        else None,
    }


_DETAILS: Final[dict[type[Rule], Callable[[Any], Mapping[str, Any]]]] = {
    AmountRule: _of_amount,
    KthOrderRule: lambda rule: {"every": cast("KthOrderRule", rule).k},
    AnniversaryRule: lambda rule: {"year": cast("AnniversaryRule", rule).year},
    DividendRule: lambda rule: {
        "paid_on": f"{rule.month:02}-{rule.day:02}",
        "some_goods": not cast("DividendRule", rule).goods.everything,
    },
    ReviewRule: lambda rule: {"photo_points": cast("ReviewRule", rule).photo_points},
    ReferralMilestoneRule: lambda rule: {
        "every": cast("ReferralMilestoneRule", rule).friends,
        "once": cast("ReferralMilestoneRule", rule).once,
    },
    EventRule: _of_event,
}


def campaigns(place: Place, version: Version | None, now: datetime, left: Mapping[str, int]) -> list[shapes.Campaign]:
    """Return the campaigns that run at this instant for everybody; ``left`` is what is left of budgets, by id."""
    every = version.campaigns if version else ()
    return shown(place, [one for one in every if one.starts_at <= now < one.ends_at and one.segment is None], left)


def shown(place: Place, running: Iterable[Campaign], left: Mapping[str, int]) -> list[shapes.Campaign]:
    """Return campaigns as shoppers see them, the one that ends first ahead; one whose budget is used up is over."""
    return [
        shapes.Campaign(
            id=one.id,
            name=local(place, one.name),
            multiplier=one.multiplier,
            ends_at=one.ends_at,
            some_goods=not one.goods.everything,
            some_orders=one.orders != ALL_ORDERS,
            left=left.get(one.id),
        )
        for one in sorted(running, key=lambda each: (each.ends_at, each.id))
        if left.get(one.id) != 0
    ]

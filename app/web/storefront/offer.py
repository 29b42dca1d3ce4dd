"""The public side of a programme: ways to earn, rewards, tiers, referral, look; the same for everybody."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from app.db.places import Place
from app.loyalty.money import POINTS, exponent
from app.loyalty.terms.programme import FriendReward, Version
from app.loyalty.terms.programme import Reward as LoyaltyReward
from app.loyalty.terms.rewards import AmountOff, Choice, Gift, Percentage
from app.loyalty.terms.rewards import worth as worth_of_gift
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import ReferralRule
from app.loyalty.terms.variable import Variable
from app.web.storefront import shapes, tiers
from app.web.storefront.affording import for_everybody
from app.web.storefront.earning import campaigns, on_offer
from app.web.storefront.texts import local, plain
from app.web.tones import DEFAULT, tones


def programme(
    place: Place,
    version: Version | None,
    now: datetime,
    left: Mapping[str, int],
    left_of_rules: Mapping[RuleBudget, int],
) -> shapes.Programme:
    """Return what anybody may see of a programme at an instant; ``left`` is what budgets of campaigns hold still."""
    look = place.look
    light, dark = tones(str(look.get("brand", DEFAULT)))
    return shapes.Programme(
        shop=shapes.Shop(id=str(place.shop_id), name=place.name, zone=place.zone),
        name=place.programme,
        state="paused" if place.state == "paused" else "live",
        locale=place.locale,
        unit=shapes.Unit(
            kind="points" if place.unit == POINTS else "money",
            decimals=place.decimals,
            words=look.get("words", {}),
        ),
        currency=shapes.Currency(code=place.currency, exponent=exponent(place.currency)),
        worth=worth(version),
        texts=look.get("texts", {}),
        look=shapes.Look(theme=_theme(look), corner=_corner(look), light=dict(light), dark=dict(dark)),
        links=_links(look),
        earn=on_offer(version, left_of_rules),
        rewards=[reward(place, entry) for entry in for_everybody(version)],
        tiers=tiers.public(place, version.tiers) if version and version.tiers else None,
        referral=referral(version),
        campaigns=campaigns(place, version, now, left),
        asks=bool(version and version.surveys),
    )


def _theme(look: Mapping[str, Any]) -> Literal["light", "dark", "auto"]:
    chosen = look.get("theme")
    return chosen if chosen in {"dark", "auto"} else "light"


def _corner(look: Mapping[str, Any]) -> Literal["end", "start"]:
    return "start" if look.get("corner") == "start" else "end"


def _links(look: Mapping[str, Any]) -> shapes.Links:
    links = look.get("links", {})
    return shapes.Links(join=links.get("join"), sign_in=links.get("sign_in"), rules=links.get("rules"))


def deal(gives: Gift) -> shapes.Deal:
    """Return what a code is good for."""
    if isinstance(gives, AmountOff):
        return shapes.Deal(kind="amount_off", value_minor=gives.value_minor, percent=None)
    if isinstance(gives, Percentage):
        return shapes.Deal(kind="percentage", value_minor=None, percent=plain(Decimal(gives.basis_points).scaleb(-2)))
    return shapes.Deal(kind=gives.kind, value_minor=worth_of_gift(gives), percent=None)


def reward(place: Place, entry: LoyaltyReward) -> shapes.Reward:
    """Return one thing that points buy."""
    return shapes.Reward(
        id=entry.id,
        name=local(place, entry.name),
        deal=deal(entry.gives),
        cost=entry.needs(None),
        code_days=entry.code_days,
        min_order_minor=entry.minimum_minor or None,
        level=entry.level,
        max_value_minor=entry.maximum_minor,
        levels=list(entry.levels),
        member_days=entry.member_days,
        limit=entry.limit,
        limit_days=entry.limit_days,
        opens_at=entry.opens_at,
        closes_at=entry.closes_at,
        chosen=_chosen(entry.variable) if entry.variable else None,
        options=list(entry.gives.options) if isinstance(entry.gives, Choice) else [],
        openings=[shapes.Opening(level=each.level, opens_at=each.opens_at) for each in entry.openings],
    )


def _chosen(terms: Variable) -> shapes.Chosen:
    return shapes.Chosen(
        minimum=terms.minimum,
        maximum=terms.maximum,
        step=terms.step,
        value_minor=terms.value_minor,
        per_points=terms.per_points,
    )


def worth(version: Version | None) -> shapes.Worth | None:
    """Return what points are worth where every amount off, open to all, gives the same for them; else nothing fixed."""
    offers = [
        (entry.cost, entry.gives.value_minor)
        if entry.variable is None
        else (entry.variable.per_points, entry.variable.value_minor)
        for entry in (version.rewards if version else ())
        if isinstance(entry.gives, AmountOff) and _is_for_all(entry) and entry.needs(None) > 0
    ]
    if len({Fraction(value, cost) for cost, value in offers}) != 1:
        return None
    cost, value = min(offers)
    return shapes.Worth(points=cost, value_minor=value)


def _is_for_all(entry: LoyaltyReward) -> bool:
    return entry.level is None and not entry.levels and entry.segment is None


def worth_of(available: int, version: Version | None) -> int | None:
    """Return what ``available`` points are worth in minor units, rounded down."""
    rate = worth(version)
    return available * rate.value_minor // rate.points if rate else None


def referral(version: Version | None) -> shapes.ReferralTerms | None:
    """Return what both sides of a referral get; None where there is nothing to get."""
    rules = version.rules_of(ReferralRule) if version else ()
    if version is None or not rules:
        return None
    gift: FriendReward | None = version.friend_reward
    return shapes.ReferralTerms(
        advocate_points=rules[0].points,
        friend_points=rules[0].friend_points,
        friend_deal=deal(gift.gives) if gift else None,
        min_order_minor=rules[0].min_minor or None,
        pending_days=version.pending_days,
        code_days=gift.code_days if gift else None,
    )

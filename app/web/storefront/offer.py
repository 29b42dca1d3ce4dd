"""The public side of a programme: ways to earn, rewards, tiers, referral, look; the same for everybody."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from app.db.places import Place
from app.loyalty.money import exponent
from app.loyalty.programme import FriendReward, Version, WindowKind
from app.loyalty.programme import Ladder as LoyaltyLadder
from app.loyalty.programme import Reward as LoyaltyReward
from app.loyalty.rewards import AmountOff, Choice, Gift, Percentage
from app.loyalty.rewards import worth as worth_of_gift
from app.loyalty.rules import AmountRule, ReferralRule, Rule
from app.loyalty.variable import Variable
from app.web.storefront import shapes
from app.web.tones import DEFAULT, tones

_KINDS: Final = {"amount": "order"}
"""What shoppers' pages call a rule, where it is not its own name."""
_LANGUAGE_MAX: Final = 3


def programme(place: Place, version: Version | None) -> shapes.Programme:
    """Return what anybody may see of a shop's programme as it is now."""
    look = place.look
    light, dark = tones(str(look.get("brand", DEFAULT)))
    return shapes.Programme(
        shop=shapes.Shop(id=str(place.shop_id), name=place.name, zone=place.zone),
        name=place.programme,
        state="paused" if place.state == "paused" else "live",
        locale=place.locale,
        unit=shapes.Unit(
            kind="money" if place.unit == "money" else "points",
            decimals=place.decimals,
            words=look.get("words", {}),
        ),
        currency=shapes.Currency(code=place.currency, exponent=exponent(place.currency)),
        worth=worth(version),
        texts=look.get("texts", {}),
        look=shapes.Look(theme=_theme(look), corner=_corner(look), light=dict(light), dark=dict(dark)),
        links=_links(look),
        earn=[rule for rule, _ in earning(version)],
        rewards=[reward(place, entry) for entry in (version.rewards if version else ())],
        tiers=_ladder(place, version.tiers) if version and version.tiers else None,
        referral=referral(version),
    )


def _theme(look: Mapping[str, Any]) -> Literal["light", "dark", "auto"]:
    chosen = look.get("theme")
    return chosen if chosen in {"dark", "auto"} else "light"


def _corner(look: Mapping[str, Any]) -> Literal["end", "start"]:
    return "start" if look.get("corner") == "start" else "end"


def _links(look: Mapping[str, Any]) -> shapes.Links:
    links = look.get("links", {})
    return shapes.Links(join=links.get("join"), sign_in=links.get("sign_in"), rules=links.get("rules"))


def local(place: Place, text: str) -> dict[str, str]:
    """Return a text of the merchant's under the shop's own language; empty where there is none."""
    if not text:
        return {}
    language = place.locale.replace("_", "-").split("-", maxsplit=1)[0].lower()
    known = language.isascii() and language.isalpha() and 1 < len(language) <= _LANGUAGE_MAX
    return {language if known else "en": text}


def deal(gives: Gift) -> shapes.Deal:
    """Return what a code is good for."""
    if isinstance(gives, AmountOff):
        return shapes.Deal(kind="amount_off", value_minor=gives.value_minor, percent=None)
    if isinstance(gives, Percentage):
        return shapes.Deal(kind="percentage", value_minor=None, percent=plain(Decimal(gives.basis_points).scaleb(-2)))
    return shapes.Deal(kind=gives.kind, value_minor=worth_of_gift(gives), percent=None)


def plain(number: Decimal) -> str:
    """Return a decimal number without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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
    )


def _chosen(terms: Variable) -> shapes.Chosen:
    return shapes.Chosen(
        minimum=terms.minimum,
        maximum=terms.maximum,
        step=terms.step,
        value_minor=terms.value_minor,
        per_points=terms.per_points,
    )


def earning(version: Version | None) -> Iterator[tuple[shapes.EarningRule, Rule]]:
    """Return the ways to earn, each under an id that stays while the rules do."""
    seen: dict[str, int] = {}
    for rule in version.earn if version else ():
        kind = _KINDS.get(rule.rule, rule.rule)
        seen[kind] = seen.get(kind, 0) + 1
        points: int | None = None
        rate: shapes.Rate | None = None
        if isinstance(rule, AmountRule):
            rate = shapes.Rate(points=plain(rule.points), per_minor=rule.per_minor)
        else:
            points = rule.points
        waits = isinstance(rule, AmountRule | ReferralRule)
        shown = shapes.EarningRule(
            id=kind if seen[kind] == 1 else f"{kind}-{seen[kind]}",
            kind=kind,
            name={},
            points=points,
            rate=rate,
            pending_days=version.pending_days if version and waits else 0,
            min_order_minor=(rule.min_minor or None) if isinstance(rule, ReferralRule) else None,
        )
        yield shown, rule


def worth(version: Version | None) -> shapes.Worth | None:
    """Return what points are worth where every amount off, open to all, gives the same for them; else nothing fixed."""
    offers = [
        (entry.cost, entry.gives.value_minor)
        if entry.variable is None
        else (entry.variable.per_points, entry.variable.value_minor)
        for entry in (version.rewards if version else ())
        if isinstance(entry.gives, AmountOff) and entry.level is None and not entry.levels and entry.needs(None) > 0
    ]
    if len({Fraction(value, cost) for cost, value in offers}) != 1:
        return None
    cost, value = min(offers)
    return shapes.Worth(points=cost, value_minor=value)


def worth_of(available: int, version: Version | None) -> int | None:
    """Return what ``available`` points are worth in minor units, rounded down."""
    rate = worth(version)
    return available * rate.value_minor // rate.points if rate else None


def _ladder(place: Place, ladder: LoyaltyLadder) -> shapes.Ladder:
    rolling = ladder.window.kind is WindowKind.ROLLING_MONTHS
    return shapes.Ladder(
        measure=ladder.measure.value,
        window=shapes.Window(kind=ladder.window.kind.value, months=ladder.window.months if rolling else None),
        grace_days=ladder.grace_days,
        levels=[
            shapes.Level(
                id=level.id,
                name=local(place, level.name),
                threshold=level.threshold,
                multiplier=level.multiplier,
                entry_reward=level.entry_reward,
                benefits=[],
                entry=level.entry.value,
                also={measure.value: least for measure, least in level.also.items()},
                yearly_reward=level.yearly_reward,
            )
            for level in ladder.levels
            if not level.hidden
        ],
        hold_days=ladder.hold_days,
        mix=ladder.mix.value,
    )


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

"""A version of the programme in sentences: what earns, the tiers, and the terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from app.db import budgets
from app.loyalty.base import Base, PaidLine
from app.loyalty.judging.order_terms import Terms
from app.loyalty.money import exponent
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import ALL_ORDERS
from app.loyalty.terms.ladder import Downgrade, Entry, Ladder, Level, Mix
from app.loyalty.terms.programme import AfterUse, Clawback, ExpiryFrom, Version
from app.loyalty.terms.rewards import AmountOff
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import (
    AmountRule,
    AnniversaryRule,
    DividendRule,
    EventRule,
    KthOrderRule,
    PerOrderRule,
    ReferralMilestoneRule,
    ReferralRule,
    ReviewRule,
    Rule,
)
from app.loyalty.terms.social import NAMES
from app.web.pages.desk import Desk
from app.web.pages.member import measured, window
from app.web.pages.profiling import in_language
from app.web.pages.telling import times

_ICONS = {
    "amount": "bag",
    "first_order": "bag",
    "kth_order": "bag",
    "per_order": "bag",
    "renewal": "undo",
    "referral_milestone": "invite",
    "sign_up": "user",
    "birthday": "gift",
    "anniversary": "gift",
    "dividend": "hour",
    "review": "star",
    "referral": "invite",
    "event": "star",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence with its title and, at the end of the row, its price or number."""

    icon: str
    title: Markup
    text: Markup
    end: Markup | str = ""


def earning(desk: Desk, version: Version) -> list[Promise]:
    """Return the earning rules, and the campaigns that are not over."""
    budget_of = budgets.left_of_rules(desk.scope, version, desk.programme.home.zone)
    rules = [_with_budget(desk, _rule(desk, version, rule), rule, budget_of) for rule in version.earn]
    left = budgets.left(desk.scope, version)
    return rules + [_campaign(desk, version, each, left) for each in version.campaigns if each.ends_at > desk.scope.now]


def _with_budget(desk: Desk, promise: Promise, rule: Rule, left: Mapping[RuleBudget, int]) -> Promise:
    """Add to a rule's sentence what its budget is, if it has one, and what is left of it now."""
    budget = getattr(rule, "budget", None)
    if budget is None:
        return promise
    words, rest = desk.words, left[budget]
    values = {"budget": budget.points, "spent": budget.points - rest, "left": rest}
    message = f"rule.budget.{budget.per.value if budget.per is not None else 'ever'}"
    said = words(message, **{name: words.points(amount) for name, amount in values.items()})
    return replace(promise, text=words.sentences([promise.text, said]))


def segment_name(version: Version, segment_id: str) -> str:
    """Return what a segment is called: its own name, else its id."""
    segment = version.known_segments.get(segment_id)
    return segment.name if segment is not None and segment.name else segment_id


def _campaign(desk: Desk, version: Version, campaign: Campaign, left: Mapping[str, int]) -> Promise:
    words = desk.words
    parts = [words("campaign.window", start=words.moment(campaign.starts_at), end=words.moment(campaign.ends_at))]
    if not campaign.goods.everything:
        parts.append(words("rule.amount.some_goods"))
    if campaign.orders != ALL_ORDERS:
        parts.append(words("rule.amount.some_orders"))
    if campaign.segment is not None:
        parts.append(words("for_segment", segment=segment_name(version, campaign.segment)))
    if campaign.budget is not None:
        rest = left.get(campaign.id, campaign.budget)
        values = {"budget": campaign.budget, "spent": campaign.budget - rest, "left": rest}
        message = "campaign.budget" if rest else "campaign.budget.used_up"
        parts.append(words(message, **{name: words.points(amount) for name, amount in values.items()}))
    title = words("campaign", name=campaign.name or campaign.id)
    return Promise(
        "star", title, words.sentences(parts), words("campaign.times", times=times(desk, *campaign.multiplier))
    )


def _rule(desk: Desk, version: Version, rule: Rule) -> Promise:
    words, icon = desk.words, _ICONS[rule.rule]
    if isinstance(rule, EventRule):
        title = words("rule.event", event=rule.event)
        if rule.social is not None:
            network = NAMES.get(rule.social.network) or words("rule.social.own")
            title = words(f"rule.social.{rule.social.act.value}", network=network)
        return Promise(icon, title, _text(desk, rule), words.points(rule.points))
    title = words(f"rule.{rule.rule}")
    if isinstance(rule, AmountRule):
        return Promise(icon, title, _amount(desk, version, rule), _rate(desk, rule))
    if isinstance(rule, DividendRule):
        return Promise(icon, title, _dividend(desk, rule), _rate(desk, rule))
    if isinstance(rule, ReferralRule):
        return Promise(icon, title, _referral(desk, version, rule), words.points(rule.points))
    return Promise(icon, title, _text(desk, rule), words.points(rule.points))


def _text(desk: Desk, rule: Rule) -> Markup:
    """Return in a sentence or two what a rule with a fixed number of points asks for."""
    words = desk.words
    if isinstance(rule, ReviewRule):
        return words.sentences(_review(desk, rule))
    if isinstance(rule, EventRule):
        return words.sentences(_event(desk, rule))
    message, values = f"rule.{rule.rule}.text", dict[str, Any]()
    match rule:
        case KthOrderRule(k=k):
            values = {"n": k}
        case PerOrderRule(min_minor=least) if least:
            message, values = "rule.per_order.minimum", {"money": words.price(least)}
        case AnniversaryRule(year=int(year)):
            message, values = "rule.anniversary.year", {"n": year}
        case ReferralMilestoneRule(friends=friends, once=once):
            message, values = "rule.referral_milestone.once" if once else message, {"n": friends}
        case _:
            pass
    return words(message, **values)


def _review(desk: Desk, rule: ReviewRule) -> list[Markup]:
    words = desk.words
    parts = [words("rule.review.text")]
    if rule.photo_points:
        parts.append(words("rule.review.photo", points=words.points(rule.photo_points)))
    if rule.cooldown_hours is not None:
        parts.append(words("rule.cooldown", n=rule.cooldown_hours))
    return parts


def _event(desk: Desk, rule: EventRule) -> list[Markup]:
    """Return how often the event earns, and that nobody can check it where that is so."""
    words = desk.words
    parts = [words("rule.event.text") if rule.social is None else words("rule.social.at", address=rule.social.address)]
    if rule.max_per_day is not None:
        parts.append(words("rule.event.day", n=rule.max_per_day))
    if rule.max_total is not None:
        parts.append(words("rule.event.total", n=rule.max_total))
    if rule.cooldown_hours is not None:
        parts.append(words("rule.cooldown", n=rule.cooldown_hours))
    if not rule.verified:
        parts.append(words("rule.event.unverified"))
    return parts


def _rate(desk: Desk, rule: AmountRule | DividendRule) -> Markup:
    words = desk.words
    return words("why.rule", points=words.number(rule.points), per=words.price(rule.per_minor))


def _dividend(desk: Desk, rule: DividendRule) -> Markup:
    words = desk.words
    parts = [words("rule.dividend.text", day=words.year_day(rule.month, rule.day))]
    if not rule.goods.everything:
        parts.append(words("rule.amount.some_goods"))
    if rule.orders != ALL_ORDERS:
        parts.append(words("rule.amount.some_orders"))
    return words.sentences(parts)


def _amount(desk: Desk, version: Version, rule: AmountRule) -> Markup:
    """Return what counts, by which ratio each level earns more, what products have rates of their own, and the caps."""
    words = desk.words
    tax, shipping = "tax" if version.base.tax else "net", "shipping" if version.base.shipping else "goods"
    parts = [words(f"rule.amount.base.{tax}.{shipping}")]
    ladder = version.tiers.levels if version.tiers is not None else ()
    more = [level for level in ladder if level.multiplier != (1, 1)]
    if more:
        ratios = [words("rule.amount.level", tier=_name(level), times=times(desk, *level.multiplier)) for level in more]
        parts.append(words("rule.amount.levels", levels=words.listed(ratios)))
    parts.append(words(f"rule.amount.{version.rounding.value}"))
    if not rule.goods.everything:
        parts.append(words("rule.amount.some_goods"))
    if rule.orders != ALL_ORDERS:
        parts.append(words("rule.amount.some_orders"))
    if rule.products:
        parts.append(words("rule.amount.products", n=len(rule.products)))
    if rule.max_per_order is not None:
        parts.append(words("rule.amount.per_order", points=words.points(rule.max_per_order)))
    if rule.max_per_day is not None:
        parts.append(words("rule.amount.per_day", points=words.points(rule.max_per_day)))
    return words.sentences(parts)


def _referral(desk: Desk, version: Version, rule: ReferralRule) -> Markup:
    words = desk.words
    parts = [words("rule.referral.text")]
    if rule.min_minor:
        parts.append(words("rule.referral.minimum", money=words.price(rule.min_minor)))
    if rule.friend_points:
        parts.append(words("rule.referral.friend_points", points=words.points(rule.friend_points)))
    gift = version.friend_reward
    if gift is not None:
        parts.append(words("rule.referral.friend", gift=desk.gift(gift.gives), n=gift.code_days))
        if gift.minimum_minor:
            parts.append(words("reward.minimum", money=words.price(gift.minimum_minor)))
    return words.sentences(parts)


def _name(level: Level) -> str:
    return level.name or level.id


# -- tiers -------------------------------------------------------------------------------------------------------------


def levels(desk: Desk, version: Version) -> list[Promise]:
    """Return the ladder, the lowest level first."""
    ladder = version.tiers
    if ladder is None:
        return []
    words = desk.words
    rows = []
    for level in ladder.levels:
        parts = []
        if level.multiplier != (1, 1):
            parts.append(words("level.multiplier", times=times(desk, *level.multiplier)))
        if level.entry_reward:
            parts.append(words("level.entry", points=words.points(level.entry_reward)))
        opened = [desk.reward(reward) for reward in version.rewards if reward.level == level.id]
        if opened:
            parts.append(words("level.opens", rewards=words.listed(opened)))
        if level.yearly_reward:
            parts.append(words("level.yearly", points=words.points(level.yearly_reward)))
        if level.hidden:
            parts.append(words("level.hidden"))
        start = _way_in(desk, version, ladder, level)
        rows.append(Promise("tier", Markup.escape(_name(level)), words.sentences([start, *parts])))
    return rows


def _way_in(desk: Desk, version: Version, ladder: Ladder, level: Level) -> Markup:
    """Return how a level is come by."""
    words = desk.words
    if level.entry is Entry.INVITED:
        return words("level.invited")
    if level.entry is Entry.BOUGHT:
        days = {membership.days for membership in version.memberships if membership.level == level.id}
        fixed = next(iter(days), None) if len(days) == 1 else None
        return words("level.bought.days", n=fixed) if fixed is not None else words("level.bought")
    asked = {ladder.measure: level.threshold, **level.also}
    amounts = [measured(desk, ladder, least, measure) for measure, least in asked.items() if least]
    if not amounts:
        return words("level.start")
    return words("level.from", amount=words.listed(amounts) if ladder.mix is Mix.ALL else words.one_of(amounts))


def keeping(desk: Desk, version: Version) -> Markup:
    """Return over which period a tier is earned and how it is lost."""
    ladder, words = version.tiers, desk.words
    if ladder is None:
        return words("tiers.none")
    parts = [words(f"tiers.measure.{ladder.measure.value}", window=window(desk, ladder)), words("tiers.up")]
    if ladder.downgrade is Downgrade.NEVER:
        parts.append(words("tiers.never"))
    else:
        parts.append(words(f"tiers.{ladder.downgrade.value}", n=ladder.grace_days))
    if ladder.hold_days:
        parts.append(words("tiers.hold", n=ladder.hold_days))
    return words.sentences(parts)


# -- terms -------------------------------------------------------------------------------------------------------------


def terms(desk: Desk, version: Version) -> Iterator[Promise]:
    """Return when points come and go, and what refunds do."""
    words = desk.words
    waits = words("term.waits", n=version.pending_days) if version.pending_days else words("term.at_once")
    yield Promise("clock", words("term.waiting"), waits)
    expiry = version.expiry
    if expiry is None:
        yield Promise("hour", words("term.expiry"), words("term.never"))
    else:
        since = "fact" if expiry.counted_from is ExpiryFrom.FACT else "release"
        parts = [words(f"term.expires.{since}", n=expiry.days)]
        if expiry.end_of_day:
            parts.append(words("term.end_of_day", place=words.place))
        yield Promise("hour", words("term.expiry"), words.sentences(parts))
    clawback = "owe" if version.clawback is Clawback.OWE else "clamp"
    yield Promise("undo", words("term.refunds"), words.sentences([words("term.taken_back"), words(f"term.{clawback}")]))
    if version.referral_desk is not None:
        yield Promise("invite", words("term.desk"), words("term.desk.text"))
    if version.goodwill_budget is not None:
        budget = words("term.goodwill.text", points=words.points(version.goodwill_budget))
        yield Promise("gift", words("term.goodwill"), budget)
    after = "return" if version.after_use is AfterUse.RETURN else "keep"
    yield Promise("tag", words("term.after_use"), words(f"term.after_use.{after}"))


def asked(desk: Desk, version: Version) -> list[Promise]:
    """Return what members are asked about themselves, each with its purpose."""
    language = desk.words.language
    return [
        Promise(
            "user", Markup.escape(in_language(one.text, language)), Markup.escape(in_language(one.purpose, language))
        )
        for one in version.profile
    ]


def hooks(desk: Desk, version: Version) -> list[Promise]:
    """Return what other systems may tell of, and how they name the customer."""
    words = desk.words
    return [
        Promise(
            "upload",
            words("programme.hook", id=one.id, event=one.event),
            words(
                "programme.hook.text",
                by=words.listed(
                    [
                        words(f"programme.hook.{by}")
                        for by, place in (("customer", one.customer), ("email", one.email))
                        if place
                    ]
                ),
            ),
        )
        for one in version.hooks
    ]


def example(desk: Desk, version: Version) -> Markup | None:
    """Return one order worked through at the highest level: what is spent, what comes of it, what it is worth."""
    rules = version.rules_of(AmountRule)
    if not rules:
        return None
    words = desk.words
    ladder = version.tiers
    level = ladder.levels[-1] if ladder is not None and ladder.levels else None
    spent = 50 * (100 if exponent(desk.row.currency) == 0 else 10 ** exponent(desk.row.currency))
    ratio = level.multiplier if level is not None else (1, 1)
    terms = Terms(version, None, ratio, 0, desk.row.decimals, date.min, (), rules)
    earned = sum(terms.with_campaigns(Base((PaidLine(None, spent),))))
    values = {"money": words.price(spent), "points": words.points(earned)}
    parts = [words("example.level", tier=_name(level), **values) if level is not None else words("example", **values)]
    fixed = [reward for reward in version.rewards if isinstance(reward.gives, AmountOff) and reward.cost]
    worth = desk.worth(earned)
    if fixed and worth is not None and spent:
        back = Decimal(worth * 10_000 // spent)
        parts.append(words("example.worth", money=words.money(worth), percent=words.percent(int(back))))
    return words.sentences(parts)


def scheduled(desk: Desk) -> Sequence[Version]:
    """Return every version, the newest start first."""
    return tuple(reversed(desk.programme.versions))

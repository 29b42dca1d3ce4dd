"""What points buy, in sentences: each reward with what it gives, what it costs, and every term it has."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from app.loyalty.effects import Beside
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import Access, Choice, Donation, Opening, Service, Way, way
from app.web.pages.desk import Desk
from app.web.pages.promises import Promise, segment_name

_ICONS = {
    "free_product": "gift",
    "store_credit": "earn",
    "gift_card": "gift",
    "donation": "gift",
    "access": "clock",
    "service": "user",
    "choice": "list",
}
_BESIDE = {Beside.ORDER: "beside.order", Beside.PRODUCT: "beside.product", Beside.SHIPPING: "beside.shipping"}
_SAID_BY_ITSELF = (Donation, Service, Access, Choice)
"""Kinds whose name says too little without what they open, who is given to, or what can be picked."""


def rewards(desk: Desk, version: Version) -> list[Promise]:
    """Return the rewards, the cheapest first."""
    return [_reward(desk, version, reward) for reward in sorted(version.rewards, key=lambda each: each.needs(None))]


def _reward(desk: Desk, version: Version, reward: Reward) -> Promise:
    icon = _ICONS.get(reward.gives.kind, "tag")
    whose = _whose(desk, version, reward)
    parts = [*_gives(desk, version, reward), *_life(desk, reward), *whose, *_when(desk, reward)]
    return Promise(icon, desk.reward(reward), desk.words.sentences(parts), _price(desk, reward))


def _price(desk: Desk, reward: Reward) -> Markup:
    words = desk.words
    if reward.variable is not None:
        return words("reward.chosen", points=words.points(reward.variable.minimum))
    return words.points(reward.cost) if reward.cost else words("reward.free")


def _gives(desk: Desk, version: Version, reward: Reward) -> Iterator[Markup]:
    """Return what is given beyond the title."""
    words, gives = desk.words, reward.gives
    if reward.name and not isinstance(gives, _SAID_BY_ITSELF):
        yield desk.gift(gives)
    match gives:
        case Choice(options=options):
            picked = [version.reward(option) for option in options]
            yield words("reward.options", rewards=words.listed([desk.reward(one) for one in picked if one is not None]))
        case Donation(cause=cause, round_to_minor=to):
            yield words("reward.cause", cause=cause)
            if to:
                yield words("reward.rounds", money=words.price(to))
        case Service(task=task, days=days):
            yield words("reward.task", task=task)
            if days is not None:
                yield words("reward.task.days", n=days)
        case Access(things=things):
            yield words("reward.things", things=words.listed(things))
            yield from _entry(desk, gives)
        case _:
            pass
    if reward.variable is not None:
        chosen = reward.variable
        worth = words.price(chosen.value_minor)
        yield words("reward.variable", points=words.points(chosen.per_points), money=worth)
        if chosen.maximum is not None:
            yield words("reward.most", points=words.points(chosen.maximum))


def _entry(desk: Desk, access: Access) -> Iterator[Markup]:
    yield from _openings(desk, access.openings)
    if access.closes_at is not None:
        yield desk.words("reward.closes", moment=desk.words.moment(access.closes_at))


def _openings(desk: Desk, openings: Sequence[Opening]) -> Iterator[Markup]:
    words = desk.words
    for opening in sorted(openings, key=lambda each: each.opens_at):
        moment = words.moment(opening.opens_at)
        if opening.level is None:
            yield words("reward.opens.everybody", moment=moment)
        else:
            yield words("reward.opens.tier", tier=desk.level(opening.level) or opening.level, moment=moment)


def _life(desk: Desk, reward: Reward) -> Iterator[Markup]:
    """Return how long it is good for, where that means anything."""
    words, days = desk.words, reward.code_days
    match way(reward.gives):
        case Way.CODE:
            yield words("reward.days", n=days) if days is not None else words("reward.for_ever")
        case Way.CREDIT if days is not None:
            yield words("reward.money.days", n=days)
        case Way.CHOICE if days is not None:
            yield words("reward.pick.days", n=days)
        case _:
            pass


def _whose(desk: Desk, version: Version, reward: Reward) -> Iterator[Markup]:
    """Return on which orders it counts, and who may have it."""
    words = desk.words
    if reward.minimum_minor:
        yield words("reward.minimum", money=words.price(reward.minimum_minor))
    if reward.maximum_minor is not None:
        yield words("reward.maximum", money=words.price(reward.maximum_minor))
    if reward.beside is not None:
        named = [words(_BESIDE[each]) for each in reward.beside]
        yield words("reward.beside", discounts=words.listed(named)) if named else words("reward.beside.none")
    if reward.level is not None:
        yield words("reward.level", tier=desk.level(reward.level) or reward.level)
    if reward.levels:
        yield words("reward.levels", tiers=words.listed([desk.level(each) or each for each in reward.levels]))
    if reward.segment is not None:
        yield words("for_segment", segment=segment_name(version, reward.segment))
    if reward.member_days:
        yield words("reward.member_days", n=reward.member_days)


def _when(desk: Desk, reward: Reward) -> Iterator[Markup]:
    """Return how often it can be had, and from when to when."""
    words = desk.words
    if reward.limit is not None and reward.limit_days is not None:
        yield words("reward.limit.days", n=reward.limit, days=reward.limit_days)
    elif reward.limit is not None:
        yield words("reward.limit", n=reward.limit)
    if reward.stock is not None:
        yield words("reward.stock", n=reward.stock)
    if reward.budget_minor is not None:
        yield words("reward.budget", money=words.price(reward.budget_minor))
    yield from _openings(desk, reward.openings)
    if reward.opens_at is not None:
        yield words("reward.opens.everybody", moment=words.moment(reward.opens_at))
    if reward.closes_at is not None:
        yield words("reward.closes", moment=words.moment(reward.closes_at))

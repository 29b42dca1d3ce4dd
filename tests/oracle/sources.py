"""Everything besides orders that earns: each source with its moment and what it is worth."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.base import base_of
from tests.oracle.days import day_of, first_instant, instant, kept_on
from tests.oracle.facts import Json, Version, World
from tests.oracle.money import exponent, minor
from tests.oracle.orders import Orders

Worth = Callable[[datetime | None], int]


@dataclass(frozen=True, slots=True)
class Earning:
    """A source that may be due something: `worth` as of an instant, None with all that is known."""

    source: str
    moment: datetime
    shop: str
    version: Version
    worth: Worth
    waits: bool = False


def _always(points: int) -> Worth:
    return lambda _as_of: points


def sign_ups(world: World, member: str) -> Iterable[Earning]:
    """Once per member, at the earliest instant told."""
    if member in world.sign_ups:
        shop, said = world.sign_ups[member]
        version = world.version_at(instant(said["at"]))
        if version:
            points = sum(rule["points"] for rule in version.rules("sign_up"))
            yield Earning(f"sign_up:{member}", instant(said["at"]), shop, version, _always(points))


def _in_turn(facts: Iterable[tuple[str, Json]], member: str) -> list[tuple[str, Json, datetime]]:
    own = [(shop, said, instant(said["at"])) for shop, said in facts if said["member"] == member]
    return sorted(own, key=lambda fact: (fact[2], fact[1]["id"]))


def reviews(world: World, member: str) -> Iterable[Earning]:
    """Once per product, the earliest approved one of something bought; with a cooldown over all products."""
    earned: dict[str, datetime] = {}
    for shop, said, at in _in_turn(world.reviews.values(), member):
        version = world.version_at(at)
        rules = version.rules("review") if version else []
        if not version or not rules or not said.get("approved") or said["product"] in earned:
            continue
        cooldown = timedelta(hours=max(rule.get("cooldown_hours") or 0 for rule in rules))
        if _bought(world, member, said["product"], at) and not any(at - last < cooldown for last in earned.values()):
            earned[said["product"]] = at
            points = sum(rule["points"] for rule in rules)
            yield Earning(f"review:{said['id']}", at, shop, version, _always(points))


def _bought(world: World, member: str, product: str, at: datetime) -> bool:
    return any(
        order.paid_at and order.paid_at <= at and not (order.cancelled_at and order.cancelled_at <= at)
        for order in world.paid_orders(member)
        if any(line["product"] == product for line in order.said["lines"])
    )


def events(world: World, member: str) -> Iterable[Earning]:
    """Anything else a shop rewards; one that breaks a limit earns nothing and does not count."""
    earned: list[tuple[str, datetime, date]] = []
    for shop, said, at in _in_turn(world.events.values(), member):
        version, day = world.version_at(at), day_of(at, world.zones[shop])
        before = [(when, on) for name, when, on in earned if name == said["event"]]
        rules = [rule for rule in (version.rules("event") if version else []) if rule["event"] == said["event"]]
        rules = [rule for rule in rules if _within(rule, before, at, day)]
        if version and rules:
            earned.append((said["event"], at, day))
            points = sum(rule["points"] for rule in rules)
            yield Earning(f"event:{said['id']}", at, shop, version, _always(points))


def _within(rule: Json, before: list[tuple[datetime, date]], at: datetime, day: date) -> bool:
    per_day, total, cooldown = (rule.get(key) for key in ("max_per_day", "max_total", "cooldown_hours"))
    return (
        (per_day is None or sum(on == day for _, on in before) < per_day)
        and (total is None or len(before) < total)
        and (cooldown is None or all(at - when >= timedelta(hours=cooldown) for when, _ in before))
    )


def birthdays(world: World, member: str, now: datetime) -> Iterable[Earning]:
    """Once a year: the date told last until the first award, after it that date for ever."""
    told = sorted((at, shop, said) for (who, at), (shop, said) in world.birthdays.items() if who == member)
    locked: date | None = None
    for at, date_told in birthday_instants(world, member, now):
        if locked and date_told != locked:
            continue
        known = [(shop, date.fromisoformat(said["date"])) for when, shop, said in told if when <= at]
        version = world.version_at(at)
        rules = version.rules("birthday") if version else []
        if not version or not rules or not known or (locked is None and known[-1][1] != date_told):
            continue
        locked = date_told
        shop = next(shop for shop, day in reversed(known) if day == date_told)
        year = day_of(at, world.home_zone).year
        yield Earning(f"birthday:{member}:{year}", at, shop, version, _always(sum(rule["points"] for rule in rules)))


def birthday_instants(world: World, member: str, now: datetime) -> list[tuple[datetime, date]]:
    """Return the first instants until now of every day any told date of birth falls on, from the first telling on."""
    told = [(at, date.fromisoformat(said["date"])) for (who, at), (_, said) in world.birthdays.items() if who == member]
    if not told:
        return []
    first = min(at for at, _ in told)
    found = {
        (first_instant(kept_on(day.month, day.day, year), world.home_zone), day)
        for _, day in told
        for year in range(first.year - 1, now.year + 2)
    }
    return sorted((at, day) for at, day in found if first <= at <= now)


def referrals(world: World, member: str) -> Iterable[Earning]:
    """Due to both sides while the friend's first order has the minimum and was paid after the referral."""
    taken: set[str] = set()
    for said in sorted(world.referrals.values(), key=lambda said: (instant(said["at"]), said["id"])):
        at, friend = instant(said["at"]), said["friend"]
        version = world.version_at(at)
        if friend in taken:
            continue
        taken.add(friend)
        role = {said["advocate"]: "points", friend: "friend_points"}.get(member)
        for rule in version.rules("referral") if version and role else []:
            assert version
            assert role
            for order in (orders := Orders(world, friend)).all():
                if orders.rank(order) == 1 and order.paid_at and order.paid_at >= at:
                    least = minor(str(rule.get("min_amount", "0")), exponent(world.currencies[order.shop]))
                    worth = _while_worth(world, order.id, least, rule.get(role) or 0)
                    yield Earning(f"referral:{said['id']}", order.paid_at, order.shop, version, worth, waits=True)


def _while_worth(world: World, order: str, least: int, points: int) -> Worth:
    def worth(as_of: datetime | None) -> int:
        base = base_of(world, world.orders[order], as_of).total
        return points if base > 0 and base >= least else 0

    return worth


def all_of(world: World, member: str, now: datetime) -> list[Earning]:
    """Return every source of a member that is no order and no entry reward, due until now."""
    found = [*sign_ups(world, member), *reviews(world, member), *events(world, member)]
    found += [*birthdays(world, member, now), *referrals(world, member)]
    return found

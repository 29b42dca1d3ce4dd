"""What a version must satisfy before anybody is promised it, told as a list of everything that is wrong with it."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from app.loyalty.errors import LoyaltyError
from app.loyalty.hearing.profile import ProfileQuestion
from app.loyalty.hearing.surveys import Survey
from app.loyalty.money import AMOUNT_MAX
from app.loyalty.publishing import hearing_faults, profile_faults, segment_faults, social_faults
from app.loyalty.publishing.offering import Abilities, faults, missing
from app.loyalty.terms.ladder import Entry, Ladder, Level, WindowKind
from app.loyalty.terms.margin import Breach, breach
from app.loyalty.terms.programme import ExpiryFrom, Reward, Version
from app.loyalty.terms.rewards import Percentage, worth
from app.loyalty.terms.rules import AmountRule, DividendRule, EventRule

Path = tuple[str | int, ...]
ID_MAX: Final = 64
"""Ids are words of our own: no longer than this."""
DAYS_MAX: Final = 36_500
"""Nothing is counted in more days, or hours of such days, than a hundred years."""
_IDS: Final = frozenset({"id", "event", "touchpoint"})
_MAY_BE_EMPTY: Final = frozenset({(AmountRule, "id"), (EventRule, "id"), (Survey, "event"), (ProfileQuestion, "event")})
_AT_LEAST_ONE: Final = frozenset(
    {
        "basis_points", "budget", "code_days", "cooldown_hours", "days", "friends", "hold_at", "hours", "k", "limit",
        "limit_days", "max_per_day", "max_per_order", "max_total", "maximum_minor", "open_days", "per_minor",
        "per_points", "quiet_days", "repeats", "shown", "step", "year",
    }
)  # fmt: skip
"""Numbers that mean nothing at zero. No number of a programme is below it."""
_LEAP_YEAR: Final = 2024
_ORDERS_OF_NOBODY: Final = 3
_PERCENT_MAX: Final = 100
_WORD: Final = re.compile(r"[A-Za-z0-9_-]+")
"""What can stand in an address."""
_WHOLE: Final = 10_000
"""A whole, in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: where in the version (names and positions), a stable word, and the numbers that belong to it."""

    path: Path
    code: str
    numbers: Mapping[str, int | str] = field(default_factory=dict)


class UnsoundProgrammeError(LoyaltyError):
    """A version cannot be published, with everything that is wrong with it."""

    code = "UNSOUND_PROGRAMME"

    def __init__(self, version: Version, found: Sequence[Problem]) -> None:
        """``found`` are the problems of the version, one at least."""
        super().__init__(f"{self.code}: {', '.join(sorted({problem.code for problem in found}))}")
        self.version = version
        self.problems = tuple(found)

    def numbers(self) -> dict[str, int | str]:
        """Return how many problems there are."""
        return {"problems": len(self.problems)}


def problems(version: Version, shops: Sequence[Abilities] = ()) -> list[Problem]:
    """Return everything that keeps a version from being published, in the order of its parts; none where it is sound.

    ``shops`` are what the platforms of the programme's shops can give; none given, that is not looked at.
    """
    found = [
        *_numbers(version, ()),
        *_dates(version),
        *_dividends(version),
        *_twice_limited(version),
        *_rule_budgets(version),
        *(Problem(*fault) for fault in social_faults.faults(version)),
        *_campaigns(version),
        *(_ladder(version.tiers) if version.tiers is not None else ()),
        *_memberships(version),
        *_rewards(version, shops),
        *_friend(version, shops),
        *(Problem(*fault) for fault in hearing_faults.faults(version)),
        *(Problem(*fault) for fault in profile_faults.faults(version)),
        *_recommending(version),
        *_margins(version),
        *(Problem(path, code) for path, code in segment_faults.faults(version)),
        *_hooks(version),
    ]
    order = [each.name for each in dataclasses.fields(version)]
    return sorted(found, key=lambda problem: order.index(str(problem.path[0])))


def _numbers(value: object, path: Path) -> Iterator[Problem]:
    """Look at every number and id there is, whatever rule, reward or policy it belongs to."""
    if dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            held, place = getattr(value, each.name), (*path, each.name)
            if each.name in _IDS and isinstance(held, str) and (type(value), each.name) not in _MAY_BE_EMPTY:
                yield from _id(held, place)
            yield from _numbers(held, place)
    elif isinstance(value, Mapping):
        for name, held in value.items():
            yield from _numbers(held, (*path, name))
    elif isinstance(value, tuple):
        for number, held in enumerate(value):
            yield from _numbers(held, (*path, number))
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield from _number(value, path)


def _number(value: int | Decimal, path: Path) -> Iterator[Problem]:
    name = str(path[-1])
    least = 1 if name in _AT_LEAST_ONE else 0
    most = DAYS_MAX * (24 if name.endswith("hours") else 1) if name.endswith(("days", "hours")) else AMOUNT_MAX
    if value != value or value < least:  # noqa: PLR0124 - no number at all is no amount
        yield Problem(path, "TOO_SMALL", {"minimum": least})
    elif value > most:
        yield Problem(path, "TOO_LARGE", {"maximum": most})


def _id(held: str, path: Path) -> Iterator[Problem]:
    if not held.strip():
        yield Problem(path, "EMPTY")
    elif len(held) > ID_MAX:
        yield Problem(path, "TOO_LONG", {"maximum": ID_MAX})


def _dates(version: Version) -> Iterator[Problem]:
    """Points that end before their waiting is over could never be spent."""
    expiry = version.expiry
    if expiry is not None and expiry.counted_from is ExpiryFrom.FACT and expiry.days < version.pending_days:
        yield Problem(("expiry", "days"), "ENDS_WHILE_WAITING", {"minimum": version.pending_days})


def _dividends(version: Version) -> Iterator[Problem]:
    for number, rule in enumerate(version.earn):
        if isinstance(rule, DividendRule):
            try:
                date(_LEAP_YEAR, rule.month, rule.day)
            except ValueError:
                yield Problem(("earn", number, "day"), "NO_SUCH_DAY", {"month": rule.month, "day": rule.day})


def _twice_limited(version: Version) -> Iterator[Problem]:
    """Rules that count towards the same limit under one name would each take from it what the other gave."""
    names = [_limited_name(rule) for rule in version.earn]
    count = Counter(name for name in names if name is not None)
    for number, name in enumerate(names):
        if name is not None and count[name] > 1 and name in names[:number]:
            yield Problem(("earn", number, "id"), "LIMIT_SHARED", {"first": names.index(name)})


def _rule_budgets(version: Version) -> Iterator[Problem]:
    """Two rules with a budget of one name would each take what the other left; none at all is no budget."""
    seen: dict[str, int] = {}
    for number, rule in enumerate(version.earn):
        budget = getattr(rule, "budget", None)
        if budget is None:
            continue
        if budget.points < 1:
            yield Problem(("earn", number, "budget", "points"), "TOO_SMALL", {"minimum": 1})
        if seen.setdefault(budget.id, number) != number:
            yield Problem(("earn", number, "budget", "id"), "LIMIT_SHARED", {"first": seen[budget.id]})


def _limited_name(rule: object) -> tuple[str, ...] | None:
    if isinstance(rule, EventRule) and (rule.max_per_day or rule.max_total or rule.cooldown_hours):
        return (rule.rule, rule.event, rule.id)
    return (rule.rule, rule.id) if isinstance(rule, AmountRule) and rule.max_per_day else None


def _twice(name: str, ids: Sequence[str]) -> Iterator[Problem]:
    for number, each in enumerate(ids):
        if each in ids[:number]:
            yield Problem((name, number, "id"), "TWICE")


def _campaigns(version: Version) -> Iterator[Problem]:
    yield from _twice("campaigns", [campaign.id for campaign in version.campaigns])
    for number, campaign in enumerate(version.campaigns):
        path: Path = ("campaigns", number)
        if campaign.ends_at <= campaign.starts_at:
            yield Problem((*path, "ends_at"), "ENDS_BEFORE_IT_BEGINS")
        if min(campaign.multiplier) < 1:
            yield Problem((*path, "multiplier"), "TOO_SMALL", {"minimum": 1})


def _hooks(version: Version) -> Iterator[Problem]:
    yield from _twice("hooks", [hook.id for hook in version.hooks])
    for number, hook in enumerate(version.hooks):
        if hook.id and not _WORD.fullmatch(hook.id):
            yield Problem(("hooks", number, "id"), "NO_WORD")
        if not (hook.customer or hook.email):
            yield Problem(("hooks", number), "NAMES_NOBODY")


def _ladder(ladder: Ladder) -> Iterator[Problem]:
    if not ladder.levels:
        yield Problem(("tiers", "levels"), "EMPTY")
    if ladder.window.kind is WindowKind.ROLLING_MONTHS and ladder.window.months < 1:
        yield Problem(("tiers", "window", "months"), "TOO_SMALL", {"minimum": 1})
    below: Level | None = None
    known: set[str] = set()
    for number, level in enumerate(ladder.levels):
        path: Path = ("tiers", "levels", number)
        if level.id in known:
            yield Problem((*path, "id"), "TWICE")
        known.add(level.id)
        if level.entry is Entry.EARNED:
            if below is not None and not _above(level, below):
                yield Problem((*path, "threshold"), "NOT_ABOVE_THE_ONE_BELOW", {"below": ladder.position(below.id)})
            below = level
        times, by = level.multiplier
        if by < 1 or times < by:
            yield Problem((*path, "multiplier"), "EARNS_LESS_THAN_NO_TIER")


def _above(level: Level, below: Level) -> bool:
    """Say whether a level asks for more than the one below: by the threshold, or besides it."""
    return level.threshold > below.threshold or (level.threshold == below.threshold and level.also != below.also)


def _memberships(version: Version) -> Iterator[Problem]:
    levels = version.tiers.levels if version.tiers is not None else ()
    bought = {level.id for level in levels if level.entry is Entry.BOUGHT}
    for number, membership in enumerate(version.memberships):
        if membership.level not in bought:
            yield Problem(("memberships", number, "level"), "NO_BOUGHT_LEVEL")
        if not membership.products:
            yield Problem(("memberships", number, "products"), "EMPTY")


def _rewards(version: Version, shops: Sequence[Abilities]) -> Iterator[Problem]:
    for number, why in faults(version, shops):
        if why.endswith("_ZERO"):
            continue  # told already, with every other number
        yield Problem(("rewards", number), "CANNOT_OFFER", {"reward": version.rewards[number].id, "why": why})
    for number, reward in enumerate(version.rewards):
        if isinstance(reward.gives, Percentage) and reward.gives.basis_points > _WHOLE:
            yield Problem(("rewards", number, "gives", "basis_points"), "TOO_LARGE", {"maximum": _WHOLE})


def _friend(version: Version, shops: Sequence[Abilities]) -> Iterator[Problem]:
    friend = version.friend_reward
    if friend is None:
        return
    if isinstance(friend.gives, Percentage) and friend.gives.basis_points > _WHOLE:
        yield Problem(("friend_reward", "gives", "basis_points"), "TOO_LARGE", {"maximum": _WHOLE})
    if worth(friend.gives) == 0:
        yield Problem(("friend_reward", "gives", "value_minor"), "TOO_SMALL", {"minimum": 1})
    lacking = [missing(Reward("friend", 0, friend.gives), shop) for shop in shops]
    if lacking and all(lacking):
        yield Problem(("friend_reward", "gives"), "NO_SHOP_CAN", {"need": str(lacking[0])})


def _recommending(version: Version) -> Iterator[Problem]:
    """Counts of one or two orders would tell of somebody's own; durable goods of no description would be all."""
    terms = version.recommend
    if terms is None:
        return
    if 0 <= terms.together_orders < _ORDERS_OF_NOBODY:
        yield Problem(("recommend", "together_orders"), "TOO_SMALL", {"minimum": _ORDERS_OF_NOBODY})
    if terms.together_percent > _PERCENT_MAX:
        yield Problem(("recommend", "together_percent"), "TOO_LARGE", {"maximum": _PERCENT_MAX})
    if terms.durable is not None and terms.durable.everything:
        yield Problem(("recommend", "durable"), "EMPTY")


def _margins(version: Version) -> Iterator[Problem]:
    """No code may leave less of an order than the floor."""
    guard = version.margin
    if guard is None:
        return
    for number, each in enumerate(guard.some):
        if each.goods.everything:
            yield Problem(("margin", "some", number, "goods"), "EMPTY")
    if guard.room <= 0:
        yield Problem(("margin", "floor_basis_points"), "NO_ROOM")
        return
    for number, reward in enumerate(version.rewards):
        found = breach(reward.gives, reward.minimum_minor, guard, reward.variable, reward.maximum_minor)
        if found is not None:
            yield _breach(("rewards", number), found)
    friend = version.friend_reward
    if friend is not None and (found := breach(friend.gives, friend.minimum_minor, guard)) is not None:
        yield _breach(("friend_reward",), found)


def _breach(path: Path, found: Breach) -> Problem:
    if found.minimum_minor is not None:
        return Problem((*path, "minimum_minor"), "NEEDS_MINIMUM", {"minimum_minor": found.minimum_minor})
    if found.basis_points is not None:
        return Problem((*path, "gives"), "ABOVE_MARGIN", {"maximum": found.basis_points})
    return Problem((*path, "variable"), "NEEDS_MAXIMUM")

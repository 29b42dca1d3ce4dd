"""A member's level through time: every midnight, version start and fact, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

from tests.oracle.days import DAY, day_of, first_instant, months_before
from tests.oracle.facts import Json, Version, World
from tests.oracle.money import exponent, minor
from tests.oracle.orders import Orders
from tests.oracle.sources import Earning


class Phase(IntEnum):
    """What comes first in one instant."""

    MIDNIGHT = 0
    VERSION = 1
    FACT = 2


Place = tuple[datetime, Phase, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry reward: the level, its period, and the first instant that reached it."""

    level: str
    period: str
    moment: datetime
    version: Version
    points: int


@dataclass(slots=True)
class Climb:
    """A member's way up and down the ladders until now."""

    world: World
    orders: Orders
    others: list[Earning]
    now: datetime
    level: str | None = None
    grace: date | None = None
    _facts: list[tuple[Place, date]] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)

    def walk(self) -> str | None:
        """Go through all that happened, note the level before each order, and return the level now."""
        self._facts = [((e.moment, Phase.FACT, e.source), self._home_day(e.moment)) for e in self.others]
        self._facts += [(self._place(order.id), self.orders.day(order)) for order in self.orders.all()]  # type: ignore[misc]
        self._facts += [
            ((moment, Phase.FACT, source), self._home_day(moment))
            for member, source, moment, _ in self.world.given
            if member == self.orders.member
        ]
        self._places = self._turns()
        for place in self._places:
            at, phase, source = place
            version = self.world.version_at(at, before=phase is Phase.MIDNIGHT)
            if source.startswith("order:") and self._is_payment(place):
                self.orders.levels[source.removeprefix("order:")] = self.level
            self._step(place, version)
        return self.level

    def _is_payment(self, place: Place) -> bool:
        return any(place == fact for fact, _ in self._facts)

    def _home_day(self, at: datetime) -> date:
        return day_of(at, self.world.home_zone)

    def _place(self, order: str) -> Place:
        found = self.world.orders[order]
        assert found.paid_at
        return (found.paid_at, Phase.FACT, found.source)

    def _turns(self) -> list[Place]:
        """Return every instant at which a level can change, until now, in turn."""
        if not self.world.versions:
            return []
        places = {place for place, _ in self._facts}
        places |= {(version.starts_at, Phase.VERSION, "") for version in self.world.versions}
        places |= {(at, Phase.FACT, o.source) for o in self.orders.all() for at in o.turning_points}
        first = min(version.starts_at for version in self.world.versions)
        day = self._home_day(first)
        while (midnight := first_instant(day, self.world.home_zone)) <= self.now:
            if self._home_day(midnight) == day and midnight >= first:
                places.add((midnight, Phase.MIDNIGHT, ""))
            day += DAY
        return sorted(place for place in places if place[0] <= self.now)

    def _step(self, place: Place, version: Version | None) -> None:
        at, phase, _ = place
        ladder = version.ladder if version else None
        names = [step["id"] for step in ladder["levels"]] if ladder else []
        reached = self._reached(ladder, place, at) if ladder else 0
        if self.level is not None and self.level not in names:
            self.level, self.grace = (names[reached - 1] if reached else None), None
        held = names.index(self.level) + 1 if self.level else 0
        if reached > held:
            self.level, self.grace = names[reached - 1], None
        elif phase is Phase.MIDNIGHT and ladder:
            self._midnight(ladder, self._home_day(at), held, reached)

    def _midnight(self, ladder: Json, today: date, held: int, reached: int) -> None:
        if reached >= held:
            self.grace = None
            return
        self.grace = self.grace or today
        never = ladder.get("downgrade", "qualified") == "never"
        if never or (today - self.grace).days < ladder.get("grace_days", 0):
            return
        one_step = ladder.get("downgrade") == "one_step"
        held = held - 1 if one_step else reached
        self.level = ladder["levels"][held - 1]["id"] if held else None
        self.grace = today if reached < held else None

    def _reached(self, ladder: Json, place: Place, as_of: datetime | None) -> int:
        """Return how many levels the activity reaches, its facts until a place, valued as of an instant."""
        activity = self._activity(ladder, place, as_of)
        return sum(activity >= self.threshold(ladder, step) for step in ladder["levels"])

    def threshold(self, ladder: Json, step: Json) -> int:
        """Return a threshold in the smallest steps of what is measured."""
        if ladder["measure"] == "spend":
            return minor(str(step["threshold"]), exponent(self.world.currencies[self.world.home]))
        return int(step["threshold"])

    def _activity(self, ladder: Json, place: Place, as_of: datetime | None) -> int:
        today, measure = self._home_day(place[0]), ladder["measure"]
        inside = [fact for fact, day in self._facts if fact <= place and _in_window(ladder["window"], day, today)]
        return sum(self._worth(fact, measure, as_of) for fact in inside)

    def _worth(self, fact: Place, measure: str, as_of: datetime | None) -> int:
        at, _, source = fact
        if source.startswith("order:"):
            return self.orders.worth(self.world.orders[source.removeprefix("order:")], measure, as_of)
        if measure != "points":
            return 0
        given = [amount for who, name, _, amount in self.world.given if (who, name) == (self.orders.member, source)]
        return sum(given) + sum(e.worth(as_of) for e in self.others if (e.source, e.moment) == (source, at))

    def entries(self) -> Iterator[Entry]:
        """Return the entry rewards, by what is known now. The walk comes first."""
        found: set[tuple[str, str]] = set()
        for place in self._places:
            at = place[0]
            version = self.world.version_at(at)
            ladder = version.ladder if version else None
            if not version or not ladder or not self._is_check(place, ladder):
                continue
            lifetime = ladder["window"]["kind"] == "lifetime"
            period = "lifetime" if lifetime else str(self._home_day(at).year)
            for step in ladder["levels"][: self._reached(ladder, place, None)]:
                if (step["id"], period) not in found:
                    found.add((step["id"], period))
                    yield Entry(step["id"], period, at, version, step.get("entry_reward") or 0)

    def _is_check(self, place: Place, ladder: Json) -> bool:
        """Say whether entry rewards are asked for here: a payment, a version start, or by points a fact that counts."""
        _, phase, source = place
        if phase is not Phase.FACT:
            return phase is Phase.VERSION
        if source.startswith("order:"):
            return self._is_payment(place)
        return ladder["measure"] == "points" and self._worth(place, "points", None) != 0


def _in_window(window: Json, day: date, today: date) -> bool:
    if window["kind"] == "calendar_year":
        return day.year == today.year
    if window["kind"] == "rolling_months":
        return months_before(today, window["months"]) < day <= today
    return True

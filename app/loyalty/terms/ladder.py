"""A ladder of tiers: what it measures over which window, its levels, and how a member falls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Measure(StrEnum):
    """What a ladder measures."""

    SPEND = "spend"
    POINTS = "points"
    ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Worth:
    """An activity by each measure: minor units spent, points due, orders that count."""

    spend: int = 0
    points: int = 0
    orders: int = 0

    def by(self, measure: Measure) -> int:
        """Return the value by one measure."""
        if measure is Measure.SPEND:
            return self.spend
        return self.points if measure is Measure.POINTS else self.orders


class WindowKind(StrEnum):
    """The period over which activity is added up."""

    LIFETIME = "lifetime"
    CALENDAR_YEAR = "calendar_year"
    ROLLING_MONTHS = "rolling_months"
    ANNIVERSARY = "anniversary"
    """A year of the member's own, from the day of joining; the calendar's for who never signed up."""


class Downgrade(StrEnum):
    """How a member falls when a level is no longer reached."""

    QUALIFIED = "qualified"
    ONE_STEP = "one_step"
    NEVER = "never"


class Entry(StrEnum):
    """How a level is come by: by activity, by the merchant's invitation, or bought as a product of the store."""

    EARNED = "earned"
    INVITED = "invited"
    BOUGHT = "bought"


class Mix(StrEnum):
    """Whether a level that asks for several measures wants all of them, or any."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Window:
    """The qualifying period; ``months`` only for rolling months."""

    kind: WindowKind = WindowKind.LIFETIME
    months: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder, reached at ``threshold`` or more (minor units for spend, else whole numbers).

    ``also`` asks for other measures besides. Levels that are not earned have no threshold; ``hidden`` ones are shown to
    nobody but their members. ``yearly_reward`` is for who holds the level as a calendar year begins, ``entry_reward``
    for coming up to it, or for each membership bought.
    """

    id: str
    threshold: int
    multiplier: tuple[int, int] = (1, 1)
    entry_reward: int = 0
    name: str = ""
    also: Mapping[Measure, int] = field(default_factory=dict)
    entry: Entry = Entry.EARNED
    hidden: bool = False
    yearly_reward: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels, lowest first, with how they are reached and lost.

    A level that was risen to is kept for ``hold_days`` at least; falling begins with ``grace_days`` of notice.
    """

    measure: Measure
    levels: tuple[Level, ...]
    window: Window = field(default_factory=Window)
    grace_days: int = 0
    downgrade: Downgrade = Downgrade.QUALIFIED
    hold_days: int = 0
    mix: Mix = Mix.ALL

    def position(self, level_id: str | None) -> int:
        """Return the index of a level, -1 for none or unknown."""
        for index, level in enumerate(self.levels):
            if level.id == level_id:
                return index
        return -1

    def reached(self, activity: Worth) -> int:
        """Return the index of the highest level that is earned by this activity, -1 for none."""
        index = -1
        for position, level in enumerate(self.levels):
            if level.entry is Entry.EARNED and self._enough(level, activity):
                index = position
        return index

    def _enough(self, level: Level, activity: Worth) -> bool:
        enough = activity.by(self.measure) >= level.threshold
        if not level.also:
            return enough
        others = [activity.by(measure) >= least for measure, least in level.also.items()]
        return enough and all(others) if self.mix is Mix.ALL else enough or any(others)

    def below(self, position: int) -> int:
        """Return the index of the next lower level that is earned, -1 for none."""
        earned = [index for index in range(position) if self.levels[index].entry is Entry.EARNED]
        return earned[-1] if earned else -1

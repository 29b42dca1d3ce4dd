"""What every source of a member is due now, from all facts known, with the dates its lot would have."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.oracle.facts import Version, World
from tests.oracle.orders import Orders
from tests.oracle.sources import all_of
from tests.oracle.tiers import Climb


@dataclass(frozen=True, slots=True)
class Due:
    """What a source deserves, by the version of its own time."""

    source: str
    amount: int
    moment: datetime
    shop: str
    version: Version
    waits: bool

    def dates(self, world: World) -> tuple[datetime, datetime | None]:
        """Return when a lot opened for it is released and expires."""
        release_at = self.moment + (self.version.waiting if self.waits else timedelta())
        return release_at, self.version.expiry(self.moment, release_at, world.zones[self.shop])


@dataclass(frozen=True, slots=True)
class Judgement:
    """A member's level now, and what every source is due."""

    level: str | None
    dues: dict[str, Due]


def judge(world: World, member: str, now: datetime) -> Judgement:
    """Return what all facts known now make of a member."""
    orders, others = Orders(world, member), all_of(world, member, now)
    climb = Climb(world, orders, others, now)
    level = climb.walk()
    found = []
    for order in orders.all():
        version = world.version_at(order.placed_at)
        if version and order.paid_at:
            due = orders.due(order, None)
            found.append(Due(order.source, due, order.paid_at, order.shop, version, waits=True))
    found += [Due(one.source, one.worth(None), one.moment, one.shop, one.version, one.waits) for one in others]
    for entry in climb.entries():
        source = f"tier:{member}:{entry.level}:{entry.period}"
        found.append(Due(source, entry.points, entry.moment, world.home, entry.version, waits=True))
    return Judgement(level, {due.source: due for due in found if due.amount > 0})

"""Entry rewards: a level's is due once per period in which activity, valued with all that is known, reaches it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.loyalty.activity import Activity, Worth
from app.loyalty.days import local_day
from app.loyalty.dues import Due
from app.loyalty.ledger import Source
from app.loyalty.programme import Ladder, Measure, Programme, Version, WindowKind


@dataclass(frozen=True, slots=True)
class DatedWorth:
    """What a fact is worth now, at its own instant, in the bucket of its day."""

    at: datetime
    source: Source
    day: date
    worth: Worth
    is_order: bool = False


def _period(ladder: Ladder, today: date) -> str:
    return "lifetime" if ladder.window.kind is WindowKind.LIFETIME else str(today.year)


def _instants(
    programme: Programme, worths: Sequence[DatedWorth], as_of: datetime
) -> Iterator[tuple[datetime, DatedWorth | None]]:
    """Return version starts and facts in order of time, at one instant the version start first, facts by source."""
    entries: list[tuple[datetime, int, Source, DatedWorth | None]] = [
        (version.starts_at, 0, Source(""), None) for version in programme.versions if version.starts_at <= as_of
    ]
    entries += [(worth.at, 1, worth.source, worth) for worth in worths]
    for at, _, _, worth in sorted(entries, key=lambda entry: entry[:3]):
        yield at, worth


def entry_dues(member: str, programme: Programme, worths: Sequence[DatedWorth], as_of: datetime) -> Iterator[Due]:
    """Return the entry rewards due.

    One falls due at the first order's payment, version start or (by points) other fact of a period at which
    a level is reached, whether it was risen to or is held already (cases FORMAT section 9).
    """
    activity = Activity()
    settled: set[tuple[str, str]] = set()
    for at, worth in _instants(programme, worths, as_of):
        if worth is not None:
            activity.put(worth.source.text(), worth.day, worth.worth)
        version = programme.version_at(at)
        ladder = version.tiers if version else None
        if version is None or ladder is None:
            continue
        if worth is not None and not worth.is_order and ladder.measure is not Measure.POINTS:
            continue
        today = local_day(at, programme.home.zone)
        period = _period(ladder, today)
        for level in ladder.levels[: ladder.reached(activity.total(ladder, today)) + 1]:
            if (level.id, period) not in settled:
                settled.add((level.id, period))
                yield _entry_due(member, programme.home.id, version, (level.id, period), level.entry_reward, at)


def _entry_due(member: str, shop: str, version: Version, reached: tuple[str, str], amount: int, at: datetime) -> Due:
    level, period = reached
    source = Source(f"tier:{member}:{level}:{period}")
    breakdown = ({"rule": "tier_entry", "tier": level, "period": period, "amount": amount},)
    return Due(source, shop, amount, at, version, waits=True, tier=level, breakdown=breakdown)

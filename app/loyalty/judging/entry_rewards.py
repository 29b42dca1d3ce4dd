"""Entry rewards: a level's is due once per period in which activity, valued with all that is known, reaches it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.loyalty.days import local_day
from app.loyalty.judging.activity import Activity
from app.loyalty.judging.dues import Due
from app.loyalty.judging.windows import period
from app.loyalty.ledger.postings import Source
from app.loyalty.terms.ladder import Entry, Ladder, Level, Measure, Worth
from app.loyalty.terms.programme import Programme, Version


@dataclass(frozen=True, slots=True)
class DatedWorth:
    """What a fact is worth now, at its own instant, in the bucket of its day."""

    at: datetime
    source: Source
    day: date
    worth: Worth
    is_order: bool = False


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


def entry_dues(
    member: str, programme: Programme, worths: Sequence[DatedWorth], joined: date | None, as_of: datetime
) -> Iterator[Due]:
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
        within = period(ladder.window, today, joined)
        for level in _levels_up_to(ladder, ladder.reached(activity.total(ladder, today, joined))):
            if (level.id, within) not in settled:
                settled.add((level.id, within))
                yield _entry_due(member, programme.home.id, version, (level.id, within), level.entry_reward, at)


def _levels_up_to(ladder: Ladder, position: int) -> Iterator[Level]:
    return (level for level in ladder.levels[: position + 1] if level.entry is Entry.EARNED)


def _entry_due(member: str, shop: str, version: Version, reached: tuple[str, str], amount: int, at: datetime) -> Due:
    level, period = reached
    source = Source(f"tier:{member}:{level}:{period}")
    breakdown = ({"rule": "tier_entry", "tier": level, "period": period, "amount": amount},)
    return Due(source, shop, amount, at, version, waits=True, tier=level, breakdown=breakdown)


def yearly_reward_dues(member: str, programme: Programme, new_years: Sequence[tuple[datetime, str]]) -> Iterator[Due]:
    """Return what levels held as a calendar year began deserve, by the version of that instant."""
    for at, level_id in new_years:
        version = programme.version_at(at)
        ladder = version.tiers if version else None
        level = ladder.levels[ladder.position(level_id)] if ladder and ladder.position(level_id) >= 0 else None
        if level is not None and level.yearly_reward:
            year = str(local_day(at, programme.home.zone).year)
            breakdown = ({"rule": "tier_year", "tier": level.id, "period": year, "amount": level.yearly_reward},)
            yield Due(
                Source(f"tier_year:{member}:{level.id}:{year}"), programme.home.id, level.yearly_reward, at, version,
                tier=level.id, breakdown=breakdown,
            )  # fmt: skip

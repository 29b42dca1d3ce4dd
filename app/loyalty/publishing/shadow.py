"""A shadow run: what a version would do to members and orders, judged in the head and posted nowhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.loyalty.days import DAY, day_start, local_day
from app.loyalty.judging.earning import judge
from app.loyalty.ledger.postings import Source
from app.loyalty.members.budgets import Purse
from app.loyalty.members.history import History
from app.loyalty.terms.programme import Programme, Version, in_order


@dataclass(frozen=True, slots=True)
class Move:
    """A member who would be on another tier: from, to, and at which instant they part, if nothing more is bought."""

    member: str
    before: str | None
    after: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a version would mean for one member.

    ``entry_points`` are what reaching its levels pays at once; ``lost_points`` what earlier facts would then deserve
    less than they do, which is 0 for as long as every source is judged by the version of its own time.
    """

    move: Move | None
    entry_points: int
    lost_points: int


@dataclass(frozen=True, slots=True)
class Compared:
    """An order: what it is due by the programme as it is, and what it would be had the version been in force."""

    source: Source
    paid_at: datetime
    is_due: int
    would_be_due: int


def with_version(programme: Programme, version: Version) -> Programme:
    """Return the programme as it would be with one more version published."""
    number = max((each.number for each in programme.versions), default=0) + 1
    return replace(programme, versions=in_order([*programme.versions, replace(version, number=number)]))


def always(programme: Programme, version: Version) -> Programme:
    """Return the programme as it would be had this version held since the first began."""
    versions = [replace(version, starts_at=each.starts_at, number=each.number) for each in programme.versions]
    return replace(programme, versions=tuple(versions) or (version,))


def outlook(history: History, programme: Programme, version: Version) -> Outlook:
    """Compare a member's standing with and without the version, from its start until its grace would be over."""
    with_it = with_version(programme, version)
    start = version.starts_at
    without, within = judge(history, programme, start), judge(history, with_it, start)
    lost = sum(
        max(0, due.amount - (within.dues[source].amount if source in within.dues else 0))
        for source, due in without.dues.items()
    )
    gained = sum(
        due.amount
        for source, due in within.dues.items()
        if source.name.startswith("tier:") and source not in without.dues
    )
    before, after = without.standing.level, within.standing.level
    if before != after:
        return Outlook(Move(history.member, before, after, start), gained, lost)
    return Outlook(_later_move(history, programme, with_it, version), gained, lost)


def _later_move(history: History, programme: Programme, with_it: Programme, version: Version) -> Move | None:
    for at in _later(programme, version):
        before = judge(history, programme, at).standing.level
        after = judge(history, with_it, at).standing.level
        if before != after:
            return Move(history.member, before, after, at)
    return None


def _later(programme: Programme, version: Version) -> Iterator[datetime]:
    """Return when members may part after the start: at the next midnight, and at the one when grace ends."""
    zone = programme.home.zone
    tomorrow = local_day(version.starts_at, zone) + DAY
    yield day_start(tomorrow, zone)
    if version.tiers is not None and version.tiers.grace_days:
        yield day_start(tomorrow + timedelta(days=version.tiers.grace_days), zone)


def compared(history: History, programme: Programme, version: Version, as_of: datetime) -> Mapping[Source, Compared]:
    """Return a member's orders, each with what it is due and what it would be had the version always been in force."""
    purse = Purse(history.grants, endless=True)
    real, other = judge(history, programme, as_of), judge(history, always(programme, version), as_of, purse)
    return {
        source: Compared(source, due.moment, due.amount, other.dues[source].amount if source in other.dues else 0)
        for source, due in real.dues.items()
        if source.name.startswith("order:")
    }

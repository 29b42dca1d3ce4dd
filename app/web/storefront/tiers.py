"""A member's place on the ladder as shoppers see it: how far the next level is, and until when this one is kept."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from app.db.places import Place
from app.db.storefront import Deserved
from app.db.tables import MemberRow
from app.loyalty.days import DAY, day_start, leaves_rolling_window, local_day
from app.loyalty.judging.windows import span
from app.loyalty.terms.ladder import Downgrade, Entry, Ladder, Level, Measure, Mix, WindowKind
from app.web.storefront import shapes
from app.web.storefront.texts import local


def public(place: Place, terms: Ladder) -> shapes.Ladder:
    """Return the ladder that anybody may see: hidden levels are not on it."""
    rolling = terms.window.kind is WindowKind.ROLLING_MONTHS
    return shapes.Ladder(
        measure=terms.measure.value,
        window=shapes.Window(kind=terms.window.kind.value, months=terms.window.months if rolling else None),
        grace_days=terms.grace_days,
        levels=[_level(place, level) for level in terms.levels if not level.hidden],
        hold_days=terms.hold_days,
        mix=terms.mix.value,
    )


def _level(place: Place, level: Level) -> shapes.Level:
    return shapes.Level(
        id=level.id,
        name=local(place, level.name),
        threshold=level.threshold,
        multiplier=level.multiplier,
        entry_reward=level.entry_reward,
        benefits=[],
        entry=level.entry.value,
        also={measure.value: least for measure, least in level.also.items()},
        yearly_reward=level.yearly_reward,
    )


def standing(
    place: Place, row: MemberRow, ladder: Ladder, deserved: Sequence[Deserved], now: datetime
) -> shapes.MemberTier:
    """Return the tier of the contract. The home shop's zone cuts the days; the way up leads to no hidden level."""
    position, zone = ladder.position(row.tier), place.home_zone
    ahead = (each for each in ladder.levels[position + 1 :] if each.entry is Entry.EARNED and not each.hidden)
    higher = next(ahead, None)
    return shapes.MemberTier(
        id=row.tier if position >= 0 else None,
        since=row.tier_since if position >= 0 else None,
        until=_until(row, ladder, deserved, zone, now) if may_end(row, ladder) else None,
        lost=None,
        progress=shapes.Progress(
            value=max(0, row.activity),
            threshold=higher.threshold if higher else None,
            next=higher.id if higher else None,
        ),
        level=_level(place, ladder.levels[position]) if position >= 0 else None,
    )


def may_end(row: MemberRow, ladder: Ladder) -> bool:
    """Say whether a level can be lost by the passing of time at all."""
    position = ladder.position(row.tier)
    if position >= 0 and ladder.levels[position].entry is not Entry.EARNED:
        return row.held_until is not None
    return (
        position >= 0
        and ladder.downgrade is not Downgrade.NEVER
        and ladder.window.kind is not WindowKind.LIFETIME
        and _asks(ladder, ladder.levels[position])
    )


def _asks(ladder: Ladder, level: Level) -> bool:
    """Say whether a level asks for anything that can be lost: with any measure enough, one of nothing is never lost."""
    asked = (level.threshold, *level.also.values())
    return any(asked) if ladder.mix is Mix.ALL else all(asked)


def depends_on_facts(row: MemberRow, ladder: Ladder) -> bool:
    """Say whether the end of a level follows from single facts leaving the window one by one."""
    return (
        may_end(row, ladder)
        and row.grace_ends is None
        and row.held_until is None
        and ladder.window.kind is WindowKind.ROLLING_MONTHS
    )


def _until(row: MemberRow, ladder: Ladder, deserved: Sequence[Deserved], zone: str, now: datetime) -> datetime:
    """Return until when a level is kept at least, if nothing more is bought and nothing comes back."""
    if row.held_until is not None:
        return row.held_until
    if row.grace_ends is not None:
        return day_start(row.grace_ends, zone)
    today = local_day(now, zone)
    joined = local_day(row.joined_at, zone) if row.joined_at is not None else None
    below = span(ladder.window, today, joined)[1] + DAY
    if ladder.window.kind is WindowKind.ROLLING_MONTHS:
        below = _leaves_level(ladder, ladder.levels[ladder.position(row.tier)], deserved, zone, today)
    if row.tier_since is not None:
        below = max(below, local_day(row.tier_since, zone) + timedelta(days=ladder.hold_days))
    return day_start(below + timedelta(days=ladder.grace_days), zone)


def _leaves_level(ladder: Ladder, level: Level, deserved: Sequence[Deserved], zone: str, today: date) -> date:
    """Return the first day on which what is left in the window does not suffice, by all the level asks for."""
    asked = {ladder.measure: level.threshold, **level.also}
    days = [
        _falls_below(_worths(measure, deserved, zone), least, ladder.window.months, today)
        for measure, least in asked.items()
        if least
    ]
    return min(days) if ladder.mix is Mix.ALL else max(days)


def _worths(measure: Measure, deserved: Iterable[Deserved], zone: str) -> list[tuple[date, int]]:
    """Return what each fact adds to activity in its day's bucket."""
    worths = []
    for one in deserved:
        is_order = one.source.startswith("order:")
        if measure is Measure.POINTS:
            value = 0 if one.source.startswith("tier:") else one.due
        elif measure is Measure.SPEND:
            value = (one.base_minor or 0) if is_order else 0
        else:
            value = int(is_order and (one.base_minor or 0) > 0)
        worths.append((local_day(one.moment, zone), value))
    return worths


def _falls_below(worths: Iterable[tuple[date, int]], threshold: int, months: int, today: date) -> date:
    """Return the first day on which what is left in the window is less than the threshold; tomorrow at the earliest."""
    leaving = sorted((leaves_rolling_window(day, months), value) for day, value in worths if value > 0)
    left = sum(value for leaves, value in leaving if leaves > today)
    for leaves, value in leaving:
        if leaves > today:
            left -= value
            if left < threshold:
                return leaves
    return today + timedelta(days=1)

"""Days of the calendar: birthdays and anniversaries of joining, in the home shop's zone, and when dividends are due."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.loyalty.days import day_start, kept_on, local_day
from app.loyalty.judging.dividends import dividend_days
from app.loyalty.judging.dues import Due
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import History, MemberBirthday
from app.loyalty.terms.programme import Programme, Version
from app.loyalty.terms.rules import AnniversaryRule, BirthdayRule, DividendRule, anniversary, birthday


def yearly_dues(history: History, programme: Programme, as_of: datetime) -> Iterator[Due]:
    """Return what birthdays and anniversaries deserve that came by ``as_of``; one that deserves nothing is left out."""
    yield from _birthday_dues(history, programme, as_of)
    yield from _anniversary_dues(history, programme, as_of)


def has_yearly(programme: Programme) -> bool:
    """Say whether any version pays on a day that the calendar brings."""
    kinds = BirthdayRule | AnniversaryRule | DividendRule
    return any(isinstance(rule, kinds) for version in programme.versions for rule in version.earn)


def next_yearly(history: History, programme: Programme, after: datetime) -> datetime | None:
    """Return the next instant after ``after`` at which such a day may bring something, None for never."""
    if not has_yearly(programme):
        return None
    zone = programme.home.zone
    dates = [(told.month, told.day) for told in history.birthdays]
    if history.sign_up is not None:
        joined = local_day(history.sign_up.at, zone)
        dates.append((joined.month, joined.day))
    year = local_day(after, zone).year
    coming = [day_start(kept_on(year + ahead, *each), zone) for each in dates for ahead in (0, 1)]
    coming.extend(dividend_days(history, programme))
    return min((instant for instant in coming if instant > after), default=None)


def _birthday_dues(history: History, programme: Programme, as_of: datetime) -> Iterator[Due]:
    """Return one award a year: by the date told last at or before its instant, until the first award locks the date."""
    told = sorted(history.birthdays, key=lambda each: (each.told_at, each.month, each.day))
    zone = programme.home.zone
    if not told:
        return
    locked: MemberBirthday | None = None
    # A date told in the last days of a year may be in force in a zone where the next has begun, and the other way.
    for year in range(local_day(told[0].told_at, zone).year, local_day(as_of, zone).year + 1):
        for instant, each in _in_year(year, [locked] if locked else told, zone):
            if instant > as_of:
                break
            version = programme.version_at(instant, each.shop)
            points = sum(birthday.earn(rule) for rule in version.rules_of(BirthdayRule)) if version else 0
            if version is not None and points:
                locked = each
                source = Source(f"birthday:{history.member}:{year}")
                yield _due(source, each.shop, version, points, instant)
                break


def _in_year(year: int, told: Sequence[MemberBirthday], zone: str) -> list[tuple[datetime, MemberBirthday]]:
    """Return the birthdays of a year, each where its date is the one in force, in order of time."""
    found = []
    for position, each in enumerate(told):
        instant = day_start(kept_on(year, each.month, each.day), zone)
        overtaken = position + 1 < len(told) and told[position + 1].told_at <= instant
        if each.told_at <= instant and not overtaken:
            found.append((instant, each))
    return sorted(found, key=lambda entry: entry[0])


def _anniversary_dues(history: History, programme: Programme, as_of: datetime) -> Iterator[Due]:
    joined = history.sign_up
    if joined is None or not any(version.rules_of(AnniversaryRule) for version in programme.versions):
        return
    zone = programme.home.zone
    first, today = local_day(joined.at, zone), local_day(as_of, zone)
    for year in range(first.year + 1, today.year + 1):
        instant = day_start(kept_on(year, first.month, first.day), zone)
        if instant > as_of:
            return
        version = programme.version_at(instant, joined.shop)
        rules = version.rules_of(AnniversaryRule) if version else ()
        points = sum(anniversary.earn(rule, year - first.year) for rule in rules)
        if version is not None and points:
            source = Source(f"anniversary:{history.member}:{year - first.year}")
            yield _due(source, joined.shop, version, points, instant)


def _due(source: Source, shop: str, version: Version, points: int, instant: datetime) -> Due:
    kind = source.name.partition(":")[0]
    return Due(source, shop, points, instant, version, breakdown=({"rule": kind, "amount": points},))

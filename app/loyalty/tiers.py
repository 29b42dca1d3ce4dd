"""Climbing and falling.

The tier as a fold over dated facts, version starts and local midnights (cases FORMAT section 9).
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.loyalty.activity import Activity, Worth
from app.loyalty.days import DAY, day_start, leaves_rolling_window, local_day
from app.loyalty.programme import Downgrade, Ladder, Programme, Window, WindowKind


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place on the ladder. ``activity`` in the measure's steps; ``grace_ends`` the local day of falling."""

    level: str | None = None
    since: datetime | None = None
    grace_ends: date | None = None
    activity: int = 0
    next_check: datetime | None = None


@dataclass(slots=True)
class Climb:
    """The fold.

    Feed it facts and version starts in order of time; it inserts the midnights at which something can change.
    """

    programme: Programme
    activity: Activity = field(default_factory=Activity)
    level: str | None = None
    since: datetime | None = None
    grace_since: date | None = None
    _midnights: list[date] = field(default_factory=list)
    _planned: set[date] = field(default_factory=set)

    @property
    def zone(self) -> str:
        """Return the zone that cuts days: the home shop's."""
        return self.programme.home.zone

    def ladder_at(self, instant: datetime) -> Ladder | None:
        """Return the ladder in force."""
        version = self.programme.version_at(instant)
        return version.tiers if version else None

    def _plan(self, day: date) -> None:
        if day not in self._planned:
            self._planned.add(day)
            heapq.heappush(self._midnights, day)

    def run_midnights(self, until: datetime) -> None:
        """Live through every planned local midnight up to an instant, that instant included."""
        while self._midnights and day_start(self._midnights[0], self.zone) <= until:
            self._next_midnight()

    def _next_midnight(self) -> None:
        today = heapq.heappop(self._midnights)
        self._planned.discard(today)
        self._midnight(today, day_start(today, self.zone))

    def _midnight(self, today: date, instant: datetime) -> None:
        # A version that starts at this very instant comes after the midnight.
        ladder = self.ladder_at(instant - timedelta.resolution)
        if ladder is None:
            return
        reached = ladder.reached(self.activity.total(ladder, today))
        held = ladder.position(self.level)
        if reached > held:
            self._move(ladder, reached, instant)
        elif reached == held:
            self.grace_since = None
        else:
            self._below(ladder, held, reached, today, instant)

    def _below(self, ladder: Ladder, held: int, reached: int, today: date, instant: datetime) -> None:
        if self.grace_since is None:
            self.grace_since = today
        ends = self.grace_since + timedelta(days=ladder.grace_days)
        if today < ends:
            self._plan(ends)
            return
        if ladder.downgrade is Downgrade.NEVER:
            return
        if ladder.downgrade is Downgrade.QUALIFIED:
            self._move(ladder, reached, instant)
            return
        self._move(ladder, held - 1, instant)
        if held - 1 > reached:
            self.grace_since = today
            self._plan(today + timedelta(days=max(1, ladder.grace_days)))

    def _move(self, ladder: Ladder, position: int, instant: datetime) -> None:
        self.level = ladder.levels[position].id if position >= 0 else None
        self.since = instant
        self.grace_since = None

    def _rise(self, ladder: Ladder, instant: datetime) -> None:
        reached = ladder.reached(self.activity.total(ladder, local_day(instant, self.zone)))
        if reached > ladder.position(self.level):
            self._move(ladder, reached, instant)

    def version_starts(self, instant: datetime) -> None:
        """A version begins: a level it no longer has is replaced by the one reached, and members may rise."""
        ladder = self.ladder_at(instant)
        if ladder is None:
            if self.level is not None:
                self.level, self.since, self.grace_since = None, instant, None
            return
        if self.level is not None and ladder.position(self.level) < 0:
            self._move(ladder, ladder.reached(self.activity.total(ladder, local_day(instant, self.zone))), instant)
        else:
            self._rise(ladder, instant)
        self._plan(local_day(instant, self.zone) + DAY)

    def put(self, name: str, day: date, worth: Worth, instant: datetime) -> None:
        """A fact is worth this from an instant on, in the bucket of its day; rising is asked by ``rise``."""
        self.activity.put(name, day, worth)
        today = local_day(instant, self.zone)
        self._plan(today + DAY)
        # Days that are over are not lived through again: what a late refund changes, it changes from now on.
        for changed in {day, *self._days_of_leaving(day)}:
            if changed > today:
                self._plan(changed)

    def put_less(self, name: str, day: date, worth: Worth, instant: datetime) -> None:
        """A refund or cancellation leaves this of a fact: whatever is asked at that same instant sees it already."""
        while self._midnights and day_start(self._midnights[0], self.zone) < instant:
            self._next_midnight()
        self.put(name, day, worth, instant)
        today = local_day(instant, self.zone)
        if day_start(today, self.zone) == instant:
            self._plan(today)

    def _days_of_leaving(self, day: date) -> Iterator[date]:
        for version in self.programme.versions:
            window = version.tiers.window if version.tiers is not None else Window()
            if window.kind is WindowKind.CALENDAR_YEAR:
                yield date(day.year + 1, 1, 1)
            elif window.kind is WindowKind.ROLLING_MONTHS:
                yield leaves_rolling_window(day, window.months)

    def rise(self, instant: datetime) -> None:
        """Ask at a fact whether the member goes up; over several levels if need be."""
        ladder = self.ladder_at(instant)
        if ladder is not None:
            self._rise(ladder, instant)

    def standing(self, now: datetime) -> Standing:
        """Return the standing after everything up to ``now``."""
        self.run_midnights(now)
        ladder = self.ladder_at(now)
        next_check = day_start(self._midnights[0], self.zone) if self._midnights else None
        if ladder is None:
            return Standing(next_check=next_check)
        ends = self.grace_since + timedelta(days=ladder.grace_days) if self.grace_since is not None else None
        activity = self.activity.total(ladder, local_day(now, self.zone))
        return Standing(self.level, self.since, ends, activity, next_check)

"""Climbing and falling.

The tier as a fold over dated facts, version starts and local midnights (cases FORMAT section 9).
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.loyalty.days import DAY, day_start, local_day
from app.loyalty.judging.activity import Activity
from app.loyalty.judging.entitlements import Entitlement
from app.loyalty.judging.windows import leaves
from app.loyalty.terms.ladder import Downgrade, Ladder, Window, Worth
from app.loyalty.terms.programme import Programme


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place on the ladder. ``activity`` in the measure's steps; ``grace_ends`` the local day of falling.

    ``held_until`` is the instant at which a level held by right ends, grace included.
    """

    level: str | None = None
    since: datetime | None = None
    grace_ends: date | None = None
    activity: int = 0
    next_check: datetime | None = None
    held_until: datetime | None = None


@dataclass(slots=True)
class Climb:
    """The fold.

    Feed it facts and version starts in order of time; it inserts the midnights at which something can change. What is
    ``entitled`` stands beside the level that was earned; the higher of them counts. ``new_years`` are the levels held
    as calendar years began, kept where a version rewards that.
    """

    programme: Programme
    entitled: tuple[Entitlement, ...] = ()
    joined: date | None = None
    new_years: list[tuple[datetime, str]] = field(default_factory=list)
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

    def _by_right(self, ladder: Ladder | None, instant: datetime) -> Entitlement | None:
        """Return the highest level held by right at an instant, if it is higher than the one earned."""
        if ladder is None or not self.entitled:
            return None
        held = [each for each in self.entitled if each.holds(instant) and ladder.position(each.level) >= 0]
        best = max(held, key=lambda each: ladder.position(each.level), default=None)
        return best if best is not None and ladder.position(best.level) > ladder.position(self.level) else None

    def level_at(self, instant: datetime, *, before: bool = False) -> str | None:
        """Return the level that counts at an instant; ``before`` leaves out what is held by right from then on."""
        right = self._by_right(self.ladder_at(instant), instant - timedelta.resolution if before else instant)
        return right.level if right is not None else self.level

    def _reached(self, ladder: Ladder, today: date) -> int:
        return ladder.reached(self.activity.total(ladder, today, self.joined))

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
        if ladder is not None:
            self._judge_midnight(ladder, today, instant)
        if today.month == today.day == 1 and any(version.has_yearly_rewards for version in self.programme.versions):
            level = self.level_at(instant)
            if level is not None:
                self.new_years.append((instant, level))
            self._plan(date(today.year + 1, 1, 1))

    def _judge_midnight(self, ladder: Ladder, today: date, instant: datetime) -> None:
        reached = self._reached(ladder, today)
        held = ladder.position(self.level)
        if reached > held:
            self._move(ladder, reached, instant)
        elif reached == held:
            self.grace_since = None
        else:
            self._below(ladder, held, reached, today, instant)

    def _below(self, ladder: Ladder, held: int, reached: int, today: date, instant: datetime) -> None:
        if ladder.hold_days and self.since is not None:
            kept_until = local_day(self.since, self.zone) + timedelta(days=ladder.hold_days)
            if today < kept_until:
                self._plan(kept_until)
                return
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
        self._move(ladder, ladder.below(held), instant)
        if ladder.below(held) > reached:
            self.grace_since = today
            self._plan(today + timedelta(days=max(1, ladder.grace_days)))

    def _move(self, ladder: Ladder, position: int, instant: datetime) -> None:
        self.level = ladder.levels[position].id if position >= 0 else None
        self.since = instant
        self.grace_since = None

    def _rise(self, ladder: Ladder, instant: datetime) -> None:
        reached = self._reached(ladder, local_day(instant, self.zone))
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
            self._move(ladder, self._reached(ladder, local_day(instant, self.zone)), instant)
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
            left = leaves(window, day, self.joined)
            if left is not None:
                yield left
            if version.has_yearly_rewards:
                yield date(day.year + 1, 1, 1)

    def rise(self, instant: datetime) -> None:
        """Ask at a fact whether the member goes up; over several levels if need be."""
        ladder = self.ladder_at(instant)
        if ladder is not None:
            self._rise(ladder, instant)

    def standing(self, now: datetime) -> Standing:
        """Return the standing after everything up to ``now``."""
        self.run_midnights(now)
        ladder = self.ladder_at(now)
        checks = [day_start(self._midnights[0], self.zone)] if self._midnights else []
        checks += [edge for each in self.entitled for edge in (each.start, each.end) if edge is not None and edge > now]
        next_check = min(checks, default=None)
        if ladder is None:
            return Standing(next_check=next_check)
        right = self._by_right(ladder, now)
        activity = self.activity.total(ladder, local_day(now, self.zone), self.joined).by(ladder.measure)
        if right is not None:
            return Standing(right.level, right.start, None, activity, next_check, right.end)
        ends = self.grace_since + timedelta(days=ladder.grace_days) if self.grace_since is not None else None
        return Standing(self.level, self.since, ends, activity, next_check)

"""Settling a member: the difference between what is due and what was posted, and what time does by itself."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.oracle.books import Books, Forgiven, Lot
from tests.oracle.dues import Due, Judgement, judge
from tests.oracle.facts import World
from tests.oracle.redemptions import Redemption, State, give_back, look
from tests.oracle.sources import birthday_instants


@dataclass(slots=True)
class Account:
    """A member: books, redemptions, and the terms on which each source was awarded."""

    world: World
    member: str
    books: Books = field(default_factory=Books)
    redemptions: list[Redemption] = field(default_factory=list)
    _awarded: dict[str, Due] = field(default_factory=dict)
    _now: datetime | None = None

    def judge(self, now: datetime) -> Judgement:
        """Return what all facts make of the member."""
        return judge(self.world, self.member, now)

    # -- settling ------------------------------------------------------------------------------------------------

    def settle(self, now: datetime) -> None:
        """First redemptions in the order of their requests, then every source in the order of moments, then debt."""
        for redemption in self.redemptions:
            look(self.world, self.books, redemption, now)
        dues = self.judge(now).dues
        known = {**self._awarded, **dues}
        for source, due in sorted(known.items(), key=lambda item: (item[1].moment, item[0])):
            posted = -self.books.net(source)["issued"]
            amount = due.amount if source in dues else 0
            if amount > posted:
                self._award(due, amount - posted)
            elif amount < posted:
                self._take_back(self._awarded[source], posted - self.books.net(source)["expired"] - amount)
        self.books.pay_debt()

    def _award(self, due: Due, amount: int) -> None:
        self._awarded[due.source] = due
        for forgiven in reversed(self.books.forgiven):
            if forgiven.source == due.source:
                part = min(amount, forgiven.left)
                forgiven.left, amount = forgiven.left - part, amount - part
                self.books.move(due.source, "issued", "debt", part)
                self.books.move(due.source, "debt", "forgiven", part)
        part = min(amount, self.books.debt)
        self.books.move(due.source, "issued", "debt", part)
        if amount > part:
            lot = self.books.open(due.source, due.shop, due.dates(self.world))
            lot.pending = amount - part
            self.books.move(due.source, "issued", "pending", lot.pending)

    def _take_back(self, awarded: Due, amount: int) -> None:
        own = [lot for lot in self.books.lots if lot.source == awarded.source]
        left = max(0, amount)
        for account, lots in (("pending", own), ("available", own), ("available", self.books.lots)):
            for _, part in self.books.draw(lots, account, left):
                self.books.move(awarded.source, account, "issued", part)
                left -= part
        self.books.move(awarded.source, "debt", "issued", left)
        if left and awarded.version.clawback == "clamp":
            self.books.move(awarded.source, "forgiven", "debt", left)
            forgiven = Forgiven(len(self.books.forgiven), awarded.moment, awarded.source, left)
            self.books.forgiven.append(forgiven)

    # -- time ----------------------------------------------------------------------------------------------------

    def pass_time(self, until: datetime) -> None:
        """Do everything due until an instant: releases, codes running out, expiries, then the calendar."""
        while True:
            calendar = [at for at in self._calendar(until) if self._now is None or at > self._now]
            coming = [(lot.release_at, 0, at) for at, lot in enumerate(self.books.lots) if lot.pending]
            coming += [(o.runs_out_at, 1, at) for at, o in enumerate(self.redemptions) if _may_run_out(o)]  # type: ignore[misc]
            coming += [(lot.expires_at, 2, at) for at, lot in enumerate(self.books.lots) if _may_expire(lot)]  # type: ignore[misc]
            coming += [(at, 3, 0) for at in calendar]
            coming = [thing for thing in coming if thing[0] <= until]
            if not coming:
                break
            self._do(*min(coming))
        self._now = until

    def _do(self, at: datetime, what: int, which: int) -> None:
        if what == 0:
            lot = self.books.lots[which]
            self.books.move(lot.source, "pending", "available", lot.pending)
            lot.pending, lot.available = 0, lot.available + lot.pending
            self.books.pay_debt()
        elif what == 1:
            give_back(self.world, self.books, self.redemptions[which], at)
        elif what == 2:
            lot = self.books.lots[which]
            self.books.move(lot.source, "available", "expired", lot.available)
            lot.available = 0
        else:
            self.settle(at)
            self._now = at

    def _calendar(self, until: datetime) -> list[datetime]:
        starts = [version.starts_at for version in self.world.versions if version.starts_at <= until]
        return starts + [at for at, _ in birthday_instants(self.world, self.member, until)]


def _may_run_out(redemption: Redemption) -> bool:
    return redemption.state is State.HELD and redemption.runs_out_at is not None


def _may_expire(lot: Lot) -> bool:
    return lot.available > 0 and lot.expires_at is not None

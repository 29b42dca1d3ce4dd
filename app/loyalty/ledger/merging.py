"""Carrying what one member's books hold into another's: lot by lot, each keeping its source, shop and dates.

A ledger is one member's, so what passes between two goes through the account ``moved``: out of one book, into the
other. Also what the programme's side holds (issued, redeemed, expired…) is carried, so that the books read as if they
had always been one: each member's law holds, and what a source was given is found where its facts are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.loyalty.ledger.books import Books, Forgiven, Given, Lot, Part, Redemption, RedemptionState, draw
from app.loyalty.ledger.postings import Account, Address, LotId, Posting, Reason, Source

_MOVED = Address(Account.MOVED)
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_LYING = (Account.PENDING, Account.AVAILABLE)


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is to be carried: ``sums`` are the programme's side of each source, in less out, by account.

    Only lots of the sources named there and of the redemptions named travel; ``debt`` is how much debt goes along.
    """

    reason: Reason
    name: Source
    sums: Mapping[Source, Mapping[Account, int]]
    redemptions: Collection[str]
    debt: int = 0


@dataclass(slots=True)
class Passage:
    """One way over: postings of both books by source, and the lots that were opened on the other side."""

    origin: Books
    goal: Books
    out: dict[Source, list[Posting]] = field(default_factory=dict)
    into: dict[Source, list[Posting]] = field(default_factory=dict)
    twins: dict[LotId, Lot] = field(default_factory=dict)

    def twin(self, lot_id: LotId) -> Lot:
        """Return a lot's like in the other book, opened when first asked for; its parent comes along."""
        if lot_id not in self.twins:
            lot = self.origin.lots[lot_id]
            parent = self.twin(lot.parent).id if lot.parent is not None and lot.parent in self.origin.lots else None
            self.twins[lot_id] = self.goal.open_lot(lot.source, lot.shop, lot.release_at, lot.expires_at, parent)
        return self.twins[lot_id]

    def carry(self, source: Source, here: Address, there: Address, amount: int) -> None:
        """Move an amount from one address over to its like; below zero, what is owed there."""
        if amount > 0:
            self._note(source, Posting(here, _MOVED, amount), Posting(_MOVED, there, amount))
        elif amount < 0:
            self._note(source, Posting(_MOVED, here, -amount), Posting(there, _MOVED, -amount))

    def _note(self, source: Source, out: Posting, into: Posting) -> None:
        self.out.setdefault(source, []).append(out)
        self.into.setdefault(source, []).append(into)

    def lot(self, source: Source, lot_id: LotId, account: Account, amount: int) -> None:
        """Move what lies in an account of a lot."""
        self.carry(source, Address(account, lot_id), Address(account, self.twin(lot_id).id), amount)

    def post(self, reason: Reason, at: datetime) -> None:
        """Make the transactions, one for each source on each side."""
        for books, postings in ((self.origin, self.out), (self.goal, self.into)):
            for source in sorted(postings):
                books.post(reason, source, at, postings[source])

    @property
    def short(self) -> int:
        """Return by how much the goal got fewer points than its sources were given; below zero, by how much more."""
        postings = [posting for each in self.into.values() for posting in each]
        gave = sum(posting.amount for posting in postings if posting.destination == _MOVED)
        return gave - sum(posting.amount for posting in postings if posting.source == _MOVED)


@dataclass(frozen=True, slots=True)
class Carried:
    """Which lot became which, and by how much the goal is ``short``: points of its sources that others used."""

    lots: Mapping[LotId, LotId]
    short: int


def carry(origin: Books, goal: Books, cargo: Cargo, at: datetime) -> Carried:
    """Carry ``cargo`` from one member's books into another's.

    Pending, available, the points held by the redemptions that travel, and debt; what each source was given goes with
    it. Points of a lot that a redemption staying behind holds or used stay behind: ``moved`` then says how much.
    """
    passage = Passage(origin, goal)
    for redemption in [one for one in origin.redemptions if one.id in cargo.redemptions]:
        _carry_redemption(passage, redemption)
    for source, sums in sorted(cargo.sums.items()):
        for account, amount in sorted(sums.items()):
            passage.carry(source, Address(account), Address(account), amount)
    for lot in sorted(origin.lots.values(), key=lambda lot: lot.id):
        if lot.source in cargo.sums:
            for account in _LYING:
                if lot.amount(account):
                    passage.lot(lot.source, lot.id, account, lot.amount(account))
    if cargo.debt:
        passage.carry(cargo.name, Address(Account.DEBT), Address(Account.DEBT), -cargo.debt)
    for source in cargo.sums:
        _hand_over(origin, goal, source)
    passage.post(cargo.reason, at)
    goal.redemptions.sort(key=lambda one: (one.requested_at, one.requested_number, one.id))
    return Carried({here: lot.id for here, lot in passage.twins.items()}, passage.short)


def _carry_redemption(passage: Passage, redemption: Redemption) -> None:
    """Let a redemption change books: its points on hold, and the lots that used points would come back to."""
    parts = []
    for part in redemption.parts:
        if part.lot is None:
            parts.append(part)
            continue
        if redemption.state is RedemptionState.HELD:
            passage.lot(redemption.source, part.lot, Account.HELD, part.amount)
        parts.append(Part(passage.twin(part.lot).id, part.amount))
    redemption.parts = parts
    passage.origin.redemptions.remove(redemption)
    passage.goal.redemptions.append(redemption)


def _hand_over(origin: Books, goal: Books, source: Source) -> None:
    """Let what a source was given be known in the other book from now on."""
    given = origin.given.get(source)
    if given is None:
        return
    kept = goal.of(source)
    kept.posted += given.posted
    kept.expired += given.expired
    kept.forgiven = sorted([*kept.forgiven, *given.forgiven], key=_by_time)
    kept.moment = kept.moment or given.moment
    kept.version = kept.version if kept.version is not None else given.version
    origin.given[source] = Given(moment=given.moment, version=given.version)


def _by_time(entry: Forgiven) -> tuple[datetime, int]:
    return (entry.at or _BEGINNING, entry.number)


@dataclass(frozen=True, slots=True)
class Payment:
    """One member makes another whole: ``amount`` at most, of it up to ``debt`` by owing it.

    ``payers`` are the taker's lots that paid debt of the giver while both were one; what is owed again returns there.
    """

    reason: Reason
    name: Source
    amount: int
    debt: int = 0
    payers: Sequence[tuple[LotId, int]] = ()


def make_whole(giver: Books, taker: Books, payment: Payment, at: datetime) -> int:
    """Pay by debt, then from what is available, then from what is on its way; return what could not be paid."""
    left, passage = payment.amount, Passage(giver, taker)
    for home, most in ((None, taker.debt), *payment.payers):
        amount = min(left, most, payment.debt - (payment.amount - left))
        if amount > 0:
            there = Address(Account.DEBT) if home is None else Address(Account.AVAILABLE, home)
            passage.carry(payment.name, Address(Account.DEBT), there, amount)
            left -= amount
    for account in reversed(_LYING):
        for part in draw(giver.drawable(account), account, left):
            if part.lot is not None:
                passage.lot(giver.lots[part.lot].source, part.lot, account, part.amount)
                left -= part.amount
    passage.post(payment.reason, at)
    return left

"""A member's books in memory: lots, debt and what each source was given, moved by postings only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from app.loyalty.ledger.postings import Account, Address, LotId, Posting, Reason, Source, Transaction

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Lot:
    """What one award opened and what of it lies where. It keeps its name through every account."""

    id: LotId
    source: Source
    shop: str
    release_at: datetime
    expires_at: datetime | None
    pending: int = 0
    available: int = 0
    held: int = 0
    parent: LotId | None = None

    @property
    def drawing_key(self) -> tuple[datetime, datetime, int]:
        """Return the key of drawing: soonest to expire, then earliest release, then the lot opened first."""
        return (self.expires_at or NEVER, self.release_at, self.id)

    def amount(self, account: Account) -> int:
        """Return what lies in one of the lot's three accounts."""
        if account is Account.PENDING:
            return self.pending
        return self.available if account is Account.AVAILABLE else self.held

    def add(self, account: Account, amount: int) -> None:
        """Change one of the three accounts. Raises ValueError when it would fall below zero."""
        if self.amount(account) + amount < 0:
            raise ValueError(self.id, account, amount)
        if account is Account.PENDING:
            self.pending += amount
        elif account is Account.AVAILABLE:
            self.available += amount
        else:
            self.held += amount


@dataclass(slots=True)
class Forgiven:
    """Something ``clamp`` forgave, under the number of the posting that did it.

    ``at`` is when; None where it was kept before instants were: then no other member's entries lie beside it.
    """

    number: int
    amount: int
    at: datetime | None = None

    def since(self, number: int, at: datetime) -> bool:
        """Say whether it was forgiven after a posting number reached at an instant, in these or in merged books."""
        return self.number > number if self.at is None else (self.at, self.number) > (at, number)


@dataclass(slots=True)
class Given:
    """What a source was given so far: issued less taken back, what of its lots expired, what was forgiven to it."""

    posted: int = 0
    expired: int = 0
    forgiven: list[Forgiven] = field(default_factory=list)
    moment: datetime | None = None
    version: int | None = None

    @property
    def forgiven_total(self) -> int:
        """Return what is still forgiven."""
        return sum(entry.amount for entry in self.forgiven)

    def forgiven_since(self, number: int, at: datetime) -> int:
        """Return what was forgiven after a posting number, which was reached at an instant."""
        return sum(entry.amount for entry in self.forgiven if entry.since(number, at))

    def unforgive(self, amount: int) -> None:
        """Take back forgiveness, the latest first."""
        while amount:
            entry = self.forgiven[-1]
            taken = min(amount, entry.amount)
            entry.amount -= taken
            amount -= taken
            if not entry.amount:
                self.forgiven.pop()


class RedemptionState(StrEnum):
    """Where the points of a redemption are."""

    HELD = "held"
    GIVEN_BACK = "given_back"
    REDEEMED = "redeemed"


class Stage(StrEnum):
    """Where a redemption's code is, in the words people see."""

    REQUESTED = "requested"
    ISSUED = "issued"
    RETURNING = "returning"
    CHOOSING = "choosing"
    """The member has still to pick one of several."""
    OPEN = "open"
    """Staff have a task."""
    FULFILLED = "fulfilled"
    """It was given without a code: money at the shop, a donation, entry, a service."""
    USED = "used"
    RETURNED = "returned"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a redemption's points: from a lot, or (None) drawn from debt."""

    lot: LotId | None
    amount: int


@dataclass(frozen=True, slots=True)
class Use:
    """The order that used a code; its place is kept, whatever later snapshots say."""

    shop: str
    order: str
    paid_at: datetime


@dataclass(slots=True)
class Redemption:
    """Points asked to become a code. ``requested_number`` is the member's posting number at the request."""

    id: str
    code: str
    reward: str
    cost: int
    version: int
    requested_at: datetime
    requested_number: int
    ends_at: datetime | None
    state: RedemptionState
    parts: list[Part]
    use: Use | None = None
    stage: Stage = Stage.REQUESTED
    code_gone: bool = True
    """False while the platform might honour the code again once its order is cancelled: it is disabled first."""
    external_id: str | None = None
    """The platform's name of the code, once it was made."""
    value_minor: int | None = None
    """What it was worth when it was asked for, in minor units; None where that is no fixed sum."""
    option: str | None = None
    """The reward that was picked where there was a choice."""
    cause: str | None = None
    """The cause it was given to."""

    @property
    def source(self) -> Source:
        """Return what its movements belong to."""
        return Source(f"redemption:{self.id}")


@dataclass(slots=True)
class Books:
    """Everything the ledger holds of one member, and the transactions made since it was loaded."""

    lots: dict[LotId, Lot] = field(default_factory=dict)
    debt: int = 0
    given: dict[Source, Given] = field(default_factory=dict)
    redemptions: list[Redemption] = field(default_factory=list)
    number: int = 0
    lots_opened: int = 0
    passed_until: datetime | None = None
    transactions: list[Transaction] = field(default_factory=list)
    provisional: bool = False
    """A guest whose address nobody proved yet: points stay pending."""
    to_disable: set[str] = field(default_factory=set)
    """Redemptions whose code should be made unusable at the shop."""

    @property
    def available(self) -> int:
        """Return what can be spent."""
        return sum(lot.available for lot in self.lots.values())

    def of(self, source: Source) -> Given:
        """Return the account of what a source was given."""
        return self.given.setdefault(source, Given())

    def open_lot(
        self, source: Source, shop: str, release_at: datetime, expires_at: datetime | None, parent: LotId | None = None
    ) -> Lot:
        """Open an empty lot; the posting that fills it follows."""
        self.lots_opened += 1
        lot = Lot(LotId(self.lots_opened), source, shop, release_at, expires_at, parent=parent)
        self.lots[lot.id] = lot
        return lot

    def post(
        self, reason: Reason, source: Source, at: datetime, postings: Sequence[Posting], shop: str | None = None
    ) -> None:
        """Make one transaction: every posting moves its amount, and is numbered in the member's own order."""
        for posting in postings:
            self._apply(posting.source, -posting.amount)
            self._apply(posting.destination, posting.amount)
        self.number += len(postings)
        self.transactions.append(Transaction(reason, source, at, tuple(postings), shop))

    def _apply(self, address: Address, amount: int) -> None:
        if address.lot is not None:
            self.lots[address.lot].add(address.account, amount)
        elif address.account is Account.DEBT:
            # Debt is owed by the member: what leaves the account makes the debt larger.
            self.debt -= amount
            if self.debt < 0:
                raise ValueError(address, amount)

    def drawable(
        self, account: Account, source: Source | None = None, *, other_than: Source | None = None
    ) -> Iterator[Lot]:
        """Return the lots with something in an account, in drawing order."""
        lots = [
            lot
            for lot in self.lots.values()
            if lot.amount(account)
            and (source is None or lot.source == source)
            and (other_than is None or lot.source != other_than)
        ]
        return iter(sorted(lots, key=lambda lot: lot.drawing_key))


def draw(lots: Iterable[Lot], account: Account, amount: int) -> list[Part]:
    """Return which lots give how much, in the order given, until ``amount`` is reached or they are empty."""
    parts = []
    for lot in lots:
        if amount == 0:
            break
        taken = min(amount, lot.amount(account))
        parts.append(Part(lot.id, taken))
        amount -= taken
    return parts


def pay_debt(books: Books, at: datetime) -> None:
    """Pay debt from whatever is available: debt and available are never both above zero."""
    if not books.debt:
        return
    parts = draw(books.drawable(Account.AVAILABLE), Account.AVAILABLE, books.debt)
    for part in parts:
        if part.lot is not None:
            lot = books.lots[part.lot]
            posting = Posting(Address(Account.AVAILABLE, lot.id), Address(Account.DEBT), part.amount)
            books.post(Reason.PAY_DEBT, lot.source, at, [posting], lot.shop)

"""One member's books: lots, debt, and every movement from one account to another."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Lot:
    """Points of one source with one pair of dates."""

    source: str
    shop: str
    release_at: datetime
    expires_at: datetime | None
    place: int
    pending: int = 0
    available: int = 0
    held: int = 0

    @property
    def turn(self) -> tuple[datetime, datetime, int]:
        """The order of drawing."""
        return (self.expires_at or NEVER, self.release_at, self.place)


@dataclass(slots=True)
class Forgiven:
    """What `clamp` forgave a source at one time, as far as nothing made it good since."""

    place: int
    moment: datetime
    source: str
    left: int


@dataclass(slots=True)
class Books:
    """Lots in the order of opening, debt, movements (source, from, to, amount) and what was forgiven."""

    lots: list[Lot] = field(default_factory=list)
    debt: int = 0
    moves: list[tuple[str, str, str, int]] = field(default_factory=list)
    forgiven: list[Forgiven] = field(default_factory=list)

    def move(self, source: str, giver: str, taker: str, amount: int) -> None:
        """Write a movement down; debt is kept here, what lots hold is kept by them."""
        if amount:
            self.moves.append((source, giver, taker, amount))
            self.debt += amount * ((giver == "debt") - (taker == "debt"))

    def open(self, source: str, shop: str, dates: tuple[datetime, datetime | None]) -> Lot:
        """Open an empty lot."""
        lot = Lot(source, shop, *dates, place=len(self.lots))
        self.lots.append(lot)
        return lot

    def in_turn(self) -> list[Lot]:
        """Return the lots in drawing order."""
        return sorted(self.lots, key=lambda lot: lot.turn)

    def draw(self, lots: Iterable[Lot], account: str, amount: int) -> list[tuple[Lot, int]]:
        """Take an amount out of an account of lots in drawing order, as far as it is there; say from which."""
        parts = []
        for lot in sorted(lots, key=lambda lot: lot.turn):
            part = min(amount, getattr(lot, account))
            if part:
                setattr(lot, account, getattr(lot, account) - part)
                parts.append((lot, part))
                amount -= part
        return parts

    def pay_debt(self) -> None:
        """Pay debt from what is available; a repayment belongs to the source of the lot."""
        for lot, part in self.draw(self.lots, "available", self.debt):
            self.move(lot.source, "available", "debt", part)

    def amount(self, account: str) -> int:
        """Return what all lots have in pending, available or held."""
        return sum(getattr(lot, account) for lot in self.lots)

    def net(self, source: str | None = None) -> Counter[str]:
        """Return what was moved by account, given out below zero; of one source or of all."""
        found: Counter[str] = Counter()
        for name, giver, taker, amount in self.moves:
            if source in {None, name}:
                found[giver] -= amount
                found[taker] += amount
        return found

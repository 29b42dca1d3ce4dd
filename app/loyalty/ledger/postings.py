"""One shape of movement.

A posting takes from one address what it gives to another, so every transaction sums to zero.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType

LotId = NewType("LotId", int)
"""A lot's number among its member's lots, in the order they were opened, from 1."""


class Account(StrEnum):
    """Where an amount can be. The first four are the member's, the rest the programme's side of the same member."""

    PENDING = "pending"
    AVAILABLE = "available"
    HELD = "held"
    DEBT = "debt"
    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    GRANTED = "granted"
    IMPORTED = "imported"
    FORGIVEN = "forgiven"
    DONATED = "donated"
    MOVED = "moved"
    """Between two members' books: what leaves one through it enters another, so over all of them it is zero.

    Only what a shop took into another programme (`Reason.MOVE`) leaves one programme's for another's.
    """


IN_LOTS = frozenset({Account.PENDING, Account.AVAILABLE, Account.HELD})
"""Accounts whose amounts lie in lots; all others have one address a member."""


class Reason(StrEnum):
    """Why a transaction was made."""

    AWARD = "award"
    TAKE_BACK = "take_back"
    RELEASE = "release"
    EXPIRE = "expire"
    HOLD = "hold"
    USE = "use"
    GIVE_BACK = "give_back"
    MAKE_GOOD = "make_good"
    PAY_DEBT = "pay_debt"
    ADJUST = "adjust"
    IMPORT = "import"
    MERGE = "merge"
    UNMERGE = "unmerge"
    ERASE = "erase"
    MOVE = "move"


class Source(NamedTuple):
    """What points come from, by its name (``order:1001``) and, where ids are a shop's own, the shop.

    Sources compare by name first, as ids compare as strings by code point.
    """

    name: str
    shop: str = ""

    def text(self) -> str:
        """Return the form that is stored and keyed: unique within a programme."""
        return f"{self.name}@{self.shop}" if self.shop or "@" in self.name else self.name

    @classmethod
    def parse(cls, text: str) -> "Source":
        """Return the source of its stored form; shop ids hold no ``@``."""
        name, at, shop = text.rpartition("@")
        return cls(name, shop) if at else cls(text)


class Address(NamedTuple):
    """One place of a member's books: an account and, for pending, available and held, the lot."""

    account: Account
    lot: LotId | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """``amount`` (above zero, smallest steps of the unit) moves from ``source`` to ``destination``."""

    source: Address
    destination: Address
    amount: int

    def __post_init__(self) -> None:
        """Refuse what is no movement: nothing, backwards, or points without a lot where lots are kept."""
        if self.amount <= 0 or self.source == self.destination:
            raise ValueError(self)
        for address in (self.source, self.destination):
            if (address.account in IN_LOTS) != (address.lot is not None):
                raise ValueError(self)


@dataclass(frozen=True, slots=True)
class Transaction:
    """Postings made together for one reason, about one source, at one instant."""

    reason: Reason
    source: Source
    at: datetime
    postings: tuple[Posting, ...]
    shop: str | None = None

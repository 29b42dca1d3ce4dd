"""A page of one shop's facts on its way to the ledger: who they are about, what is stored of them, what to store."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.actions.sitting import Sitting
from app.db import members
from app.db.memberfiles import MemberFile
from app.db.scope import Scope
from app.db.tables import EventRow, OrderRow, ReferralRow, ReviewRow
from app.loyalty.facts import Customer, Merger, Order, Review
from app.loyalty.terms.conditions import names_labels


class End(StrEnum):
    """How a fact ended."""

    DONE = "done"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a fact ended and, where it was not simply settled, the stable reason."""

    end: End
    reason: str | None = None


DONE = Outcome(End.DONE)
NOBODY = Outcome(End.IGNORED, "NOBODY")
OLDER = Outcome(End.IGNORED, "OLDER")
UNKNOWN = Outcome(End.IGNORED, "UNKNOWN")


@dataclass(slots=True)
class Found:
    """What was read of a page before its members were locked, and once more under their locks.

    ``guests`` leads from a guest's member to the account that proved the guest's address in this page.
    """

    people: dict[str, UUID] = field(default_factory=dict)
    guests: dict[UUID, UUID] = field(default_factory=dict)
    order_ids: list[str] = field(default_factory=list)
    review_ids: list[str] = field(default_factory=list)
    event_ids: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    orders: dict[str, OrderRow] = field(default_factory=dict)
    reviews: dict[str, ReviewRow] = field(default_factory=dict)
    events: dict[str, EventRow] = field(default_factory=dict)
    claims: list[ReferralRow] = field(default_factory=list)
    confirms_addresses: bool = False


@dataclass(slots=True)
class FactPage:
    """The page under its members' locks; facts put in here are stored and settled together."""

    scope: Scope
    shop_id: UUID
    found: Found
    sitting: Sitting
    order_puts: dict[str, tuple[UUID, Order]] = field(default_factory=dict)
    review_puts: dict[str, tuple[UUID | None, str | None, Review]] = field(default_factory=dict)
    mergers: list[Merger] = field(default_factory=list)
    half_told: set[str] = field(default_factory=set)
    """Orders of which the shop has to be asked how much of them credit paid."""
    unfiled: set[str] = field(default_factory=set)
    """Orders whose goods the shop's catalogue has to be asked about."""
    labelled: dict[int, bool] = field(default_factory=dict)
    """By a version's number, whether it is about goods by their labels."""
    addressed: set[UUID] = field(default_factory=set)
    """Members whose address was told in this page."""
    joined: set[UUID] = field(default_factory=set)
    """Members whose account was told for the first time."""
    proved: dict[str, str] = field(default_factory=dict)
    """Keyed hashes of the addresses that accounts (by the shop's ids) have proved, as this page tells."""

    @property
    def shop(self) -> str:
        """Return the shop as judging names it."""
        return str(self.shop_id)

    def is_about_labels(self, at: datetime) -> bool:
        """Say whether the version in force at the shop then is about goods by their labels."""
        version = self.sitting.programme.version_at(at, self.shop)
        if version is None:
            return False
        if version.number not in self.labelled:
            self.labelled[version.number] = names_labels(version)
        return self.labelled[version.number]

    def file(self, member_id: UUID) -> MemberFile:
        """Return a locked member's file. Raises KeyError for one that was not locked."""
        return self.sitting.files[member_id]

    def member(self, customer: Customer | None) -> UUID | None:
        """Return the member a customer is, None for nobody."""
        key = members.identity_key(self.scope, customer) if customer is not None else None
        return self.found.people.get(key) if key is not None else None

"""All facts known of one member, resolved to our names, and each paid order valued as it stood at every moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.loyalty.base import NOTHING, Base, earning_base
from app.loyalty.facts import Order
from app.loyalty.ledger.postings import Source
from app.loyalty.members.budgets import Grants
from app.loyalty.terms.programme import Programme, Version
from app.loyalty.terms.suspicion import Decision, Evidence, Signal


@dataclass(frozen=True, slots=True)
class MemberOrder:
    """An order of the member at one of the programme's shops."""

    shop: str
    order: Order

    @property
    def source(self) -> Source:
        """Return what its points come from."""
        return Source(f"order:{self.order.id}", self.shop)


@dataclass(frozen=True, slots=True)
class MemberReview:
    """A review by the member."""

    shop: str
    id: str
    product: str
    at: datetime
    approved: bool
    photo: bool = False

    @property
    def source(self) -> Source:
        """Return what its points come from."""
        return Source(f"review:{self.id}", self.shop)


@dataclass(frozen=True, slots=True)
class MemberEvent:
    """Something else the member did that a shop may reward; ``gone`` when it was taken away, as a post deleted."""

    shop: str
    id: str
    event: str
    at: datetime
    gone: bool = False

    @property
    def source(self) -> Source:
        """Return what its points come from."""
        return Source(f"event:{self.id}", self.shop)


@dataclass(frozen=True, slots=True)
class MemberBirthday:
    """The month and day of the birthday as told at ``told_at``; the year of birth is not kept."""

    shop: str
    month: int
    day: int
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A level given by the merchant from ``at`` on, until an instant, or until it is withdrawn."""

    id: str
    level: str
    at: datetime
    until: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberSignUp:
    """The member's earliest account."""

    shop: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberReferral:
    """A referral in which the member is the friend, with what is known of both sides and what staff decided."""

    id: str
    at: datetime
    evidence: Evidence = field(default_factory=Evidence)
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class ReferralOutcome:
    """What a referral has come to by the friend's orders; the advocate's side is judged from it.

    ``steps`` say from when on it was due by an order paid at which moment (None: not due), as a tier by points sees it.
    ``version`` is the one at the referral's own time, None before the first. ``held``: it would be due, were it not for
    the ``signals``, and waits for staff. ``network_met_at`` and ``device_met_at`` are kept from the evidence, for their
    traces are not.
    """

    id: str
    at: datetime
    due: bool = False
    advocate_points: int = 0
    friend_points: int = 0
    moment: datetime | None = None
    shop: str = ""
    version: int | None = None
    reason: str | None = None
    steps: tuple[tuple[datetime, datetime | None], ...] = ()
    held: bool = False
    signals: tuple[Signal, ...] = ()
    network_met_at: datetime | None = None
    device_met_at: datetime | None = None

    @property
    def source(self) -> Source:
        """Return what both sides' points come from."""
        return Source(f"referral:{self.id}")


@dataclass(frozen=True, slots=True)
class Granted:
    """Points that came by request (staff or import): activity for a tier by points, at its own instant."""

    source: Source
    at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class History:
    """Everything known of one member.

    ``outcomes`` are the referrals in which the member is the advocate; ``elsewhere`` are orders that used a code of the
    member and belong to someone else now. ``grants`` are what the facts have of budgets.
    """

    member: str
    orders: tuple[MemberOrder, ...] = ()
    reviews: tuple[MemberReview, ...] = ()
    sign_up: MemberSignUp | None = None
    referred: tuple[MemberReferral, ...] = ()
    outcomes: tuple[ReferralOutcome, ...] = ()
    granted: tuple[Granted, ...] = ()
    elsewhere: tuple[MemberOrder, ...] = ()
    events: tuple[MemberEvent, ...] = ()
    birthdays: tuple[MemberBirthday, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    grants: Grants = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValuedOrder:
    """A paid order in its place, with its base as a step function of time from payment on, and its rank.

    ``in_currency`` is False where the order is not in its shop's currency: then its base is nothing.
    """

    source: Source
    shop: str
    order: Order
    paid_at: datetime
    version: Version | None
    steps: tuple[tuple[datetime, Base], ...]
    in_currency: bool
    rank: int = 1

    @property
    def base(self) -> Base:
        """Return the base with everything known now."""
        return self.steps[-1][1]

    def base_at(self, instant: datetime) -> Base:
        """Return the base as of an instant; before the payment there is none."""
        found = NOTHING
        for since, base in self.steps:
            if since > instant:
                break
            found = base
        return found

    def counts_at(self, instant: datetime) -> bool:
        """Say whether the base as of an instant is above zero."""
        return self.base_at(instant).total_minor > 0


def place(order: ValuedOrder) -> tuple[datetime, str, str]:
    """Return the key by which orders take their place: payment, then id."""
    return (order.paid_at, order.order.id, order.shop)


def _steps(
    order: Order, paid_at: datetime, version: Version | None, *, in_currency: bool
) -> tuple[tuple[datetime, Base], ...]:
    if not in_currency:
        return ((paid_at, Base()),)
    tax = version is not None and version.base.tax
    shipping = version is not None and version.base.shipping
    changes = {refund.at for refund in order.refunds if refund.at > paid_at}
    if order.cancelled_at is not None and order.cancelled_at > paid_at:
        changes.add(order.cancelled_at)
    return tuple(
        (instant, earning_base(order, instant, tax=tax, shipping=shipping)) for instant in (paid_at, *sorted(changes))
    )


def valued(orders: Sequence[MemberOrder], programme: Programme) -> list[ValuedOrder]:
    """Return the paid orders in their places, each with its values over time and its rank.

    The rank is 1 plus the orders before it that count at its payment; ranks may repeat (cases FORMAT section 5).
    """
    paid = []
    for entry in orders:
        order = entry.order
        if order.paid_at is None:
            continue
        version = programme.version_at(order.placed_at, entry.shop)
        in_currency = order.currency == programme.shop(entry.shop).currency
        steps = _steps(order, order.paid_at, version, in_currency=in_currency)
        paid.append(ValuedOrder(entry.source, entry.shop, order, order.paid_at, version, steps, in_currency))
    paid.sort(key=place)
    ranked: list[ValuedOrder] = []
    for current in paid:
        rank = 1 + sum(earlier.counts_at(current.paid_at) for earlier in ranked)
        ranked.append(
            ValuedOrder(
                current.source, current.shop, current.order, current.paid_at,
                current.version, current.steps, current.in_currency, rank,
            )
        )  # fmt: skip
    return ranked

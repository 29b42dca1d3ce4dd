"""Levels held by right, not by activity: bought as a product of the store, or by the merchant's invitation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.loyalty.days import after_days, day_start, local_day
from app.loyalty.judging.dues import Due
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import Invitation, ValuedOrder
from app.loyalty.terms.ladder import Entry
from app.loyalty.terms.programme import Membership, Programme, Version


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A level held from ``start`` on and before ``end`` (None: for ever); from ``paid_until`` on it is only grace."""

    level: str
    start: datetime
    end: datetime | None
    paid_until: datetime | None = None
    order: ValuedOrder | None = None

    def holds(self, instant: datetime) -> bool:
        """Say whether the level is held at an instant."""
        return self.start <= instant and (self.end is None or instant < self.end)


def entitlements(
    orders: Sequence[ValuedOrder], invitations: Iterable[Invitation], programme: Programme
) -> tuple[Entitlement, ...]:
    """Return every period for which a member holds a level by right, in order of start."""
    found = [
        Entitlement(invitation.level, invitation.at, _earliest(invitation.until, invitation.withdrawn_at))
        for invitation in invitations
    ]
    running: dict[str, list[Entitlement]] = {}
    for order in orders:
        for membership in order.version.memberships if order.version is not None else ():
            if any(line.product in membership.products for line in order.order.lines):
                bought = running.setdefault(membership.level, [])
                bought.append(_bought(order, membership, bought, programme.shop(order.shop).zone))
    for periods in running.values():
        found += [period for period in periods if period.end is None or period.start < period.end]
    return tuple(sorted(found, key=lambda each: (each.start, each.level)))


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def _bought(order: ValuedOrder, membership: Membership, before: Sequence[Entitlement], zone_name: str) -> Entitlement:
    """Return the period an order buys: from its payment, or on from the end of the one that runs.

    Refunding the fee wholly, or cancelling the order, ends it at that instant, and what was bought ahead moves up.
    """
    ends = [period.paid_until for period in before if period.holds(order.paid_at) and period.paid_until is not None]
    begins = max([order.paid_at, *ends])
    # What was paid for ahead is held from the payment on, should the period before end early; it ends where it ends.
    paid_until = end = None
    if membership.days is not None:
        # What goes on from the end of a day has its first day whole; what begins within one has that day on top.
        whole = day_start(local_day(begins, zone_name), zone_name) == begins
        paid_until = after_days(begins, membership.days - whole, zone_name, end_of_day=True)
        end = paid_until + timedelta(days=membership.grace_days)
    undone = _undone_at(order, membership)
    if undone is not None:
        paid_until, end = _earliest(paid_until, undone), _earliest(end, undone)
    return Entitlement(membership.level, order.paid_at, end, paid_until, order)


def _undone_at(order: ValuedOrder, membership: Membership) -> datetime | None:
    """Return when the fee was given back wholly or the order cancelled, None while it stands."""
    cancelled = order.order.cancelled_at

    def fee(step: int) -> int:
        lines = order.steps[step][1].lines
        return sum(line.amount_minor for line in lines if line.product in membership.products)

    refunded = None
    if fee(0) > 0:
        refunded = next((since for step, (since, _) in enumerate(order.steps) if fee(step) == 0), None)
    return _earliest(refunded, max(cancelled, order.paid_at) if cancelled is not None else None)


def welcome_dues(member: str, periods: Iterable[Entitlement]) -> Iterator[Due]:
    """Return the entry reward of each membership bought, as long as its fee was not given back."""
    for period in periods:
        order = period.order
        version = order.version if order is not None else None
        ladder = version.tiers if version is not None else None
        if order is None or version is None or ladder is None:
            continue
        level = next((each for each in ladder.levels if each.id == period.level and each.entry is Entry.BOUGHT), None)
        if level is not None and level.entry_reward and not _given_back(order, version, period.level):
            breakdown = ({"rule": "tier_entry", "tier": level.id, "amount": level.entry_reward},)
            yield Due(
                Source(f"membership:{member}:{level.id}:{order.order.id}", order.shop), order.shop, level.entry_reward,
                order.paid_at, version, waits=True, tier=level.id, breakdown=breakdown,
            )  # fmt: skip


def _given_back(order: ValuedOrder, version: Version, level: str) -> bool:
    return any(
        membership.level == level and _undone_at(order, membership) is not None for membership in version.memberships
    )

"""How a programme is doing: its shops, what waits, what failed, when it was last looked over, what needs a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from app.db import shops
from app.db.inbox import State
from app.db.looks import Look
from app.db.tables import AuditRow, CursorRow, InboxRow, OutboxRow, ShopRow

INBOX_LATE = timedelta(minutes=10)
OUTBOX_LATE = timedelta(minutes=15)
RECONCILE_LATE = timedelta(hours=1)
AUDIT_LATE = timedelta(hours=36)
LOST_SHOWN = timedelta(days=30)
"""How long an effect that was given up is shown."""


@dataclass(frozen=True, slots=True)
class Heap:
    """Things of one kind that ended or wait for one reason. ``code`` is the reason, ``kind`` a topic or an effect."""

    kind: str
    code: str
    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ShopHealth:
    """One shop: what it sent, what waits, and when it was last asked what we may have missed."""

    shop: ShopRow
    waiting: int = 0
    waiting_since: datetime | None = None
    unsent: int = 0
    unsent_since: datetime | None = None
    quarantined: Sequence[Heap] = field(default_factory=tuple)
    lost: Sequence[Heap] = field(default_factory=tuple)
    reconciled_at: datetime | None = None
    missed: int = 0
    """How many changes the last look and the last night's long one found that had not reached us by themselves."""


@dataclass(frozen=True, slots=True)
class Health:
    """The whole programme: its shops, and the last audit of its ledger."""

    shops: Sequence[ShopHealth]
    audited_at: datetime | None
    breaches: int

    @property
    def last_event_at(self) -> datetime | None:
        """Return when any shop was last heard from."""
        return max((entry.shop.last_event_at for entry in self.shops if entry.shop.last_event_at), default=None)

    @property
    def waiting(self) -> int:
        """Return how many deliveries wait to be worked through."""
        return sum(entry.waiting for entry in self.shops)

    @property
    def quarantined(self) -> int:
        """Return how many deliveries could not be understood."""
        return sum(heap.count for entry in self.shops for heap in entry.quarantined)

    @property
    def reconciled_at(self) -> datetime | None:
        """Return when the connected shop that waited longest was last reconciled; None where one never was."""
        looked = [entry.reconciled_at for entry in self.shops if entry.shop.state == "connected"]
        return min((at for at in looked if at is not None), default=None) if None not in looked else None

    @property
    def missed(self) -> int:
        """Return what the last looks found that had not arrived by itself."""
        return sum(entry.missed for entry in self.shops)


def health(session: Session, programme_id: UUID, now: datetime) -> Health:
    """Return how a programme is doing as of now."""
    waiting = _waiting(session, programme_id)
    unsent = _unsent(session, programme_id)
    quarantined = _quarantined(session, programme_id)
    lost = _lost(session, programme_id, now)
    rows = session.scalars(select(CursorRow).where(CursorRow.programme_id == programme_id)).all()
    looks = {row.shop_id: row for row in rows if row.kind == Look.CHANGES}
    long = {row.shop_id: row.found for row in rows if row.kind == Look.VERSIONS}
    audit = session.scalar(select(AuditRow).where(AuditRow.programme_id == programme_id))
    states = []
    for shop in shops.of_programme(session, programme_id):
        look = looks.get(shop.shop_id)
        states.append(
            ShopHealth(
                shop,
                *waiting.get(shop.shop_id, (0, None)),
                *unsent.get(shop.shop_id, (0, None)),
                quarantined.get(shop.shop_id, []),
                lost.get(shop.shop_id, []),
                look.checked_at if look else None,
                (look.found if look else 0) + long.get(shop.shop_id, 0),
            )
        )
    return Health(states, audit.at if audit else None, audit.breaches if audit else 0)


Waiting = dict[UUID, tuple[int, datetime | None]]


def _waiting(session: Session, programme_id: UUID) -> Waiting:
    rows = session.execute(
        select(InboxRow.shop_id, func.count(), func.min(InboxRow.received_at))
        .where(InboxRow.programme_id == programme_id, InboxRow.state == State.WAITING.value)
        .group_by(InboxRow.shop_id)
    )
    return {shop_id: (count, since) for shop_id, count, since in rows}


def _unsent(session: Session, programme_id: UUID) -> Waiting:
    rows = session.execute(
        select(OutboxRow.shop_id, func.count(), func.min(OutboxRow.created_at))
        .where(OutboxRow.programme_id == programme_id, OutboxRow.state == "waiting")
        .group_by(OutboxRow.shop_id)
    )
    return {shop_id: (count, since) for shop_id, count, since in rows}


def _quarantined(session: Session, programme_id: UUID) -> dict[UUID, list[Heap]]:
    rows = session.execute(
        select(InboxRow.shop_id, InboxRow.topic, InboxRow.reason, func.count(), func.max(InboxRow.received_at))
        .where(InboxRow.programme_id == programme_id, InboxRow.state == State.QUARANTINED.value)
        .group_by(InboxRow.shop_id, InboxRow.topic, InboxRow.reason)
        .order_by(func.max(InboxRow.received_at).desc())
    )
    return _heaps((shop_id, Heap(topic, reason or "", count, at)) for shop_id, topic, reason, count, at in rows)


def _lost(session: Session, programme_id: UUID, now: datetime) -> dict[UUID, list[Heap]]:
    """Return what was given up, but for what was asked for again since and done."""
    later = aliased(OutboxRow)
    count = func.count(OutboxRow.subject.distinct())
    rows = session.execute(
        select(OutboxRow.shop_id, OutboxRow.kind, OutboxRow.error, count, func.max(OutboxRow.done_at))
        .where(
            OutboxRow.programme_id == programme_id,
            OutboxRow.state == "failed",
            OutboxRow.done_at > now - LOST_SHOWN,
            ~exists().where(
                later.programme_id == OutboxRow.programme_id,
                later.shop_id == OutboxRow.shop_id,
                later.subject == OutboxRow.subject,
                later.kind == OutboxRow.kind,
                later.state == "done",
                later.effect_id > OutboxRow.effect_id,
            ),
        )
        .group_by(OutboxRow.shop_id, OutboxRow.kind, OutboxRow.error)
        .order_by(func.max(OutboxRow.done_at).desc())
    )
    return _heaps((shop_id, Heap(kind, error or "", count, at)) for shop_id, kind, error, count, at in rows)


def _heaps(found: Iterator[tuple[UUID, Heap]]) -> dict[UUID, list[Heap]]:
    heaps: dict[UUID, list[Heap]] = {}
    for shop_id, heap in found:
        heaps.setdefault(shop_id, []).append(heap)
    return heaps


# -- what needs a person -----------------------------------------------------------------------------------------------


class TroubleKind(StrEnum):
    """What can need a person, the gravest first."""

    BREACH = "breach"
    REAUTHORIZE = "reauthorize"
    DISCONNECTED = "disconnected"
    LOST = "lost"
    QUARANTINED = "quarantined"
    INBOX_LATE = "inbox_late"
    OUTBOX_LATE = "outbox_late"
    RECONCILE_LATE = "reconcile_late"
    AUDIT_LATE = "audit_late"


GRAVE = frozenset({TroubleKind.BREACH, TroubleKind.REAUTHORIZE})


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that needs a person. ``heap`` tells what of, ``since`` from when on it has been so."""

    kind: TroubleKind
    shop: ShopRow | None = None
    count: int = 1
    heap: Heap | None = None
    since: datetime | None = None


def troubles(health: Health, now: datetime) -> list[Trouble]:
    """Return what needs a person, the gravest first; nothing where everything runs."""
    found = [trouble for entry in health.shops for trouble in _of_shop(entry, now)]
    if health.breaches:
        found.append(Trouble(TroubleKind.BREACH, count=health.breaches, since=health.audited_at))
    begun = min((entry.shop.connected_at for entry in health.shops), default=now)
    if (health.audited_at or begun) < now - AUDIT_LATE:
        found.append(Trouble(TroubleKind.AUDIT_LATE, since=health.audited_at))
    order = list(TroubleKind)
    return sorted(found, key=lambda trouble: order.index(trouble.kind))


def _of_shop(entry: ShopHealth, now: datetime) -> Iterator[Trouble]:
    shop = entry.shop
    if shop.state == "reauthorize":
        yield Trouble(TroubleKind.REAUTHORIZE, shop, since=shop.disconnected_at)
    elif shop.state != "connected":
        yield Trouble(TroubleKind.DISCONNECTED, shop, since=shop.disconnected_at)
    for heap in entry.lost:
        yield Trouble(TroubleKind.LOST, shop, heap.count, heap, heap.since)
    for heap in entry.quarantined:
        yield Trouble(TroubleKind.QUARANTINED, shop, heap.count, heap, heap.since)
    if entry.waiting_since is not None and entry.waiting_since < now - INBOX_LATE:
        yield Trouble(TroubleKind.INBOX_LATE, shop, entry.waiting, since=entry.waiting_since)
    if entry.unsent_since is not None and entry.unsent_since < now - OUTBOX_LATE:
        yield Trouble(TroubleKind.OUTBOX_LATE, shop, entry.unsent, since=entry.unsent_since)
    if shop.state == "connected" and (entry.reconciled_at or shop.connected_at) < now - RECONCILE_LATE:
        yield Trouble(TroubleKind.RECONCILE_LATE, shop, since=entry.reconciled_at)

"""The inbox: deliveries are kept before anything is said about them; duplicates are dropped by their key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, case, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.db.cipher import Cipher, SealBrokenError
from app.db.members import new_id
from app.db.tables import InboxBodyRow, InboxRow

ATTEMPTS_MAX = 8


class State(StrEnum):
    """Where a delivery stands; all but ``WAITING`` are ends, and ``QUARANTINED`` is visible to people."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    REFUSED = "refused"
    QUARANTINED = "quarantined"


class Road(StrEnum):
    """How a delivery came: pushed by the shop, or because we asked for one thing or for everything that changed."""

    WEBHOOK = "webhook"
    REFETCH = "refetch"
    RECONCILE = "reconcile"


class Accepted(IntEnum):
    """What a delivery is to us: noise, new work, or a repeat that has to be looked at again."""

    NOISE = 0
    NEW = 1
    AGAIN = 2


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery to keep.

    ``origin`` is the platform or source that translates it; ``versioned`` as its ``verify`` said.
    """

    origin: str
    topic: str
    key: str
    body: bytes
    versioned: bool
    event_id: str | None = None
    road: Road = Road.WEBHOOK


def accept(
    session: Session, cipher: Cipher, programme_id: UUID, shop_id: UUID, arrival: Arrival, now: datetime
) -> Accepted:
    """Keep a delivery and tell whether there is work (truth value).

    A repeat adds to ``seen``. A repeat of a finished delivery without a version waits again: the same body may tell
    of a later change (WooCommerce's ``order.deleted`` is always the same).
    """
    if _keep(session, cipher, programme_id, shop_id, arrival, now):
        return Accepted.NEW
    again = not arrival.versioned
    values: dict[str, object] = {"seen": InboxRow.seen + 1}
    if again:
        ended = InboxRow.state.in_((State.DONE.value, State.IGNORED.value))
        values["state"] = case((ended, State.WAITING.value), else_=InboxRow.state)
    session.execute(
        update(InboxRow)
        .where(
            InboxRow.programme_id == programme_id,
            InboxRow.shop_id == shop_id,
            InboxRow.topic == arrival.topic,
            InboxRow.key == arrival.key,
        )
        .values(values)
    )
    return Accepted.AGAIN if again else Accepted.NOISE


_INBOX, _BODIES = cast("Table", InboxRow.__table__), cast("Table", InboxBodyRow.__table__)
_KEY = ("programme_id", "shop_id", "topic", "key")
_GIVEN = {
    name: bindparam(f"given_{name}", type_=_INBOX.c[name].type)
    for name in (*_KEY, "inbox_id", "origin", "event_id", "road", "received_at")
}
_ROW = {**_GIVEN, "seen": literal(1), "state": literal(State.WAITING.value), "attempts": literal(0)}
_SEALED = bindparam("sealed", type_=_BODIES.c.sealed.type)
_SHARED = ("programme_id", "shop_id", "inbox_id", "received_at")
_NEW_ROW = sqlite.insert(_INBOX).values(_ROW).on_conflict_do_nothing(index_elements=_KEY).returning(_INBOX.c.inbox_id)
_BODY = insert(_BODIES).values({**{name: _GIVEN[name] for name in _SHARED}, "sealed": _SEALED})
_FRESH = (
    postgresql.insert(_INBOX)
    .values(_ROW)
    .on_conflict_do_nothing(index_elements=_KEY)
    .returning(*(_INBOX.c[name] for name in _SHARED))
    .cte("fresh")
)
_ROW_AND_BODY = (
    insert(_BODIES).from_select((*_SHARED, "sealed"), select(*_FRESH.c, _SEALED)).returning(_BODIES.c.inbox_id)
)
"""Made once: a webhook is answered while the shop waits. On PostgreSQL the row and its body go in one round trip."""


def _keep(session: Session, cipher: Cipher, programme_id: UUID, shop_id: UUID, arrival: Arrival, now: datetime) -> bool:
    """Insert a delivery with its body; False where the key is known already."""
    given = {
        "given_programme_id": programme_id,
        "given_shop_id": shop_id,
        "given_topic": arrival.topic,
        "given_key": arrival.key,
        "given_inbox_id": new_id(),
        "given_origin": arrival.origin,
        "given_event_id": arrival.event_id,
        "given_road": arrival.road.value,
        "given_received_at": now,
        "sealed": cipher.seal(arrival.body),
    }
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return connection.scalar(_ROW_AND_BODY, given) is not None
    if connection.scalar(_NEW_ROW, given) is None:
        return False
    connection.execute(_BODY, given)
    return True


@dataclass(slots=True)
class Letter:
    """A claimed delivery with its body opened."""

    row: InboxRow
    body: bytes


def claim(
    session: Session, cipher: Cipher, programme_id: UUID, shop_id: UUID, *, now: datetime, limit: int
) -> list[Letter]:
    """Claim a page of waiting deliveries of a shop, oldest first, inside the caller's transaction: a crash frees it.

    A body that none of our keys opens is quarantined here: nobody can read it.
    """
    rows = session.scalars(
        select(InboxRow)
        .where(
            InboxRow.programme_id == programme_id,
            InboxRow.shop_id == shop_id,
            InboxRow.state == State.WAITING.value,
            or_(InboxRow.next_try.is_(None), InboxRow.next_try <= now),
        )
        .order_by(InboxRow.inbox_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    bodies = dict(
        session.execute(
            select(InboxBodyRow.inbox_id, InboxBodyRow.sealed).where(
                InboxBodyRow.programme_id == programme_id,
                InboxBodyRow.shop_id == shop_id,
                InboxBodyRow.inbox_id.in_([row.inbox_id for row in rows]),
            )
        ).all()
    )
    letters = []
    for row in rows:
        try:
            letters.append(Letter(row, cipher.open(bodies[row.inbox_id]) if row.inbox_id in bodies else b""))
        except SealBrokenError:
            finish([row], State.QUARANTINED, now, "SEAL_BROKEN")
    return letters


def finish(rows: Iterable[InboxRow], state: State, now: datetime, reason: str | None = None) -> None:
    """Mark claimed deliveries with how they ended."""
    for row in rows:
        row.state, row.reason, row.done_at, row.next_try = state.value, reason, now, None


def postpone(row: InboxRow, now: datetime, error: str) -> None:
    """Count a failed try: again later (doubling, at most an hour), or quarantined after ``ATTEMPTS_MAX``."""
    row.attempts += 1
    if row.attempts >= ATTEMPTS_MAX:
        finish([row], State.QUARANTINED, now, error)
        return
    row.reason = error
    row.next_try = now + min(timedelta(seconds=2**row.attempts * 5), timedelta(hours=1))


def shops_waiting(session: Session, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Return (programme, shop) pairs with waiting deliveries: the sweep's question over all tenants."""
    rows = session.execute(
        select(InboxRow.programme_id, InboxRow.shop_id)
        .where(InboxRow.state == State.WAITING.value, or_(InboxRow.next_try.is_(None), InboxRow.next_try <= now))
        .distinct()
    )
    return [(programme_id, shop_id) for programme_id, shop_id in rows]


def missed(session: Session, programme_id: UUID, shop_id: UUID, since: datetime) -> int:
    """Return how many deliveries that reconciling brought told something new: webhooks that never reached us."""
    return int(
        session.scalar(
            select(func.count()).where(
                InboxRow.programme_id == programme_id,
                InboxRow.shop_id == shop_id,
                InboxRow.road == Road.RECONCILE.value,
                InboxRow.state == State.DONE.value,
                InboxRow.done_at >= since,
                InboxRow.reason.is_(None),
            )
        )
        or 0
    )


def counts(session: Session, programme_id: UUID, shop_id: UUID) -> dict[str, int]:
    """Return how many deliveries of a shop stand where."""
    rows = session.execute(
        select(InboxRow.state, func.count())
        .where(InboxRow.programme_id == programme_id, InboxRow.shop_id == shop_id)
        .group_by(InboxRow.state)
    )
    return dict(rows.all())

"""Privacy duties: laid on us, carried out, and how; the names by which a person is found in deliveries are sealed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.db.members import new_id
from app.db.scope import Scope
from app.db.tables import PrivacyRow
from app.loyalty.facts import Duty

TERM: Final = timedelta(days=30)
"""How long a duty may take (Shopify: privacy law compliance; GDPR article 12: one month)."""


class State(StrEnum):
    """Where a duty stands."""

    OPEN = "open"
    SCRUBBING = "scrubbing"
    """The person is erased; deliveries that name them are being dropped."""
    HELD = "held"
    """Not carried out: the shop that is to be erased has been connected again."""
    DONE = "done"


ENDED: Final = (State.DONE.value,)


@dataclass(frozen=True, slots=True)
class Names:
    """How deliveries of a shop name a person: the shop's ids, and addresses in lower case."""

    ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    def packed(self) -> bytes:
        """Return what is sealed."""
        return json.dumps({"ids": self.ids, "emails": self.emails}).encode()

    @classmethod
    def unpacked(cls, content: bytes) -> "Names":
        """Return what was sealed."""
        known = json.loads(content)
        return cls(tuple(known["ids"]), tuple(known["emails"]))


NAMELESS: Final = Names()


def keep(
    scope: Scope,
    shop_id: UUID,
    duty: Duty,
    names: Names | None,
    *,
    state: State = State.OPEN,
    member_id: UUID | None = None,
) -> UUID:
    """Keep a duty. Returns its id."""
    request_id = new_id()
    scope.session.execute(
        insert(PrivacyRow).values(
            programme_id=scope.programme_id,
            shop_id=shop_id,
            request_id=request_id,
            duty=duty.value,
            customer_id=names.ids[0] if names and names.ids and state is State.OPEN else None,
            received_at=scope.now,
            state=state.value,
            member_id=member_id,
            sealed=scope.cipher.seal(names.packed()) if names is not None else None,
        )
    )
    return request_id


def names_of(scope: Scope, row: PrivacyRow) -> Names:
    """Return how deliveries name the person of a duty."""
    return Names.unpacked(scope.cipher.open(row.sealed)) if row.sealed is not None else Names()


def get(scope: Scope, request_id: UUID, *, lock: bool = False) -> PrivacyRow | None:
    """Return a duty of the programme."""
    asked = select(PrivacyRow).where(PrivacyRow.programme_id == scope.programme_id, PrivacyRow.request_id == request_id)
    return scope.session.scalar(asked.with_for_update() if lock else asked)


def listed(scope: Scope, *, ended: bool = False, limit: int = 200) -> Sequence[PrivacyRow]:
    """Return the programme's duties, the oldest first; with ``ended`` those that were carried out, the newest first."""
    asked = select(PrivacyRow).where(
        PrivacyRow.programme_id == scope.programme_id,
        PrivacyRow.state.in_(ENDED) if ended else PrivacyRow.state.not_in(ENDED),
    )
    order = (PrivacyRow.done_at.desc(),) if ended else (PrivacyRow.received_at, PrivacyRow.request_id)
    return scope.session.scalars(asked.order_by(*order).limit(limit)).all()


def waiting(session: Session, states: Iterable[State]) -> list[tuple[UUID, UUID]]:
    """Return (programme, duty) of duties in these states: the job's question over all tenants."""
    rows = session.execute(
        select(PrivacyRow.programme_id, PrivacyRow.request_id)
        .where(PrivacyRow.state.in_([state.value for state in states]))
        .order_by(PrivacyRow.received_at)
    )
    return [(programme_id, request_id) for programme_id, request_id in rows]


def finish(row: PrivacyRow, now: datetime) -> None:
    """Mark a duty as carried out; nothing of the person stays with it."""
    row.state, row.done_at, row.sealed, row.customer_id = State.DONE.value, now, None, None

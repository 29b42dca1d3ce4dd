"""The outbox: effects saved with the decision that wished them, claimed one subject at a time under a lease."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.db.members import new_id
from app.db.scope import Scope
from app.db.tables import OutboxRow
from app.loyalty.facts import Thing

LEASE = timedelta(minutes=2)
_ELSEWHERE = "NO_ANSWER"
"""The error of what was not tried itself, because nobody answered at its place."""


class EffectKind(StrEnum):
    """What can be asked of a shop; the payload names ids, the rest is read when it is performed."""

    ISSUE_CODE = "issue_code"
    DISABLE_CODE = "disable_code"
    GRANT_CREDIT = "grant_credit"
    ISSUE_FRIEND_CODE = "issue_friend_code"
    SYNC_MEMBER = "sync_member"
    REFETCH = "refetch"
    SUBSCRIBE = "subscribe"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Claim:
    """An effect claimed for one try; ``fence`` proves later that the claim is still ours."""

    programme_id: UUID
    shop_id: UUID
    effect_id: UUID
    kind: EffectKind
    subject: str
    payload: Mapping[str, Any]
    attempts: int
    fence: int


def put(scope: Scope, shop_id: UUID, kind: EffectKind, subject: str, payload: Mapping[str, Any]) -> UUID:
    """Save a wish; it is carried out after the commit."""
    effect_id = new_id()
    scope.session.execute(
        insert(OutboxRow).values(
            programme_id=scope.programme_id,
            shop_id=shop_id,
            effect_id=effect_id,
            kind=kind.value,
            subject=subject,
            payload=dict(payload),
            created_at=scope.now,
        )
    )
    return effect_id


def put_once(scope: Scope, shop_id: UUID, kind: EffectKind, wishes: Mapping[str, Mapping[str, Any]]) -> None:
    """Save wishes of a kind by subject, leaving out subjects for which the same wish already waits."""
    waiting = set(
        scope.session.scalars(
            select(OutboxRow.subject).where(
                OutboxRow.programme_id == scope.programme_id,
                OutboxRow.shop_id == shop_id,
                OutboxRow.subject.in_(sorted(wishes)),
                OutboxRow.kind == kind.value,
                OutboxRow.state == "waiting",
            )
        )
    )
    fresh = [(shop_id, subject, payload) for subject, payload in wishes.items() if subject not in waiting]
    put_all(scope, kind, fresh)


def put_all(scope: Scope, kind: EffectKind, wishes: Iterable[tuple[UUID, str, Mapping[str, Any]]]) -> None:
    """Save wishes of a kind, each with its shop and subject, in their order."""
    rows = [
        {
            "programme_id": scope.programme_id,
            "shop_id": shop_id,
            "effect_id": new_id(),
            "kind": kind.value,
            "subject": subject,
            "payload": dict(payload),
            "created_at": scope.now,
        }
        for shop_id, subject, payload in wishes
    ]
    if rows:
        scope.session.execute(insert(OutboxRow), rows)


def refetch(scope: Scope, shop_id: UUID, thing: Thing, ids: Iterable[str]) -> None:
    """Wish that the shop is asked for things as they are now; the answers come through the inbox."""
    wishes = {f"{thing.value}:{each}": {"thing": thing.value, "id": each} for each in ids}
    if wishes:
        put_once(scope, shop_id, EffectKind.REFETCH, wishes)


def claim(
    session: Session,
    programme_id: UUID,
    shop_id: UUID,
    *,
    owner: str,
    now: datetime,
    limit: int,
    kinds: Collection[EffectKind] = tuple(EffectKind),
) -> Sequence[Claim]:
    """Lease the oldest unfinished effect of each subject that is due, at most ``limit``, of these kinds.

    The caller commits, then talks.
    """
    older = aliased(OutboxRow)
    due = (
        select(OutboxRow)
        .where(
            OutboxRow.programme_id == programme_id,
            OutboxRow.shop_id == shop_id,
            OutboxRow.kind.in_([kind.value for kind in kinds]),
            OutboxRow.state == "waiting",
            or_(OutboxRow.next_try.is_(None), OutboxRow.next_try <= now),
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= now),
            ~exists().where(
                older.programme_id == OutboxRow.programme_id,
                older.shop_id == OutboxRow.shop_id,
                older.subject == OutboxRow.subject,
                older.state == "waiting",
                older.effect_id < OutboxRow.effect_id,
            ),
        )
        .order_by(OutboxRow.effect_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claims = []
    for row in session.scalars(due).all():
        row.lease_owner, row.lease_until = owner, now + LEASE
        row.fence += 1
        row.attempts += 1
        claims.append(
            Claim(
                programme_id,
                shop_id,
                row.effect_id,
                EffectKind(row.kind),
                row.subject,
                row.payload,
                row.attempts,
                row.fence,
            )
        )
    session.flush()
    return claims


def _finish(session: Session, claim: Claim, values: Mapping[str, Any]) -> bool:
    result = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.programme_id == claim.programme_id,
            OutboxRow.shop_id == claim.shop_id,
            OutboxRow.effect_id == claim.effect_id,
            OutboxRow.fence == claim.fence,
            OutboxRow.state == "waiting",
        )
        .values(lease_owner=None, lease_until=None, **values)
    )
    return bool(getattr(result, "rowcount", 0))


def done(session: Session, claim: Claim, now: datetime) -> bool:
    """Mark an effect done. False when the claim is no longer ours: then nothing of it may be recorded."""
    return _finish(session, claim, {"state": "done", "done_at": now, "error": None})


def failed(session: Session, claim: Claim, now: datetime, *, error: str, retry_at: datetime | None) -> bool:
    """Keep the error; try again at ``retry_at``, or (None) give up for good."""
    if retry_at is None:
        return _finish(session, claim, {"state": "failed", "done_at": now, "error": error})
    return _finish(session, claim, {"next_try": retry_at, "error": error})


def share_failure(session: Session, claim: Claim, subjects: str, now: datetime, retry_at: datetime | None) -> None:
    """Let a failure count for all that is due at the same place: nobody answers there, so each would wait in vain.

    ``subjects`` is how their subjects begin. They are due before the claim itself is, so that one of them asks next;
    where the claim was given up (None), so is what failed as often.
    """
    values: dict[str, Any] = {"state": "failed", "done_at": now}
    as_often = OutboxRow.attempts >= claim.attempts - 1
    if retry_at is not None:
        values, as_often = {"next_try": now + (retry_at - now) // 2}, OutboxRow.attempts < claim.attempts
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.programme_id == claim.programme_id,
            OutboxRow.shop_id == claim.shop_id,
            OutboxRow.subject.startswith(subjects),
            OutboxRow.state == "waiting",
            or_(OutboxRow.next_try.is_(None), OutboxRow.next_try <= now),
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= now),
            as_often,
        )
        .values(attempts=OutboxRow.attempts + 1, error=_ELSEWHERE, **values),
        execution_options={"synchronize_session": False},
    )


def unclaim(session: Session, claim: Claim) -> bool:
    """Lay an effect back untried, so that whoever comes next takes it at once. False when it was no longer ours."""
    return _finish(session, claim, {"attempts": OutboxRow.attempts - 1})


def try_now(session: Session, programme_id: UUID, shop_id: UUID) -> None:
    """Make everything that waits for a shop due: whatever it waited for, the shop's door has just opened."""
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.programme_id == programme_id,
            OutboxRow.shop_id == shop_id,
            OutboxRow.state == "waiting",
            OutboxRow.next_try.is_not(None),
        )
        .values(next_try=None)
    )


def revive(scope: Scope, kind: EffectKind, subjects: Select[str]) -> int:
    """Let wishes of a kind that were given up begin anew. Returns how many."""
    result = scope.session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.programme_id == scope.programme_id,
            OutboxRow.kind == kind.value,
            OutboxRow.state == "failed",
            OutboxRow.subject.in_(subjects),
        )
        .values(state="waiting", attempts=0, next_try=None, done_at=None)
    )
    return int(getattr(result, "rowcount", 0))


def shops_waiting(session: Session, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (programme, shop) pairs with effects that are due: the sweep's question over all tenants."""
    rows = session.execute(
        select(OutboxRow.programme_id, OutboxRow.shop_id)
        .where(
            OutboxRow.state == "waiting",
            or_(OutboxRow.next_try.is_(None), OutboxRow.next_try <= now),
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= now),
        )
        .distinct()
    )
    return [(programme_id, shop_id) for programme_id, shop_id in rows]

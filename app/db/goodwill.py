"""Goodwill given in batches: who has a part of one, and what a month has seen."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.db.scope import Scope
from app.db.tables import DeedRow, OrderRow, RequestRow

_ALL = "goodwill:"
GESTURE = "give_reward"
"""The deed of giving a reward for nothing; its detail tells what it would have cost."""


def hashes(scope: Scope, keys: Iterable[str]) -> dict[str, str]:
    """Return the input hashes of requests that were answered, by key."""
    rows = scope.session.execute(
        select(RequestRow.key, RequestRow.input_hash).where(
            RequestRow.programme_id == scope.programme_id, RequestRow.key.in_(sorted(set(keys)))
        )
    )
    return dict(rows.all())


def given_since(scope: Scope, since: datetime) -> int:
    """Return what staff gave from an instant on, in smallest steps; what was undone counts as given.

    Points by batches, and what rewards given for nothing would have cost.
    """
    total = scope.session.scalar(
        select(func.sum(RequestRow.amount)).where(
            RequestRow.programme_id == scope.programme_id,
            RequestRow.kind == "adjust",
            RequestRow.key.startswith(_ALL, autoescape=True),
            RequestRow.dated >= since,
        )
    )
    gestures = scope.session.scalars(
        select(DeedRow.detail).where(
            DeedRow.programme_id == scope.programme_id, DeedRow.what == GESTURE, DeedRow.at >= since
        )
    )
    return int(total or 0) + sum(int(detail.get("cost", 0)) for detail in gestures)


def holders(scope: Scope, batch_id: str, after: UUID | None, limit: int) -> list[UUID]:
    """Return a page of the members who have a part of a batch, in the order of their ids, after one of them."""
    asked = select(RequestRow.member_id).where(*_of_batch(scope, batch_id))
    if after is not None:
        asked = asked.where(RequestRow.member_id > after)
    return list(scope.session.scalars(asked.distinct().order_by(RequestRow.member_id).limit(limit)))


def amounts(scope: Scope, batch_id: str, member_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Return each member's parts of a batch by key; after a merge one member can have two."""
    rows = scope.session.execute(
        select(RequestRow.member_id, RequestRow.key, RequestRow.amount)
        .where(*_of_batch(scope, batch_id), RequestRow.member_id.in_(sorted(member_ids)))
        .order_by(RequestRow.key)
    )
    found: dict[UUID, dict[str, int]] = {}
    for member_id, key, amount in rows:
        found.setdefault(member_id, {})[key] = int(amount or 0)
    return found


def _of_batch(scope: Scope, batch_id: str) -> tuple[ColumnElement[bool], ...]:
    begins = f"{_ALL}{batch_id}:"
    return (
        RequestRow.programme_id == scope.programme_id,
        RequestRow.kind == "adjust",
        RequestRow.key.startswith(begins, autoescape=True),
    )


def buyers(scope: Scope, orders: Iterable[str]) -> dict[str, UUID]:
    """Return whose orders these are, by the number people use."""
    rows = scope.session.execute(
        select(OrderRow.name, OrderRow.member_id).where(
            OrderRow.programme_id == scope.programme_id, OrderRow.name.in_(sorted(set(orders)))
        )
    )
    return dict(rows.all())

"""Orders, reviews and referrals as last reported: what the next judgement is made from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.db.outcomes import pack_outcome
from app.db.scope import Scope
from app.db.snapshots import pack
from app.db.tables import BirthdayRow, EventRow, OrderRow, ReferralRow, ReviewRow
from app.loyalty.facts import Birthday, Event, Order, Referral, Review
from app.loyalty.members.history import ReferralOutcome

NETWORK_KEPT: Final = timedelta(days=30)
"""How long it is kept, as a keyed hash, which network and device an order was placed from."""
TRACES: Final = ("address_hash", "network_hash", "device_hash", "payment_hash")
"""The columns of what an order tells of its place, its device and its payment."""
_NAMES: Final = frozenset(name.removesuffix("_hash") for name in TRACES)

_AS_IT_IS_NOW = {"populate_existing": True}
"""Rows that were read before a lock are read again under it: what the session remembers of them is not asked."""


def order_rows(scope: Scope, shop_id: UUID, order_ids: Iterable[str]) -> dict[str, OrderRow]:
    """Return the stored orders of a shop by id."""
    rows = scope.session.scalars(
        select(OrderRow).where(
            OrderRow.programme_id == scope.programme_id,
            OrderRow.shop_id == shop_id,
            OrderRow.order_id.in_(sorted(set(order_ids))),
        ),
        execution_options=_AS_IT_IS_NOW,
    )
    return {row.order_id: row for row in rows}


def put_orders(scope: Scope, shop_id: UUID, orders: Sequence[tuple[UUID, Order]], *, traced: Collection[str]) -> None:
    """Store the latest snapshots with their members, in the place of earlier ones.

    ``traced``: of which of the orders' traces keyed hashes are kept; what a snapshot does not tell stays as it was.
    """
    rows = [
        {
            "programme_id": scope.programme_id,
            "shop_id": shop_id,
            "order_id": order.id,
            "member_id": member_id,
            "name": order.name,
            "updated_at": order.updated_at,
            "placed_at": order.placed_at,
            "paid_at": order.paid_at,
            "snapshot": pack(order),
            **_traces(scope, order, traced),
        }
        for member_id, order in orders
    ]
    _replace(scope, OrderRow, rows, staying=TRACES)


def is_recent(scope: Scope, order: Order) -> bool:
    """Say whether an order is so young that its network and device may still be kept."""
    return scope.now - order.placed_at < NETWORK_KEPT


def forget_networks(session: Session, now: datetime) -> int:
    """Take the networks and devices of older orders away, in every programme. Returns how many orders had one.

    No order has a device without a network, so one index finds both.
    """
    done = session.execute(
        update(OrderRow)
        .where(OrderRow.placed_at < now - NETWORK_KEPT, OrderRow.network_hash.is_not(None))
        .values(network_hash=None, device_hash=None)
        .returning(OrderRow.order_id)
    )
    return len(done.all())


def trace_hashes(scope: Scope, order: Order) -> list[str]:
    """Return the keyed hashes of an order's traces."""
    return [told for told in _traces(scope, order, _NAMES).values() if told]


def _traces(scope: Scope, order: Order, traced: Collection[str]) -> dict[str, str | None]:
    """Return the columns of the traces that are kept of an order."""
    young = is_recent(scope, order)
    told = {
        "address": order.traces.address,
        "network": order.traces.network if young else None,
        "device": order.traces.device if young and order.traces.network else None,
        "payment": order.traces.payment,
    }
    return {
        f"{name}_hash": scope.cipher.fingerprint(trace) if trace and name in traced else None
        for name, trace in told.items()
    }


def review_rows(scope: Scope, shop_id: UUID, review_ids: Iterable[str]) -> dict[str, ReviewRow]:
    """Return the stored reviews of a shop by id."""
    rows = scope.session.scalars(
        select(ReviewRow).where(
            ReviewRow.programme_id == scope.programme_id,
            ReviewRow.shop_id == shop_id,
            ReviewRow.review_id.in_(sorted(set(review_ids))),
        ),
        execution_options=_AS_IT_IS_NOW,
    )
    return {row.review_id: row for row in rows}


def put_reviews(scope: Scope, shop_id: UUID, reviews: Sequence[tuple[UUID | None, str | None, Review]]) -> None:
    """Store reviews with their member, or with the e-mail's keyed hash while it is not known whose they are."""
    rows = [
        {
            "programme_id": scope.programme_id,
            "shop_id": shop_id,
            "review_id": review.id,
            "member_id": member_id,
            "email_hash": email_hash,
            "product": review.product,
            "at": review.at,
            "updated_at": review.updated_at,
            "approved": review.approved,
            "rating": review.rating,
            "photo": review.photo,
        }
        for member_id, email_hash, review in reviews
    ]
    _replace(scope, ReviewRow, rows)


def waiting_reviews(scope: Scope, shop_id: UUID, email_hashes: Iterable[str]) -> list[ReviewRow]:
    """Return reviews that carry one of these addresses and belong to nobody yet."""
    return list(
        scope.session.scalars(
            select(ReviewRow).where(
                ReviewRow.programme_id == scope.programme_id,
                ReviewRow.shop_id == shop_id,
                ReviewRow.member_id.is_(None),
                ReviewRow.email_hash.in_(sorted(set(email_hashes))),
            )
        )
    )


def referrals_of(scope: Scope, friend_ids: Iterable[UUID]) -> list[ReferralRow]:
    """Return the referrals in which these members are the friends."""
    return list(
        scope.session.scalars(
            select(ReferralRow).where(
                ReferralRow.programme_id == scope.programme_id, ReferralRow.friend_id.in_(sorted(set(friend_ids)))
            )
        )
    )


def open_claims(scope: Scope, codes: Iterable[str]) -> list[ReferralRow]:
    """Return referrals whose friend is known only by one of these codes so far (ours are upper-case)."""
    return list(
        scope.session.scalars(
            select(ReferralRow).where(
                ReferralRow.programme_id == scope.programme_id,
                ReferralRow.friend_id.is_(None),
                ReferralRow.code.in_(sorted({code.upper() for code in codes})),
            ),
            execution_options=_AS_IT_IS_NOW,
        )
    )


def put_referral(scope: Scope, shop_id: UUID, referral: Referral, advocate: UUID, friend: UUID) -> bool:
    """Store a referral; the first with its id counts. Returns whether it is new."""
    known = scope.session.scalar(
        select(ReferralRow.referral_id).where(
            ReferralRow.programme_id == scope.programme_id, ReferralRow.referral_id == referral.id
        )
    )
    if known is not None:
        return False
    scope.session.execute(
        insert(ReferralRow).values(
            programme_id=scope.programme_id,
            referral_id=referral.id,
            shop_id=shop_id,
            advocate_id=advocate,
            friend_id=friend,
            at=referral.at,
        )
    )
    return True


def event_rows(scope: Scope, shop_id: UUID, event_ids: Iterable[str]) -> dict[str, EventRow]:
    """Return the stored events of a shop by id."""
    rows = scope.session.scalars(
        select(EventRow).where(
            EventRow.programme_id == scope.programme_id,
            EventRow.shop_id == shop_id,
            EventRow.event_id.in_(sorted(set(event_ids))),
        ),
        execution_options=_AS_IT_IS_NOW,
    )
    return {row.event_id: row for row in rows}


def put_event(scope: Scope, shop_id: UUID, event: Event, member_id: UUID) -> None:
    """Store an event that is new."""
    row = EventRow(
        programme_id=scope.programme_id, shop_id=shop_id, event_id=event.id, member_id=member_id,
        event=event.event, at=event.at, gone=False,
    )  # fmt: skip
    scope.session.add(row)
    scope.session.flush()


def put_birthday(scope: Scope, shop_id: UUID, birthday: Birthday, member_id: UUID) -> None:
    """Store a birthday as it was told; what was told at that very instant before stays."""
    scope.session.execute(
        insert(BirthdayRow).values(
            programme_id=scope.programme_id,
            member_id=member_id,
            told_at=birthday.at,
            month=birthday.month,
            day=birthday.day,
            shop_id=shop_id,
        )
    )


def put_outcomes(scope: Scope, outcomes: Mapping[str, ReferralOutcome]) -> None:
    """Store what referrals have come to."""
    for referral_id, outcome in outcomes.items():
        scope.session.execute(
            update(ReferralRow)
            .where(ReferralRow.programme_id == scope.programme_id, ReferralRow.referral_id == referral_id)
            .values(
                outcome=pack_outcome(outcome),
                held_at=case(
                    (ReferralRow.decision.is_not(None), ReferralRow.held_at),
                    else_=func.coalesce(ReferralRow.held_at, scope.now) if outcome.held else None,
                ),
            )
        )


def _replace(scope: Scope, row: type[Any], rows: list[dict[str, Any]], *, staying: Collection[str] = ()) -> None:
    if not rows:
        return
    table: Table = row.__table__
    dialect = scope.session.get_bind().dialect.name
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    values: dict[str, Any] = {
        column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key
    }
    values |= {name: func.coalesce(values[name], table.columns[name]) for name in staying}
    scope.session.connection().execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values), rows
    )

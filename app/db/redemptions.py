"""Redemptions by what is known of them: their id, the order that used them, the member."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from app.db.scope import Scope
from app.db.tables import PostingRow, RedemptionRow, TransactionRow
from app.loyalty.ledger.books import RedemptionState, Stage
from app.loyalty.ledger.postings import Account


def users_of(scope: Scope, shop_id: UUID, order_ids: Iterable[str]) -> set[UUID]:
    """Return the members whose codes these orders used."""
    wanted = sorted(set(order_ids))
    if not wanted:
        return set()
    return set(
        scope.session.scalars(
            select(RedemptionRow.member_id).where(
                RedemptionRow.programme_id == scope.programme_id,
                RedemptionRow.use_shop_id == shop_id,
                RedemptionRow.use_order.in_(wanted),
            )
        )
    )


def get(scope: Scope, redemption_id: str) -> RedemptionRow | None:
    """Return a redemption of this programme."""
    return scope.session.scalar(
        select(RedemptionRow).where(
            RedemptionRow.programme_id == scope.programme_id, RedemptionRow.redemption_id == redemption_id
        )
    )


def returning_subjects(scope: Scope) -> Select[str]:
    """Select the outbox's subjects of codes that are to be disabled before their points return."""
    return select(literal("redemption:") + RedemptionRow.redemption_id).where(
        RedemptionRow.programme_id == scope.programme_id,
        RedemptionRow.state == RedemptionState.HELD.value,
        RedemptionRow.stage == Stage.RETURNING.value,
    )


def external_ids(scope: Scope, member_id: UUID) -> frozenset[str]:
    """Return how the platforms call what this member was given."""
    return frozenset(
        found
        for found in scope.session.scalars(
            select(RedemptionRow.external_id).where(
                RedemptionRow.programme_id == scope.programme_id,
                RedemptionRow.member_id == member_id,
                RedemptionRow.external_id.is_not(None),
            )
        )
        if found is not None
    )


def donated(session: Session, programme_id: UUID) -> list[tuple[str, int, int]]:
    """Return for each cause the points given to it, as the ledger has them, and what the shop pays for them."""
    points = func.sum(PostingRow.amount)
    moved = (
        select(TransactionRow.source, points.label("points"))
        .join(
            PostingRow,
            (PostingRow.programme_id == TransactionRow.programme_id)
            & (PostingRow.member_id == TransactionRow.member_id)
            & (PostingRow.transaction_number == TransactionRow.number),
        )
        .where(TransactionRow.programme_id == programme_id, PostingRow.to_account == Account.DONATED.value)
        .group_by(TransactionRow.source)
        .subquery()
    )
    rows = session.execute(
        select(
            RedemptionRow.cause,
            func.coalesce(func.sum(moved.c.points), 0),
            func.coalesce(func.sum(RedemptionRow.value_minor), 0),
        )
        .outerjoin(moved, moved.c.source == literal("redemption:") + RedemptionRow.redemption_id)
        .where(RedemptionRow.programme_id == programme_id, RedemptionRow.cause.is_not(None))
        .group_by(RedemptionRow.cause)
        .order_by(RedemptionRow.cause)
    )
    return [(cause, int(total), int(value)) for cause, total, value in rows if cause is not None]

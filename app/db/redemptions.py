"""Redemptions by what is known of them: their id, the order that used them, the member."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, literal, select

from app.db.scope import Scope
from app.db.tables import RedemptionRow
from app.loyalty.books import RedemptionState, Stage


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

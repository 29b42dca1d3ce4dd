"""Redemptions by what is known of them: their id, the order that used them, the member."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.db.scope import Scope
from app.db.tables import RedemptionRow


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

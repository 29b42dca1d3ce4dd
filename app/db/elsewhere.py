"""Which orders of a platform are known at another of its shops, whichever programme that is in: ids alone are told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.db.scope import Scope
from app.db.second_wall import Whose, keep_to
from app.db.tables import OrderRow, ShopRow


def orders_elsewhere(scope: Scope, shop_id: UUID, platform: str, order_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these orders another connected shop of the platform has told of.

    Asked only where ids are the whole platform's: then one of the two shops is not who sent it. A shop that removed the
    app tells nothing more; it may be here again under another id of ours, with the orders it had.
    """
    if not order_ids:
        return frozenset()
    keep_to(scope.session, Whose.EVERY)
    found = scope.session.scalars(
        select(OrderRow.order_id)
        .join(ShopRow, (ShopRow.programme_id == OrderRow.programme_id) & (ShopRow.shop_id == OrderRow.shop_id))
        .where(
            OrderRow.order_id.in_(sorted(set(order_ids))),
            OrderRow.shop_id != shop_id,
            ShopRow.platform == platform,
            ShopRow.state == "connected",
        )
    ).all()
    keep_to(scope.session, scope.programme_id)
    return frozenset(found)

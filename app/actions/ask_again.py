"""Staff ask a shop what it says of an order now: the answer comes by the one road, through the inbox."""

from uuid import UUID

from app.db import deeds, outbox
from app.db.scope import Scope
from app.loyalty.facts import Thing


def ask_again(scope: Scope, shop_id: UUID, order_id: str, *, actor: str) -> None:
    """Wish for an order to be fetched anew, once however often it is asked; the deed is kept."""
    outbox.refetch(scope, shop_id, Thing.ORDER, (order_id,))
    deeds.record(
        scope,
        actor=actor,
        what="ask_again",
        subject=f"{Thing.ORDER.value}:{order_id}",
        why="asked by hand",
        detail={"shop": str(shop_id)},
    )

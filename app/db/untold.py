"""What a shop has still to tell of an order: what its goods are filed under, how much of it credit paid."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from app.db.outbox import EffectKind
from app.db.scope import Scope
from app.db.tables import OutboxRow
from app.loyalty.facts import Order, Thing


class Matter(StrEnum):
    """What may be missing: labels of the goods (categories, collections, tags), or the credit that paid."""

    GOODS = "goods"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Untold:
    """A thing that the judgement of an order lacks. ``asked``: the shop's answer is still waited for."""

    matter: Matter
    asked: bool


def untold(scope: Scope, shop_id: UUID, order: Order) -> list[Untold]:
    """Return what the shop was asked of an order and has not told, the question itself first."""
    goods, whole = f"{Thing.GOODS.value}:{order.id}", f"{Thing.ORDER.value}:{order.id}"
    states: dict[str, str] = dict(
        scope.session.execute(
            select(OutboxRow.subject, OutboxRow.state)
            .where(
                OutboxRow.programme_id == scope.programme_id,
                OutboxRow.shop_id == shop_id,
                OutboxRow.kind == EffectKind.REFETCH.value,
                OutboxRow.subject.in_((goods, whole)),
            )
            .order_by(OutboxRow.effect_id)
        ).all()
    )
    asking = {subject for subject, state in states.items() if state == "waiting"}
    found = [Untold(Matter.GOODS, goods in asking)] if states.get(goods) in {"waiting", "failed"} else []
    if not order.credit_told:
        found.append(Untold(Matter.CREDIT, bool(asking)))
    return found

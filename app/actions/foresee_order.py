"""What an order would earn if it were paid now, as a cart tells of it; nothing is kept."""

from dataclasses import dataclass
from uuid import UUID

from app.db import budgets, memberfiles, programmes
from app.db.scope import Scope
from app.loyalty.facts import Order
from app.loyalty.judging.earning import judge
from app.loyalty.members.budgets import Purse
from app.loyalty.members.history import History, MemberOrder
from app.loyalty.terms.conditions import names_labels, names_orders
from app.loyalty.terms.programme import Version


@dataclass(frozen=True, slots=True)
class Foreseen:
    """``points`` in smallest steps, by ``version`` (None: nothing is in force).

    ``may_differ``: the version asks what a cart does not tell, what goods are filed under or how an order comes about.
    """

    points: int
    version: Version | None
    may_differ: bool


def foresee_order(scope: Scope, shop_id: UUID, member_id: UUID | None, order: Order) -> Foreseen:
    """Judge an order paid at ``scope.now`` as the member's next one; ``member_id`` None: as somebody's first.

    The same judging as when the order is told, with what is left of budgets at this moment.
    """
    programme = programmes.load(scope.session, scope.programme_id)
    version = programme.version_at(scope.now, str(shop_id))
    cart = MemberOrder(str(shop_id), order)
    history = History("nobody", orders=(cart,))
    if member_id is not None:
        file = memberfiles.load(scope.session, scope.programme_id, [member_id], locked=False)[member_id]
        file.orders[cart.shop, order.id] = cart
        history = file.history()
    purse = Purse(history.grants, budgets.spent(scope)) if programme.has_budgets else None
    due = judge(history, programme, scope.now, purse).dues.get(cart.source)
    return Foreseen(due.amount if due else 0, version, names_labels(version) or names_orders(version))

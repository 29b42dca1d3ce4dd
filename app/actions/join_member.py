"""A signed-in customer of a shop becomes a member the first time a signature names them."""

from uuid import UUID

from app.db import members, outbox
from app.db.scope import Scope
from app.loyalty.facts import Customer, Thing


def join_member(scope: Scope, shop_id: UUID, customer_id: str, email: str | None) -> UUID:
    """Return the member a shop knows by this customer id, made if need be.

    A new one is asked for at the shop: name, address and the date of the account come from there, so that joining is
    judged by the account's own date, not by the first look at the widget.
    """
    known = members.find(scope, shop_id, [customer_id])
    if customer_id in known:
        return known[customer_id]
    made = members.find_or_make(scope, shop_id, {customer_id: Customer(customer_id, email)})
    outbox.refetch(scope, shop_id, Thing.CUSTOMER, (customer_id,))
    return made[customer_id]

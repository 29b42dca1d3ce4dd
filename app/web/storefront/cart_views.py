"""What a cart would earn, told before paying."""

from typing import Final

from app.actions.foresee_order import foresee_order
from app.db import storefront
from app.db.scope import Scope
from app.db.unit import reading
from app.loyalty.facts import Line, Order
from app.web.callers import caller
from app.web.house import house
from app.web.storefront import shapes

_CART: Final = "~cart"
"""Of orders paid at one instant the one with the lower id comes first: the cart comes after all that there are."""


def foresee(json_data: shapes.CartRequest) -> shapes.CartEarns:
    """Return what a cart would earn if it were paid now; nobody becomes a member by asking."""
    asking, works = caller(), house().works
    now, place = works.clock(), asking.place
    lines = tuple(
        Line(str(number), one.product, one.quantity, one.price_minor, one.discount_minor, variant=one.variant)
        for number, one in enumerate(json_data.lines)
    )
    order = Order(
        _CART, None, now, now, now, None, place.currency, lines,
        discount_minor=json_data.discount_minor, shipping_minor=json_data.shipping_minor, tax_minor=json_data.tax_minor,
    )  # fmt: skip
    with reading(works.engine, place.programme_id) as session:
        known = None
        if asking.customer_id is not None:
            known = storefront.known(session, place.programme_id, place.shop_id, asking.customer_id)
        scope = Scope(session, place.programme_id, now, works.cipher)
        found = foresee_order(scope, place.shop_id, known.row.member_id if known is not None else None, order)
    return shapes.CartEarns(
        points=found.points,
        pending_days=found.version.pending_days if found.version is not None else 0,
        may_differ=found.may_differ,
    )

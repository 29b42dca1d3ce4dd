"""From a cart to an order and through its life: price, place, pay, fulfil, edit, cancel, trash."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.sandbox import discounts, totals
from tests.sandbox.money import portion
from tests.sandbox.records import Address, Customer, DiscountCode, Edit, Line, Order, Way
from tests.sandbox.shops import Platform, Shop
from tests.sandbox.store import Change, Kind, Store


@dataclass(frozen=True, slots=True)
class Item:
    """So many units of a variant, as they lie in a cart."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: an account, or a guest with an e-mail address."""

    customer: Customer | None
    email: str
    address: Address


def buyer(customer: Customer) -> Buyer:
    """Return the buyer that an account stands for."""
    return Buyer(customer=customer, email=customer.email, address=customer.address)


def price(store: Store, items: Sequence[Item], who: Buyer, codes: Sequence[str] = ()) -> Order:
    """Work out an order without placing it (its ids are 0); raises CodeRefusedError, KeyError."""
    lines = [_line(store, item) for item in items if item.quantity > 0]
    accepted: list[DiscountCode] = []
    for typed in codes:
        code = discounts.find(store, typed, customer=who.customer, email=who.email, lines=lines, others=accepted)
        accepted.append(code)
    shipping = _shipping(store.shop, lines)
    applied, shipping_discount = discounts.apply(accepted, lines, shipping)
    for line in lines:
        line.tax = 0 if line.gift_card else tax_on(line.paid, store.shop)
    return Order(
        id=0,
        number=0,
        created_at=store.clock.now(),
        updated_at=store.clock.now(),
        customer_id=who.customer.id if who.customer else None,
        email=who.email,
        address=who.address,
        lines=lines,
        shipping=shipping,
        shipping_discount=shipping_discount,
        shipping_tax=tax_on(shipping - shipping_discount, store.shop) if store.shop.shipping_taxed else 0,
        codes=applied,
    )


def place(
    store: Store,
    items: Sequence[Item],
    who: Buyer,
    *,
    codes: Sequence[str] = (),
    payment: str = "card",
    attributes: dict[str, str] | None = None,
    way: Way | None = None,
) -> Order:
    """Place an order; by card it is paid at once, by "transfer" later; raises CodeRefusedError, ValueError."""
    with store.change() as change:
        order = price(store, items, who, codes)
        if not order.lines:
            msg = "an order needs at least one line"
            raise ValueError(msg)
        order.id = change.next_id("order")
        order.number = change.next_id("number") if store.shop.platform is Platform.SHOPIFY else order.id
        order.payment = payment
        order.attributes = attributes or {}
        order.way = way or Way()
        order.key = f"wc_order_{hashlib.sha256(f'{store.shop.domain} {order.id}'.encode()).hexdigest()[:13]}"
        for line in order.lines:
            line.id = change.next_id("line")
        if payment == "card" or totals.total(order, store.shop) == 0:
            order.paid_at = change.now
        user = str(who.customer.id) if who.customer else who.email.lower()
        for applied in order.codes:
            code = store.codes[applied.code_id]
            code.used_by.append(user)
            change.put(code)
        change.put(order)
        change.tell(Kind.ORDER_CREATED, order.id)
        if order.paid_at:
            change.tell(Kind.ORDER_PAID, order.id)
    return order


def pay(store: Store, order: Order) -> None:
    """Record that the transfer came in; nothing to do for what is paid or cancelled."""
    if order.paid_at or order.cancelled_at:
        return
    with store.change() as change:
        order.paid_at = change.now
        _touch(change, order, Kind.ORDER_PAID)


def fulfil(store: Store, order: Order) -> None:
    """Send the goods out; an unpaid order counts as paid on delivery."""
    if order.fulfilled_at or order.cancelled_at:
        return
    with store.change() as change:
        order.fulfilled_at = change.now
        if order.paid_at is None:
            order.paid_at = change.now
            change.tell(Kind.ORDER_PAID, order.id)
        _touch(change, order, Kind.ORDER_FULFILLED)


def edit(store: Store, order: Order, changes: dict[int, int]) -> None:
    """Change quantities of lines (line id to difference); raises ValueError where less than nothing would be left."""
    for line in order.lines:
        if totals.current_units(order, line) + changes.get(line.id, 0) < 0:
            msg = f"line {line.id} has fewer units left"
            raise ValueError(msg)
    with store.change() as change:
        order.edits.append(Edit(id=change.next_id("edit"), created_at=change.now, changes=dict(changes)))
        _touch(change, order, Kind.ORDER_EDITED)


def cancel(store: Store, order: Order) -> None:
    """Cancel an order. WooCommerce gives a coupon its use back; Shopify does not."""
    if order.cancelled_at:
        return
    with store.change() as change:
        order.cancelled_at = change.now
        _give_codes_back(store, change, order)
        _touch(change, order, Kind.ORDER_CANCELLED)


def trash(store: Store, order: Order) -> None:
    """Move an order to the bin (WooCommerce only): no update is told, only that it is gone."""
    if order.deleted_at:
        return
    with store.change() as change:
        order.deleted_at = change.now
        _give_codes_back(store, change, order)
        _touch(change, order, Kind.ORDER_TRASHED)


def touch(store: Store, order: Order, attributes: dict[str, str] | None = None) -> None:
    """Change something that matters to nobody, such as a note: the platforms tell of it all the same."""
    with store.change() as change:
        order.attributes.update(attributes or {})
        _touch(change, order, Kind.ORDER_UPDATED)


def tax_on(amount: int, shop: Shop) -> int:
    """Tax on an amount as shown to the shopper: contained in it or coming on top, as the shop shows prices."""
    rate = shop.tax_rate
    return portion(amount, rate / (Decimal(1) + rate)) if shop.taxes_included else portion(amount, rate)


def _touch(change: Change, order: Order, kind: Kind) -> None:
    order.updated_at = change.now
    change.put(order)
    change.tell(kind, order.id)


def _give_codes_back(store: Store, change: Change, order: Order) -> None:
    if store.shop.platform is not Platform.WOOCOMMERCE:
        return
    customer = store.customers.get(order.customer_id or 0)
    user = str(customer.id) if customer else order.email.lower()
    for applied in order.codes:
        code = store.codes.get(applied.code_id)
        if code and user in code.used_by:
            code.used_by.remove(user)
            change.put(code)


def _line(store: Store, item: Item) -> Line:
    product, variant = store.variant(item.variant_id)
    return Line(
        id=0,
        product_id=product.id,
        variant_id=variant.id,
        title=product.title,
        variant_title=variant.title,
        sku=variant.sku,
        quantity=item.quantity,
        price=variant.price,
        gift_card=product.gift_card,
    )


def _shipping(shop: Shop, lines: Sequence[Line]) -> int:
    goods = sum(line.gross for line in lines if not line.gift_card)
    return 0 if goods == 0 or goods >= shop.free_shipping_from else shop.shipping_fee

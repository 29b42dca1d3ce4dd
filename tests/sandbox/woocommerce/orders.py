"""Bodies of orders and refunds, key for key as a real store sends them."""

import hashlib

from tests.sandbox import totals
from tests.sandbox.ordering import tax_on
from tests.sandbox.records import Address, AppliedCode, CodeKind, Line, Order, Refund, RefundLine
from tests.sandbox.shops import Shop
from tests.sandbox.store import Store
from tests.sandbox.woocommerce.writing import (
    VERSION,
    Json,
    dates,
    encode,
    gmt,
    links,
    local,
    meta,
    money,
    number,
    plain,
)

_PAYMENTS = {"card": ("stripe", "クレジットカード"), "transfer": ("bacs", "銀行振込"), "cod": ("cod", "代金引換")}
_SYMBOLS = {"USD": "$", "JPY": "¥"}
_TAX_RATE_ID = 1


def status(order: Order, shop: Shop) -> str:
    """The order's status by its bare name."""
    if order.deleted_at:
        return "trash"
    if order.cancelled_at:
        return "cancelled"
    if totals.fully_refunded(order, shop):
        return "refunded"
    if order.fulfilled_at:
        return "completed"
    return "processing" if order.paid_at else "on-hold"


def order_body(store: Store, order: Order) -> Json:
    """Write the order as it is now."""
    shop = store.shop
    state = status(order, shop)
    method, method_title = _PAYMENTS[order.payment]
    subtotal, subtotal_tax = _sums(order, shop)
    paid_net = sum(line.paid - _inside(line.tax, shop) for line in order.lines)
    shipping_net = totals.shipping_paid(order) - _inside(order.shipping_tax, shop)
    cart_tax = totals.line_tax(order)
    body: Json = {
        "id": order.id,
        "parent_id": 0,
        "status": state,
        "currency": shop.currency,
        "version": VERSION,
        "prices_include_tax": shop.taxes_included,
        "date_created": local(order.created_at, shop),
        "date_modified": local(order.updated_at, shop),
        "discount_total": money(subtotal - paid_net, shop),
        "discount_tax": money(subtotal_tax - cart_tax, shop),
        "shipping_total": money(shipping_net, shop),
        "shipping_tax": money(order.shipping_tax, shop),
        "cart_tax": money(cart_tax, shop),
        "total": money(totals.total(order, shop), shop),
        "total_tax": money(cart_tax + order.shipping_tax, shop),
        "customer_id": order.customer_id or 0,
        "order_key": order.key,
        "billing": {**address_body(order.address), "email": order.email, "phone": order.address.phone},
        "shipping": {**address_body(order.address), "phone": order.address.phone},
        "payment_method": method,
        "payment_method_title": method_title,
        "transaction_id": "",
        "customer_ip_address": "127.0.0.1",
        "customer_user_agent": "Mozilla/5.0",
        "created_via": "subscription" if order.way.renews else order.way.source or "store-api",
        "customer_note": "",
        "date_completed": local(order.fulfilled_at, shop),
        "date_paid": local(order.paid_at, shop),
        "cart_hash": hashlib.md5(order.key.encode(), usedforsecurity=False).hexdigest(),
        "number": str(order.number),
        "meta_data": meta([(order.id * 10 + i, key, value) for i, (key, value) in enumerate(_hung(order).items())]),
        "line_items": [_line_body(store, line) for line in order.lines],
        "tax_lines": [_tax_line(order, shop)] if cart_tax + order.shipping_tax else [],
        "shipping_lines": [_shipping_line(order, shop, shipping_net)],
        "fee_lines": [],
        "coupon_lines": [_coupon_line(order, index, code, shop) for index, code in enumerate(order.codes)],
        "refunds": [
            {
                "id": refund.id,
                "reason": refund.reason,
                "total": money(-refund.amount, shop),
                "total_tax": money(-_refund_tax(refund), shop),
            }
            for refund in reversed(order.refunds)
        ],
        "payment_url": f"{shop.home}/checkout/order-pay/{order.id}/?pay_for_order=true&key={order.key}",
        "is_editable": state == "on-hold",
        "needs_payment": False,
        "needs_processing": True,
        "date_created_gmt": gmt(order.created_at),
        "date_modified_gmt": gmt(order.updated_at),
        "date_completed_gmt": gmt(order.fulfilled_at),
        "date_paid_gmt": gmt(order.paid_at),
        "currency_symbol": _SYMBOLS[shop.currency],
        "_links": links(shop, "orders", order.id),
    }
    templates = f"{shop.home}/wp-json/wc/v3/orders/{order.id}/actions/email_templates"
    body["_links"]["email_templates"] = [{"embeddable": True, "href": templates}]
    if order.customer_id:
        body["_links"]["customer"] = [{"href": f"{shop.home}/wp-json/wc/v3/customers/{order.customer_id}"}]
    return body


def _hung(order: Order) -> dict[str, str]:
    """What plugins hung on an order: WooCommerce Subscriptions, which subscription it renews."""
    renews = {"_subscription_renewal": str(order.way.renews)} if order.way.renews else {}
    return order.attributes | renews


def refund_body(store: Store, order: Order, refund: Refund) -> Json:
    """Write a refund with its lines, as `orders/<id>/refunds` answers it."""
    shop = store.shop
    return {
        "id": refund.id,
        "parent_id": order.id,
        **dates("date_created", refund.created_at, shop),
        "amount": money(refund.amount, shop),
        "reason": refund.reason,
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [_refund_line(store, order, part) for part in refund.lines],
        "shipping_lines": [_refund_shipping(order, refund, shop)] if refund.shipping else [],
        "tax_lines": [],
        "fee_lines": [],
        "_links": {
            **links(shop, f"orders/{order.id}/refunds", refund.id),
            "up": [{"href": f"{shop.home}/wp-json/wc/v3/orders/{order.id}"}],
        },
    }


def address_body(address: Address) -> Json:
    """Write a postal address."""
    return {
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company": "",
        "address_1": address.address1,
        "address_2": address.address2,
        "city": address.city,
        "state": address.province_code,
        "postcode": address.zip,
        "country": address.country_code,
    }


def missing_order() -> Json:
    """What is delivered (signed) in place of an order that is gone by then."""
    return {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID.", "data": {"status": 404}}


def _inside(tax: int, shop: Shop) -> int:
    return tax if shop.taxes_included else 0


def _sums(order: Order, shop: Shop) -> tuple[int, int]:
    taxes = [0 if line.gift_card else tax_on(line.gross, shop) for line in order.lines]
    net = sum(line.gross - _inside(tax, shop) for line, tax in zip(order.lines, taxes, strict=True))
    return net, sum(taxes)


def _line_body(store: Store, line: Line) -> Json:
    shop = store.shop
    product_id = line.product_id
    variation_id = line.variant_id if line.variant_id != product_id else 0
    gross_tax = 0 if line.gift_card else tax_on(line.gross, shop)
    total = line.paid - _inside(line.tax, shop)
    product = store.products.get(product_id)
    entries = (
        [{"id": line.id * 10, "key": product.option, "value": line.variant_title,
          "display_key": product.option, "display_value": line.variant_title}]
        if variation_id and product
        else []
    )  # fmt: skip
    return {
        "id": line.id,
        "name": f"{line.title} - {line.variant_title}" if variation_id else line.title,
        "product_id": product_id,
        "variation_id": variation_id,
        "quantity": line.quantity,
        "tax_class": "",
        "subtotal": money(line.gross - _inside(gross_tax, shop), shop),
        "subtotal_tax": money(gross_tax, shop),
        "total": money(total, shop),
        "total_tax": money(line.tax, shop),
        "taxes": _taxes(line.tax, gross_tax, shop),
        "meta_data": entries,
        "sku": line.sku,
        "global_unique_id": "",
        "price": number(total / line.quantity, shop),
        "image": {"id": "", "src": ""},
        "parent_name": line.title if variation_id else None,
    }


def _taxes(total: int, subtotal: int, shop: Shop) -> list[Json]:
    return [{"id": _TAX_RATE_ID, "total": money(total, shop), "subtotal": money(subtotal, shop)}] if subtotal else []


def _tax_line(order: Order, shop: Shop) -> Json:
    return {
        "id": order.id * 100 + 1,
        "rate_code": f"{shop.country}-{shop.tax_name}-1",
        "rate_id": _TAX_RATE_ID,
        "label": shop.tax_name,
        "compound": False,
        "tax_total": money(totals.line_tax(order), shop),
        "shipping_tax_total": money(order.shipping_tax, shop),
        "rate_percent": plain(float(shop.tax_rate * 100)),
        "meta_data": [],
    }


def _shipping_line(order: Order, shop: Shop, net: int) -> Json:
    free = totals.shipping_paid(order) == 0
    items = ", ".join(f"{line.title} &times; {line.quantity}" for line in order.lines)
    return {
        "id": order.id * 100 + 2,
        "method_title": "送料無料" if free else "送料",
        "method_id": "free_shipping" if free else "flat_rate",
        "instance_id": "2" if free else "1",
        "total": money(net, shop),
        "total_tax": money(order.shipping_tax, shop),
        "taxes": [{"id": _TAX_RATE_ID, "total": money(order.shipping_tax, shop), "subtotal": ""}]
        if order.shipping_tax
        else [],
        "tax_status": "taxable",
        "meta_data": [
            {"id": order.id * 10 + 9, "key": "Items", "value": items, "display_key": "Items", "display_value": items}
        ],
    }


def _coupon_line(order: Order, index: int, code: AppliedCode, shop: Shop) -> Json:
    off = sum(part.amount for line in order.lines for part in line.allocations if part.code == index)
    tax = tax_on(off, shop) if shop.taxes_included else 0
    kind = "percent" if code.kind is CodeKind.PERCENTAGE else "fixed_cart"
    nominal: float | int = 0
    if code.kind is CodeKind.AMOUNT:
        nominal = number(int(code.value), shop)
    elif code.kind is CodeKind.PERCENTAGE:
        nominal = plain(float(code.value) * 100)
    info = encode([code.code_id, code.code.lower(), None if kind == "fixed_cart" else kind, nominal]).decode()
    return {
        "id": order.id * 100 + 10 + index,
        "code": code.code.lower(),
        "discount": str(number(off - tax, shop)),
        "discount_tax": str(number(tax, shop)),
        "meta_data": [
            {"id": order.id * 100 + 50 + index, "key": "coupon_info", "value": info,
             "display_key": "coupon_info", "display_value": info}
        ],
        "discount_type": kind,
        "nominal_amount": nominal,
        "free_shipping": code.kind is CodeKind.FREE_SHIPPING,
    }  # fmt: skip


def _refund_tax(refund: Refund) -> int:
    return sum(part.tax for part in refund.lines) + refund.shipping_tax


def _refund_line(store: Store, order: Order, part: RefundLine) -> Json:
    shop = store.shop
    line = next(line for line in order.lines if line.id == part.line_id)
    body = _line_body(store, line)
    net = part.subtotal - _inside(part.tax, shop)
    body.update(
        id=part.id,
        quantity=-part.quantity,
        subtotal=money(-net, shop),
        subtotal_tax=money(-part.tax, shop),
        total=money(-net, shop),
        total_tax=money(-part.tax, shop),
        taxes=_taxes(-part.tax, -part.tax, shop),
        meta_data=[
            {"id": part.id * 10, "key": "_refunded_item_id", "value": str(line.id),
             "display_key": "_refunded_item_id", "display_value": str(line.id)}
        ],
        price=number(net / part.quantity, shop),
    )  # fmt: skip
    return body


def _refund_shipping(order: Order, refund: Refund, shop: Shop) -> Json:
    net = refund.shipping - _inside(refund.shipping_tax, shop)
    body = _shipping_line(order, shop, -net)
    origin = str(body["id"])
    body.update(id=refund.id * 100 + 2, total_tax=money(-refund.shipping_tax, shop))
    body["meta_data"] = [
        {"id": refund.id * 100 + 3, "key": "_refunded_item_id", "value": origin,
         "display_key": "_refunded_item_id", "display_value": origin}
    ]  # fmt: skip
    return body

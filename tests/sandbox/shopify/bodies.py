"""Bodies of orders with the fields that Shopify documents for its webhooks; their parts stand beside."""

import hashlib

from tests.sandbox import totals
from tests.sandbox.records import AppliedCode, CodeKind, Order
from tests.sandbox.shopify.line_bodies import line_body, shipping_line_body, tax_lines
from tests.sandbox.shopify.people_bodies import address_body, embedded_customer
from tests.sandbox.shopify.refund_bodies import gateways, refund_body, source_name
from tests.sandbox.shopify.writing import SHOP_ID, Json, gid, moment, money, priced, text
from tests.sandbox.shops import Shop
from tests.sandbox.store import Store

_TYPES = {CodeKind.AMOUNT: "fixed_amount", CodeKind.PERCENTAGE: "percentage", CodeKind.FREE_SHIPPING: "shipping"}


def financial_status(order: Order, shop: Shop) -> str:
    """Where the money stands."""
    if order.paid_at is None:
        return "voided" if order.cancelled_at else "pending"
    if totals.fully_refunded(order, shop):
        return "refunded"
    return "partially_refunded" if order.refunds else "paid"


def order_body(store: Store, order: Order) -> Json:
    """Write an order as its webhooks carry it."""
    shop = store.shop
    customer = store.customers.get(order.customer_id or 0)
    token = hashlib.md5(order.key.encode(), usedforsecurity=False).hexdigest()
    total, tax = totals.total(order, shop), totals.line_tax(order) + order.shipping_tax
    outstanding = 0 if order.paid_at or order.cancelled_at else total
    current_discounts = sum(
        totals.share(line.discount, totals.current_units(order, line), line.quantity) for line in order.lines
    )
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "app_id": 580111,
        "browser_ip": "127.0.0.1",
        "buyer_accepts_marketing": False,
        "cancel_reason": "customer" if order.cancelled_at else None,
        "cancelled_at": moment(order.cancelled_at, shop),
        "cart_token": None,
        "checkout_id": order.id + 7,
        "checkout_token": token,
        "client_details": {"accept_language": "en", "browser_height": None, "browser_ip": "127.0.0.1",
                           "browser_width": None, "session_hash": None, "user_agent": "Mozilla/5.0"},
        "closed_at": None,
        "confirmation_number": token[:9].upper(),
        "confirmed": True,
        "contact_email": order.email,
        "created_at": moment(order.created_at, shop),
        "currency": shop.currency,
        **priced("current_subtotal_price", totals.current_goods(order), shop),
        "current_total_additional_fees_set": None,
        **priced("current_total_discounts", current_discounts, shop),
        "current_total_duties_set": None,
        **priced("current_total_price", totals.current_total(order, shop), shop),
        **priced("current_total_tax", totals.current_tax(order), shop),
        "customer_locale": shop.language,
        "device_id": None,
        "discount_codes": [
            {"code": code.code, "amount": text(code.amount, shop), "type": _TYPES[code.kind]} for code in order.codes
        ],
        "duties_included": False,
        "email": order.email,
        "estimated_taxes": False,
        "financial_status": financial_status(order, shop),
        "fulfillment_status": "fulfilled" if order.fulfilled_at else None,
        "landing_site": "/",
        "landing_site_ref": None,
        "location_id": None,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "merchant_of_record_app_id": None,
        "name": f"#{order.number}",
        "note": None,
        "note_attributes": [{"name": name, "value": value} for name, value in order.attributes.items()],
        "number": order.number - 1000,
        "order_number": order.number,
        "order_status_url": f"{shop.home}/{SHOP_ID}/orders/{token}/authenticate?key={order.key[-13:]}",
        "original_total_additional_fees_set": None,
        "original_total_duties_set": None,
        "payment_gateway_names": gateways(order),
        "phone": None,
        "po_number": None,
        "presentment_currency": shop.currency,
        "processed_at": moment(order.created_at, shop),
        "reference": None,
        "referring_site": None,
        "source_identifier": None,
        "source_name": source_name(order),
        "source_url": None,
        **priced("subtotal_price", totals.goods(order), shop),
        "tags": ", ".join(order.way.tags),
        "tax_exempt": False,
        "tax_lines": tax_lines(tax, shop),
        "taxes_included": shop.taxes_included,
        "test": False,
        "token": token,
        "total_cash_rounding_payment_adjustment_set": money(0, shop),
        "total_cash_rounding_refund_adjustment_set": money(0, shop),
        **priced("total_discounts", totals.discounts(order), shop),
        **priced("total_line_items_price", sum(line.gross for line in order.lines), shop),
        "total_outstanding": text(outstanding, shop),
        **priced("total_price", total, shop),
        "total_shipping_price_set": money(order.shipping, shop),
        **priced("total_tax", tax, shop),
        "total_tip_received": text(0, shop),
        "total_weight": 0,
        "updated_at": moment(order.updated_at, shop),
        "user_id": None,
        "billing_address": address_body(order.address),
        "customer": embedded_customer(store, customer) if customer else None,
        "discount_applications": [_application(code, shop) for code in order.codes],
        "fulfillments": [],
        "line_items": [line_body(order, line, shop) for line in order.lines],
        "payment_terms": None,
        "refunds": [refund_body(order, refund, shop) for refund in order.refunds],
        "shipping_address": address_body(order.address),
        "shipping_lines": [shipping_line_body(order, shop)],
        "returns": [],
    }  # fmt: skip


def edit_body(order: Order, shop: Shop) -> Json:
    """Write what `orders/edited` carries: the change alone, not the order."""
    edit = order.edits[-1]

    def part(changes: list[tuple[int, int]]) -> list[Json]:
        return [{"id": line_id, "delta": abs(by)} for line_id, by in changes]

    return {
        "order_edit": {
            "id": edit.id,
            "app_id": None,
            "created_at": moment(edit.created_at, shop),
            "notify_customer": False,
            "order_id": order.id,
            "staff_note": "",
            "user_id": 548380009,
            "line_items": {
                "additions": part([(line_id, by) for line_id, by in edit.changes.items() if by > 0]),
                "removals": part([(line_id, by) for line_id, by in edit.changes.items() if by < 0]),
            },
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }


def _application(code: AppliedCode, shop: Shop) -> Json:
    shipping = code.kind is CodeKind.FREE_SHIPPING
    percentage = code.kind is CodeKind.PERCENTAGE
    value = str(float(code.value) * 100) if percentage else text(code.amount, shop)
    return {
        "target_type": "shipping_line" if shipping else "line_item",
        "type": "discount_code",
        "value": "100.0" if shipping else value,
        "value_type": "fixed_amount" if code.kind is CodeKind.AMOUNT else "percentage",
        "allocation_method": "each" if shipping else "across",
        "target_selection": "all",
        "code": code.code,
    }

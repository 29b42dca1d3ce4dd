"""Bodies of refunds."""

from tests.sandbox.records import Order, Refund, RefundLine
from tests.sandbox.shopify.line_bodies import line_body, shipping_line_body
from tests.sandbox.shopify.writing import Json, gid, moment, money, text
from tests.sandbox.shops import Shop

GATEWAYS = {"card": "shopify_payments", "transfer": "Bank Deposit", "cod": "Cash on Delivery (COD)"}
GIFT_CARD = "gift_card"


def gateways(order: Order) -> list[str]:
    """By what an order was paid."""
    return [*([GIFT_CARD] if order.way.credit else []), GATEWAYS[order.payment]]


def source_name(order: Order) -> str:
    """Where an order came from; a subscription's billing has a source of its own."""
    return "subscription_contract_checkout_one" if order.way.renews else order.way.source or "web"


def refund_body(order: Order, refund: Refund, shop: Shop) -> Json:
    """Write a refund, as its webhook and its order carry it."""
    adjustments = []
    if refund.shipping:
        adjustments.append(_adjustment(order, refund, "shipping_refund", -refund.shipping, -refund.shipping_tax, shop))
    if refund.other:
        adjustments.append(_adjustment(order, refund, "refund_discrepancy", -refund.other, 0, shop))
    return {
        "id": refund.id,
        "order_id": order.id,
        "created_at": moment(refund.created_at, shop),
        "note": refund.reason or None,
        "user_id": 548380009,
        "processed_at": moment(refund.created_at, shop),
        "duties": [],
        "total_duties_set": money(0, shop),
        "return": None,
        "restock": bool(refund.lines),
        "additional_fees": [],
        "total_additional_fees_set": money(0, shop),
        "refund_shipping_lines": [
            {
                "id": refund.id + 1,
                "shipping_line_id": order.id + 3,
                "subtotal_amount_set": money(refund.shipping, shop),
                "tax_amount_set": money(refund.shipping_tax, shop),
                "shipping_line": shipping_line_body(order, shop),
            }
        ]
        if refund.shipping
        else [],
        "admin_graphql_api_id": gid("Refund", refund.id),
        "order_adjustments": adjustments,
        "refund_line_items": [_refund_line(order, part, shop) for part in refund.lines],
        "transactions": [
            {
                "id": refund.id + 2,
                "order_id": order.id,
                "kind": "refund",
                "gateway": GATEWAYS[order.payment],
                "status": "success",
                "message": None,
                "created_at": moment(refund.created_at, shop),
                "test": False,
                "authorization": None,
                "location_id": None,
                "user_id": 548380009,
                "parent_id": order.id + 9,
                "processed_at": moment(refund.created_at, shop),
                "device_id": None,
                "error_code": None,
                "source_name": "1830279",
                "receipt": {},
                "amount": text(refund.amount, shop),
                "currency": shop.currency,
                "payment_id": f"#{order.number}.2",
                "manual_payment_gateway": order.payment != "card",
                "amount_rounding": None,
                "admin_graphql_api_id": gid("OrderTransaction", refund.id + 2),
            }
        ]
        if refund.amount
        else [],
    }


def _refund_line(order: Order, part: RefundLine, shop: Shop) -> Json:
    line = next(line for line in order.lines if line.id == part.line_id)
    return {
        "id": part.id,
        "quantity": part.quantity,
        "line_item_id": part.line_id,
        "location_id": 487838322,
        "restock_type": "return",
        # Here, and only here, money is a JSON number.
        "subtotal": float(text(part.subtotal, shop)),
        "total_tax": float(text(part.tax, shop)),
        "subtotal_set": money(part.subtotal, shop),
        "total_tax_set": money(part.tax, shop),
        "line_item": line_body(order, line, shop),
    }


def _adjustment(order: Order, refund: Refund, kind: str, amount: int, tax: int, shop: Shop) -> Json:
    return {
        "id": refund.id + (3 if kind == "shipping_refund" else 4),
        "order_id": order.id,
        "refund_id": refund.id,
        "amount": text(amount, shop),
        "tax_amount": text(tax, shop),
        "kind": kind,
        "reason": kind.replace("_", " ").capitalize(),
        "amount_set": money(amount, shop),
        "tax_amount_set": money(tax, shop),
    }

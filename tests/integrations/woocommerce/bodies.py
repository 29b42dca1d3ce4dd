"""Writes bodies as wc/v3 writes them, for stores nobody recorded: other currencies, taxes, fees, refunds."""

import json
from typing import Any

Body = dict[str, Any]


def line(number: int, total: str, subtotal: str | None = None, *, tax: str = "0.00", product: int = 11) -> Body:
    """Return an order's line: ``subtotal`` before coupons, ``total`` after, both without ``tax``."""
    return {
        "id": number,
        "product_id": product,
        "variation_id": 0,
        "quantity": 1,
        "subtotal": subtotal or total,
        "total": total,
        "total_tax": tax,
        "price": 9.21659,
    }


def order(**changes: object) -> Body:
    """Return a paid order of one line of 25.00 by customer 2, with ``changes``."""
    return {
        "id": 70,
        "number": "A-70",
        "status": "processing",
        "currency": "USD",
        "date_created_gmt": "2026-11-22T12:00:00",
        "date_modified_gmt": "2026-11-22T12:30:00",
        "date_paid_gmt": "2026-11-22T12:00:05",
        "customer_id": 2,
        "billing": {"first_name": "Alice", "last_name": "Bench", "email": "alice@example.test"},
        "shipping_total": "0.00",
        "line_items": [line(1, "25.00")],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        **changes,
    }


def refund(number: int, amount: str, **parts: object) -> Body:
    """Return a refund as ``orders/<id>/refunds`` writes it."""
    return {"id": number, "amount": amount, "date_created_gmt": "2026-11-22T13:00:00", "line_items": [], **parts}


def refunded(number: int, total: str, tax: str = "0.00") -> Body:
    """Return a refund's line that gives back ``total`` (negative) for the order's line ``number``."""
    return {
        "id": 900 + number,
        "product_id": 11,
        "quantity": -1,
        "total": total,
        "total_tax": tax,
        "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": str(number)}],
    }


def bridged(**changes: object) -> Body:
    """Return a review of customer 2 as the plugin tells of it."""
    return {
        "id": 58,
        "product_id": 11,
        "customer_id": 2,
        "email": "alice@example.test",
        "rating": 5,
        "status": "approved",
        "date_gmt": "2026-11-22T12:49:17",
        "verified": True,
        "changed_gmt": "2026-11-22T12:50:03",
        **changes,
    }


def encoded(body: object) -> bytes:
    """Return a body as bytes."""
    return json.dumps(body).encode()

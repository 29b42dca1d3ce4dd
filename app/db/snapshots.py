"""Order facts as compact JSON and back: amounts in minor units, instants in ISO 8601, nobody's name."""

from datetime import datetime
from typing import Any

from app.loyalty.facts import CodeUse, Line, Order, Refund, RefundLine


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def pack(order: Order) -> dict[str, Any]:
    """Return what judging needs of an order; columns of the row hold the rest."""
    packed: dict[str, Any] = {
        "currency": order.currency,
        "cancelled_at": _text(order.cancelled_at),
        "lines": [
            [line.id, line.product, line.quantity, line.price_minor, line.discount_minor, int(line.gift_card)]
            for line in order.lines
        ],
    }
    packed |= _goods(order)
    for name in ("channel", "payment", "shown_currency", "renewal"):
        if word := getattr(order, name):
            packed[name] = word
    if order.tags:
        packed["tags"] = list(order.tags)
    for name in ("discount_minor", "credit_minor", "shipping_minor", "tax_minor", "tip_minor"):
        if amount := getattr(order, name):
            packed[name] = amount
    if order.codes:
        packed["codes"] = [[use.code, use.amount_minor] for use in order.codes]
    if order.refunds:
        packed["refunds"] = [
            [
                refund.id,
                _text(refund.at),
                [[part.line, part.amount_minor] for part in refund.lines],
                refund.amount_minor,
                refund.shipping_minor,
                refund.tax_minor,
            ]
            for refund in order.refunds
        ]
    if order.test:
        packed["test"] = True
    if not order.credit_told:
        packed["credit_told"] = False
    return packed


def _goods(order: Order) -> dict[str, Any]:
    """Return what lines say of their goods beyond the product, and which were looked up in the catalogue."""
    told = {line.id: [line.variant, *line.labels] for line in order.lines if line.variant or line.labels}
    read = [line.id for line in order.lines if line.filed]
    return ({"filed": told} if told else {}) | ({"read": read} if read else {})


def unpack(
    order_id: str,
    name: str,
    updated_at: datetime,
    placed_at: datetime,
    paid_at: datetime | None,
    packed: dict[str, Any],
) -> Order:
    """Return the order of a stored row; it names no customer."""
    told: dict[str, list[Any]] = packed.get("filed", {})
    read = frozenset(packed.get("read", ()))
    return Order(
        id=order_id,
        customer=None,
        updated_at=updated_at,
        placed_at=placed_at,
        paid_at=paid_at,
        cancelled_at=_instant(packed["cancelled_at"]),
        currency=packed["currency"],
        lines=tuple(
            Line(
                line,
                product,
                quantity,
                price,
                discount,
                bool(card),
                variant=told[line][0] if line in told else None,
                labels=tuple(told[line][1:]) if line in told else (),
                filed=line in read,
            )
            for line, product, quantity, price, discount, card in packed["lines"]
        ),
        name=name,
        discount_minor=packed.get("discount_minor", 0),
        credit_minor=packed.get("credit_minor", 0),
        credit_told=packed.get("credit_told", True),
        shipping_minor=packed.get("shipping_minor", 0),
        tax_minor=packed.get("tax_minor", 0),
        tip_minor=packed.get("tip_minor", 0),
        codes=tuple(CodeUse(code, amount) for code, amount in packed.get("codes", ())),
        refunds=tuple(
            Refund(
                refund,
                datetime.fromisoformat(at),
                tuple(RefundLine(line, part) for line, part in parts),
                amount,
                shipping,
                tax,
            )
            for refund, at, parts, amount, shipping, tax in packed.get("refunds", ())
        ),
        test=packed.get("test", False),
        channel=packed.get("channel"),
        payment=packed.get("payment"),
        shown_currency=packed.get("shown_currency"),
        tags=tuple(packed.get("tags", ())),
        renewal=packed.get("renewal", False),
    )

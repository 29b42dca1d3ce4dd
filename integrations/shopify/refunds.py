"""One refund of an order: which lines were taken back and which money went beyond them.

``refund_line_items`` state the value of what came back (``subtotal`` after discounts, with tax where prices contain
it). Money is in ``transactions``. A refund may move less money than its lines are worth (a restocking fee, an exchange,
a payment still to be sent): the goods are back, the lines count. It may move more, or name no lines at all: what
exceeds lines, shipping, tax and duties was given back for goods without naming one. The ``order_adjustments`` are the
same differences in other words, read only where the money is in another currency or shipping has no lines.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from app.loyalty.facts import Refund, RefundLine
from integrations.reading import UnreadableError, instant
from integrations.shopify.amounts import amount, nodes, number, shop_money, total

BESIDE_THE_LINES: Final = "beside-the-lines"
"""The name of no line: money of a refund that names lines, beyond what they are worth."""
_MOVED: Final = frozenset({"success", "pending"})


def read_refund(body: Mapping[str, object], currency: str, *, taxed: bool, tips: frozenset[str]) -> Refund:
    """Return the refund in the shop's currency. ``tips`` are lines that are no goods. Raises UnreadableError."""
    items = nodes(body.get("refund_line_items"), "refund_line_items")
    ways = nodes(body.get("refund_shipping_lines"), "refund_shipping_lines")
    lines = tuple(
        RefundLine(line_of(item), _net(item, "subtotal", "total_tax", currency, taxed=taxed))
        for item in items
        if line_of(item) not in tips
    )
    tax = [amount(item, "total_tax", currency) for item in items if line_of(item) not in tips]
    shipping = [_net(way, "subtotal_amount", "tax_amount", currency, taxed=taxed) for way in ways]
    shipping_tax = [amount(way, "tax_amount", currency) for way in ways]
    if not ways:
        shipping, shipping_tax = _adjusted_shipping(body, currency)
    explained = sum(
        amount(item, "subtotal", currency) + (0 if taxed else amount(item, "total_tax", currency)) for item in items
    )
    explained += sum(shipping) + sum(shipping_tax) + _fees(body, currency)
    beyond = max(0, _money(body, currency, explained) - explained)
    if lines and beyond:
        lines = (*lines, RefundLine(BESIDE_THE_LINES, total((beyond,), "transactions")))
    return Refund(
        id=number(body.get("id"), "refunds.id"),
        at=instant(body.get("created_at") or body.get("processed_at"), "refunds.created_at"),
        lines=lines,
        amount_minor=0 if lines else total((beyond,), "transactions"),
        shipping_minor=total(shipping, "refund_shipping_lines"),
        tax_minor=total((*tax, *shipping_tax), "refunds.total_tax"),
    )


def line_of(item: Mapping[str, object]) -> str:
    """Return the id of the order line that a refund line is about."""
    line = item.get("line_item")
    inner = line.get("id") if isinstance(line, dict) else None
    return number(item.get("line_item_id") or inner, "refund_line_items.line_item_id")


def _net(item: Mapping[str, object], name: str, tax: str, currency: str, *, taxed: bool) -> int:
    """Return an amount without the tax it contains."""
    return max(0, amount(item, name, currency) - (amount(item, tax, currency) if taxed else 0))


def _adjusted_shipping(body: Mapping[str, object], currency: str) -> tuple[list[int], list[int]]:
    """Return shipping given back, and its tax, where only an adjustment (a negative amount) tells it."""
    told = [each for each in nodes(body.get("order_adjustments"), "order_adjustments") if _is(each, "shipping_refund")]
    return (
        [max(0, -(shop_money(each, "amount", currency) or 0)) for each in told],
        [max(0, -(shop_money(each, "tax_amount", currency) or 0)) for each in told],
    )


def _fees(body: Mapping[str, object], currency: str) -> int:
    """Return duties and fees given back: no goods money."""
    duties = [amount(duty, "amount", currency) for duty in nodes(body.get("duties"), "refunds.duties")]
    stated = amount(body, "total_duties", currency)
    return max(stated, sum(duties)) + amount(body, "total_additional_fees", currency)


def _money(body: Mapping[str, object], currency: str, explained: int) -> int:
    """Return what was sent back to the shopper, in the shop's currency."""
    sent: list[int] = []
    for transaction in nodes(body.get("transactions"), "refunds.transactions"):
        if not _is(transaction, "refund") or str(transaction.get("status")).lower() not in _MOVED:
            continue
        if transaction.get("amount_set") is None and transaction.get("currency", currency) != currency:
            return explained + _discrepancy(nodes(body.get("order_adjustments"), "order_adjustments"), currency)
        sent.append(amount(transaction, "amount", currency))
    return total(sent, "refunds.transactions")


def _discrepancy(adjustments: Sequence[Mapping[str, object]], currency: str) -> int:
    """Return by how much the refund exceeded what was calculated: Shopify states it as a negative amount."""
    told = [each for each in adjustments if _is(each, "refund_discrepancy")]
    both = [
        (shop_money(each, "amount", currency) or 0) + (shop_money(each, "tax_amount", currency) or 0) for each in told
    ]
    return max(0, -sum(both))


def _is(each: Mapping[str, object], kind: str) -> bool:
    found = each.get("kind")
    if found is not None and not isinstance(found, str):
        raise UnreadableError("kind is no word")
    return (found or "").lower() == kind

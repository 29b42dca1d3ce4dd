"""Money back: by line, by amount, or all that is left. Nothing is ever refunded beyond what was paid."""

from collections.abc import Mapping

from tests.sandbox import totals
from tests.sandbox.records import Order, Refund, RefundLine
from tests.sandbox.store import Change, Kind, Store


class RefundRefusedError(Exception):
    """The refund asks for more than is left, or for nothing."""


def by_line(store: Store, order: Order, units: Mapping[int, int], *, reason: str = "") -> Refund:
    """Give back units of lines (line id to units), with their tax; raises RefundRefusedError."""
    with store.change() as change:
        lines = [_part(change, order, line_id, count) for line_id, count in units.items() if count > 0]
        taxes = 0 if store.shop.taxes_included else sum(part.tax for part in lines)
        amount = sum(part.subtotal for part in lines) + taxes
        return _record(store, change, order, Refund(0, change.now, reason, amount, lines))


def by_amount(store: Store, order: Order, amount: int, *, reason: str = "") -> Refund:
    """Give back minor units without naming a line; raises RefundRefusedError."""
    with store.change() as change:
        return _record(store, change, order, Refund(0, change.now, reason, amount, other=amount))


def the_rest(store: Store, order: Order, *, reason: str = "") -> Refund:
    """Give back everything that is left: goods, tax and shipping; raises RefundRefusedError."""
    with store.change() as change:
        left = {line.id: totals.current_units(order, line) for line in order.lines}
        lines = [_part(change, order, line_id, count) for line_id, count in left.items() if count > 0]
        amount = totals.refundable(order, store.shop)
        shipping = totals.shipping_paid(order) - sum(refund.shipping for refund in order.refunds)
        shipping_tax = order.shipping_tax - sum(refund.shipping_tax for refund in order.refunds)
        taxes = 0 if store.shop.taxes_included else sum(part.tax for part in lines) + shipping_tax
        # Money already given back by amount is missing from what the lines would come to.
        other = amount - sum(part.subtotal for part in lines) - shipping - taxes
        refund = Refund(0, change.now, reason, amount, lines, shipping, shipping_tax, other)
        return _record(store, change, order, refund)


def _part(change: Change, order: Order, line_id: int, count: int) -> RefundLine:
    line = next((line for line in order.lines if line.id == line_id), None)
    if line is None or count > totals.current_units(order, line):
        msg = f"line {line_id} has no {count} units left to refund"
        raise RefundRefusedError(msg)
    before = totals.refunded_units(order, line_id)
    after = before + count
    subtotal = totals.share(line.paid, after, line.quantity) - totals.share(line.paid, before, line.quantity)
    tax = totals.share(line.tax, after, line.quantity) - totals.share(line.tax, before, line.quantity)
    return RefundLine(change.next_id("refund line"), line_id, count, subtotal, tax)


def _record(store: Store, change: Change, order: Order, refund: Refund) -> Refund:
    if refund.amount <= 0 and not refund.lines:
        msg = "there is nothing to refund"
        raise RefundRefusedError(msg)
    if refund.amount > totals.refundable(order, store.shop):
        msg = "the refund is larger than what is left of the order"
        raise RefundRefusedError(msg)
    refund.id = change.next_id("refund")
    order.refunds.append(refund)
    order.updated_at = change.now
    change.put(order)
    change.tell(Kind.REFUND_CREATED, order.id, part=refund.id)
    return refund

"""Arithmetic of orders: totals, what is left after refunds and edits, and the order as it stood at any instant.

Everything is minor units. Shares of a line are rounded half up on the running total, so parts add up to the whole.
"""

from dataclasses import replace
from datetime import datetime

from tests.sandbox.records import Line, Order
from tests.sandbox.shops import Shop


def share(amount: int, units: int, of: int) -> int:
    """Cumulative share of `units` out of `of`, rounded half up."""
    return (2 * amount * units + of) // (2 * of) if of else 0


def refunded_units(order: Order, line_id: int) -> int:
    """Units of a line that refunds name."""
    return sum(part.quantity for refund in order.refunds for part in refund.lines if part.line_id == line_id)


def edited_units(order: Order, line_id: int) -> int:
    """Units by which edits changed a line."""
    return sum(edit.changes.get(line_id, 0) for edit in order.edits)


def current_units(order: Order, line: Line) -> int:
    """Units of a line after edits and refunds."""
    return max(0, line.quantity + edited_units(order, line.id) - refunded_units(order, line.id))


def goods(order: Order) -> int:
    """All lines after discounts, as shown to the shopper."""
    return sum(line.paid for line in order.lines)


def line_tax(order: Order) -> int:
    """Tax on all lines."""
    return sum(line.tax for line in order.lines)


def discounts(order: Order) -> int:
    """All that codes took off lines and shipping."""
    return sum(line.discount for line in order.lines) + order.shipping_discount


def shipping_paid(order: Order) -> int:
    """What delivery costs after discounts, as shown to the shopper."""
    return order.shipping - order.shipping_discount


def total(order: Order, shop: Shop) -> int:
    """What the shopper pays for the order as placed."""
    taxes = 0 if shop.taxes_included else line_tax(order) + order.shipping_tax
    return goods(order) + shipping_paid(order) + taxes


def refunded(order: Order) -> int:
    """Money given back so far."""
    return sum(refund.amount for refund in order.refunds)


def refundable(order: Order, shop: Shop) -> int:
    """Money that can still be given back."""
    return total(order, shop) - refunded(order) if order.paid_at else 0


def current_goods(order: Order) -> int:
    """Lines after discounts, edits and refunds by line."""
    left = sum(share(line.paid, line.quantity + edited_units(order, line.id), line.quantity) for line in order.lines)
    return left - sum(part.subtotal for refund in order.refunds for part in refund.lines)


def current_tax(order: Order) -> int:
    """Tax after edits and refunds."""
    left = sum(share(line.tax, line.quantity + edited_units(order, line.id), line.quantity) for line in order.lines)
    back = sum(part.tax for refund in order.refunds for part in refund.lines)
    back_shipping = sum(refund.shipping_tax for refund in order.refunds)
    return left - back + order.shipping_tax - back_shipping


def current_total(order: Order, shop: Shop) -> int:
    """What the order comes to after edits and all money given back."""
    shipping = shipping_paid(order) - sum(refund.shipping for refund in order.refunds)
    other = sum(refund.other for refund in order.refunds)
    return current_goods(order) + shipping - other + (0 if shop.taxes_included else current_tax(order))


def fully_refunded(order: Order, shop: Shop) -> bool:
    """Whether all money went back, and there was some."""
    return bool(order.refunds) and refunded(order) >= total(order, shop)


def as_of(order: Order, instant: datetime) -> Order:
    """Return the order as it stood at an instant: later payments, refunds, edits and cancellations not yet known."""

    def known(at: datetime | None) -> datetime | None:
        return at if at is not None and at <= instant else None

    refunds = [refund for refund in order.refunds if refund.created_at <= instant]
    edits = [edit for edit in order.edits if edit.created_at <= instant]
    dated = [order.created_at, known(order.paid_at), known(order.fulfilled_at), known(order.cancelled_at)]
    dated += [refund.created_at for refund in refunds] + [edit.created_at for edit in edits]
    return replace(
        order,
        updated_at=max(at for at in dated if at is not None),
        paid_at=known(order.paid_at),
        fulfilled_at=known(order.fulfilled_at),
        cancelled_at=known(order.cancelled_at),
        deleted_at=known(order.deleted_at),
        refunds=refunds,
        edits=edits,
    )

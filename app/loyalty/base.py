"""The earning base: the money a shopper really paid for goods, after every discount and every refund."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.loyalty.facts import Order, Refund
from app.loyalty.money import spread


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid for one goods line, tax of its own included where tax counts."""

    product: str | None
    amount_minor: int
    variant: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """The base of an order at one moment, in minor units of the order's currency."""

    lines: tuple[PaidLine, ...] = ()
    shipping_minor: int = 0

    @property
    def total_minor(self) -> int:
        """Return everything that counts."""
        return sum(line.amount_minor for line in self.lines) + self.shipping_minor


NOTHING = Base()


def discounted_goods(order: Order) -> list[int]:
    """Return what the goods lines cost after every discount, before refunds (gift cards are no goods)."""
    weights = [line.net_minor for line in order.lines if not line.gift_card]
    off = order.discount_minor + order.credit_minor + sum(use.amount_minor for use in order.codes)
    shares = spread(min(off, sum(weights)), weights)
    return [weight - share for weight, share in zip(weights, shares, strict=True)]


def _refunds_until(order: Order, as_of: datetime | None) -> Iterable[Refund]:
    return (refund for refund in order.refunds if as_of is None or refund.at <= as_of)


def _after_refunds(order: Order, as_of: datetime | None) -> tuple[list[int], int]:
    """Return what is left on the goods lines, and the refunded money that goes beyond the goods."""
    left = discounted_goods(order)
    goods = [line for line in order.lines if not line.gift_card]
    place = {line.id: index for index, line in enumerate(goods)}
    gift_cards = {line.id for line in order.lines if line.gift_card}
    unattributed = 0
    for refund in _refunds_until(order, as_of):
        if not refund.lines:
            unattributed += refund.amount_minor
        for part in refund.lines:
            if part.line in gift_cards:
                continue
            index = place.get(part.line)
            taken = 0 if index is None else min(part.amount_minor, left[index])
            if index is not None:
                left[index] -= taken
            unattributed += part.amount_minor - taken
    from_goods = min(unattributed, sum(left))
    if from_goods:
        shares = spread(from_goods, left)
        left = [amount - share for amount, share in zip(left, shares, strict=True)]
    return left, unattributed - from_goods


def earning_base(order: Order, as_of: datetime | None, *, tax: bool, shipping: bool) -> Base:
    """Return the base of a paid order as of an instant (None: with everything known).

    Whether the order is paid, and in the shop's currency, is the caller's to know; an order cancelled by ``as_of``
    has none.
    Rules: cases FORMAT section 4.
    """
    if order.cancelled_at is not None and (as_of is None or order.cancelled_at <= as_of):
        return NOTHING
    left, beyond = _after_refunds(order, as_of)
    refunds = list(_refunds_until(order, as_of))
    tax_left = max(0, order.tax_minor - sum(refund.tax_minor for refund in refunds)) if tax else 0
    shipping_left = max(0, order.shipping_minor - sum(refund.shipping_minor for refund in refunds)) if shipping else 0
    from_tax = min(beyond, tax_left)
    tax_left -= from_tax
    shipping_left = max(0, shipping_left - (beyond - from_tax))
    if sum(left):
        left = [amount + share for amount, share in zip(left, spread(tax_left, left), strict=True)]
    else:
        shipping_left += tax_left
    goods = [line for line in order.lines if not line.gift_card]
    return Base(
        tuple(
            PaidLine(line.product, amount, line.variant, line.labels) for line, amount in zip(goods, left, strict=True)
        ),
        shipping_left,
    )


def goods_all_refunded(order: Order) -> bool:
    """Say whether the goods cost something and every bit of it was given back."""
    if sum(discounted_goods(order)) == 0:
        return False
    return sum(_after_refunds(order, None)[0]) == 0

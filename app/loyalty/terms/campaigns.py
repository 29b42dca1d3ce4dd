"""Campaigns: windows in which amounts paid earn more, by whole-number ratios that multiply with each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.loyalty.base import PaidLine
from app.loyalty.facts import Order
from app.loyalty.terms.conditions import Goods, Orders

Ratio = tuple[int, int]
"""A multiplier as a whole-number ratio: (3, 2) is one and a half."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Holds for orders placed from ``starts_at`` on and before ``ends_at`` (UTC).

    Where ``goods`` leave nothing out it multiplies everything that counts, shipping too; else only those lines.
    With a ``segment`` it holds for members who are in it as the order is paid, by what they bought before.
    ``budget`` is what all orders together may get more by it, in smallest steps of the unit.
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    multiplier: Ratio
    goods: Goods = field(default_factory=Goods)
    orders: Orders = field(default_factory=Orders)
    name: str = ""
    segment: str | None = None
    budget: int | None = None


def covers(orders: Orders, order: Order) -> bool:
    """Say whether an order is among those that a rule or campaign is about."""
    return orders.hold(order.channel, order.payment, order.shown_currency or order.currency, order.tags)


def running(campaigns: Iterable[Campaign], order: Order, is_in: Callable[[str], bool]) -> tuple[Campaign, ...]:
    """Return the campaigns that hold for an order, by when it was placed, what it is, and who buys.

    ``is_in`` says whether the buyer is in a segment; it is asked only where a campaign names one.
    """
    return tuple(
        campaign
        for campaign in campaigns
        if campaign.starts_at <= order.placed_at < campaign.ends_at
        and covers(campaign.orders, order)
        and (campaign.segment is None or is_in(campaign.segment))
    )


def factor(campaigns: Iterable[Campaign], line: PaidLine | None) -> Ratio:
    """Return what campaigns make of a line; None is what belongs to no product, such as shipping."""
    times, by = 1, 1
    for campaign in campaigns:
        goods = campaign.goods
        if goods.everything or (line is not None and goods.hold(line.product, line.variant, line.labels)):
            times, by = times * campaign.multiplier[0], by * campaign.multiplier[1]
    return times, by

"""Campaigns: windows in which amounts paid earn more, by whole-number ratios that multiply with each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

Ratio = tuple[int, int]
"""A multiplier as a whole-number ratio: (3, 2) is one and a half."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Holds for orders placed from ``starts_at`` on and before ``ends_at`` (UTC).

    Without ``products`` it multiplies everything that counts, shipping too; with them only the lines of these products.
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    multiplier: Ratio
    products: tuple[str, ...] = ()
    name: str = ""


def running(campaigns: Iterable[Campaign], placed_at: datetime) -> tuple[Campaign, ...]:
    """Return the campaigns that hold for an order placed at an instant."""
    return tuple(campaign for campaign in campaigns if campaign.starts_at <= placed_at < campaign.ends_at)


def factor(campaigns: Iterable[Campaign], product: str | None) -> Ratio:
    """Return what campaigns make of a line of a product; None is what belongs to no product, such as shipping."""
    times, by = 1, 1
    for campaign in campaigns:
        if not campaign.products or product in campaign.products:
            times, by = times * campaign.multiplier[0], by * campaign.multiplier[1]
    return times, by

"""Margin: what rewards may take off an order at most, so that none is sold under the floor."""

from dataclasses import dataclass

from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.rewards import AmountOff, CodeGift, FreeProduct, FreeShipping, Gift, Percentage
from app.loyalty.terms.variable import Variable

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class GoodsMargin:
    """What is left of the price of these goods when their own cost is taken off, in hundredths of a percent."""

    goods: Goods
    basis_points: int


@dataclass(frozen=True, slots=True)
class MarginGuard:
    """``basis_points`` of the price are left over the goods' cost, of ``some`` goods another share.

    At least ``floor_basis_points`` of the price must be left of every order when a code of ours has taken off what it
    gives. ``shipping_minor`` is what sending a parcel costs the shop at most.
    """

    basis_points: int
    floor_basis_points: int = 0
    some: tuple[GoodsMargin, ...] = ()
    shipping_minor: int = 0

    @property
    def room(self) -> int:
        """Return what a code may take off, in hundredths of a percent: it is good for any goods, the thinnest too."""
        return min([self.basis_points, *(each.basis_points for each in self.some)]) - self.floor_basis_points


@dataclass(frozen=True, slots=True)
class Breach:
    """A code that could leave less than the floor: a stable word, and what would keep it (None: nothing of that kind).

    ``NEEDS_MINIMUM``: an order of ``minimum_minor`` at least; ``ABOVE_MARGIN``: a share of ``basis_points`` at most;
    ``NEEDS_MAXIMUM``: an end of what the shopper may choose.
    """

    code: str
    minimum_minor: int | None = None
    basis_points: int | None = None


def takes_off(gift: Gift, variable: Variable | None, maximum_minor: int | None, guard: MarginGuard) -> int | None:
    """Return the most a code takes off in minor units, whatever the order; None where that has no end of its own."""
    if isinstance(gift, AmountOff) and variable is not None:
        return variable.value(variable.maximum) if variable.maximum is not None else None
    if isinstance(gift, AmountOff | FreeProduct):
        return gift.value_minor
    if isinstance(gift, FreeShipping):
        return guard.shipping_minor
    return maximum_minor


def breach(
    gift: Gift,
    minimum_minor: int,
    guard: MarginGuard,
    variable: Variable | None = None,
    maximum_minor: int | None = None,
) -> Breach | None:
    """Return why an order with this code could fall under the floor, None where it cannot.

    Only codes: money the platform holds is paid like money, and what is no discount takes nothing off an order.
    An order of T keeps T × room; so much may a code take off, at the smallest order it is good for.
    """
    if not isinstance(gift, CodeGift) or (isinstance(gift, Percentage) and gift.basis_points <= guard.room):
        return None
    most = takes_off(gift, variable, maximum_minor, guard)
    if most is None:
        is_share = isinstance(gift, Percentage)
        return Breach("ABOVE_MARGIN", basis_points=max(0, guard.room)) if is_share else Breach("NEEDS_MAXIMUM")
    if most == 0:
        return None
    if guard.room <= 0:
        return Breach("ABOVE_MARGIN", basis_points=0)
    need = -(-most * _WHOLE // guard.room)
    return Breach("NEEDS_MINIMUM", minimum_minor=need) if minimum_minor < need else None

"""What else suits who bought something: goods bought together, and goods that run out; counted, never guessed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Final

from app.loyalty.base import earning_base
from app.loyalty.facts import Order
from app.loyalty.terms.recommending import Recommending

BASKET_MAX: Final = 30
"""An order of more products than this says nothing about what goes together."""
AHEAD: Final = timedelta(days=3)
"""So long before it usually runs out something is named."""


@dataclass(frozen=True, slots=True)
class Basket:
    """The products of a paid order of which money is left, each with its labels, as of an instant."""

    shop: str
    paid_at: datetime
    goods: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """``together`` of the ``orders`` with a product had the other too."""

    product: str
    other: str
    together: int
    orders: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """After so many whole days a product is bought again: the median of so many repeats."""

    product: str
    days: int
    repeats: int


def basket(shop: str, order: Order, at: datetime) -> Basket | None:
    """Return what is left of an order, None where it is not paid or nothing is left."""
    if order.paid_at is None or order.paid_at > at:
        return None
    left = earning_base(order, at, tax=False, shipping=False).lines
    goods = {line.product: line.labels for line in left if line.product is not None and line.amount_minor > 0}
    return Basket(shop, order.paid_at, goods) if goods else None


def median(counted: Mapping[int, int]) -> int:
    """Return the middle of numbers given by how often each came; of two in the middle the smaller."""
    half = (sum(counted.values()) + 1) // 2
    seen = 0
    for number in sorted(counted):
        seen += counted[number]
        if seen >= half:
            return number
    raise ValueError("nothing was counted")


def gaps(baskets: Iterable[Basket]) -> dict[str, Counter[int]]:
    """Return after how many whole days one buyer bought each product again; twice within a day is one time."""
    bought: dict[str, list[datetime]] = {}
    for each in sorted(baskets, key=lambda one: one.paid_at):
        for product in each.goods:
            bought.setdefault(product, []).append(each.paid_at)
    found: dict[str, Counter[int]] = {}
    for product, times in bought.items():
        days = Counter((later - earlier) // timedelta(days=1) for earlier, later in pairwise(times))
        del days[0]
        if days:
            found[product] = days
    return found


@dataclass(slots=True)
class Tally:
    """Counts over all buyers of one shop, taken one buyer at a time."""

    orders: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    gaps: dict[str, Counter[int]] = field(default_factory=dict)

    def take(self, baskets: Sequence[Basket]) -> None:
        """Count the baskets of one buyer."""
        for each in baskets:
            self.orders.update(list(each.goods))
            if len(each.goods) <= BASKET_MAX:
                self.pairs.update(permutations(each.goods, 2))
        for product, days in gaps(baskets).items():
            self.gaps.setdefault(product, Counter()).update(days)

    def found(self, terms: Recommending) -> list[Pair]:
        """Return the pairs that pass both thresholds."""
        return [
            Pair(product, other, together, self.orders[product])
            for (product, other), together in sorted(self.pairs.items())
            if together >= terms.together_orders and together * 100 >= terms.together_percent * self.orders[product]
        ]

    def rhythms(self, terms: Recommending) -> list[Rhythm]:
        """Return the rhythms of products bought again often enough."""
        return [
            Rhythm(product, median(days), days.total())
            for product, days in sorted(self.gaps.items())
            if days.total() >= terms.repeats
        ]


@dataclass(frozen=True, slots=True)
class RunsOut:
    """Bought ``ago`` days before, and bought again after ``days``: by the member ``own`` times, or by others."""

    product: str
    ago: int
    days: int
    own: int
    repeats: int


@dataclass(frozen=True, slots=True)
class GoesWith:
    """``together`` of the ``orders`` with what the member bought had this too."""

    product: str
    bought: str
    together: int
    orders: int


Recommendation = RunsOut | GoesWith


def recommended(
    terms: Recommending, baskets: Sequence[Basket], pairs: Iterable[Pair], rhythms: Mapping[str, Rhythm], at: datetime
) -> tuple[Recommendation, ...]:
    """Return what to name to a member who bought these at one shop: what runs out, longest due first, then what goes.

    What somebody has is named only for running out, and durable goods never for that. Each is named for the strongest
    of its reasons, and everything hangs on the counts alone.
    """
    running = sorted(_running_out(terms, baskets, rhythms, at), key=lambda one: (one.days - one.ago, one.product))
    owned = {product for each in baskets for product in each.goods}
    best: dict[str, GoesWith] = {}
    for pair in sorted(pairs, key=lambda one: (-one.together * 10_000 // one.orders, -one.together, one.product)):
        if pair.product in owned and pair.other not in owned:
            best.setdefault(pair.other, GoesWith(pair.other, pair.product, pair.together, pair.orders))
    going = sorted(best.values(), key=lambda one: (-one.together * 10_000 // one.orders, -one.together, one.product))
    found: list[Recommendation] = [*running, *going]
    return tuple(found[: terms.shown])


def _running_out(
    terms: Recommending, baskets: Sequence[Basket], rhythms: Mapping[str, Rhythm], at: datetime
) -> Iterable[RunsOut]:
    own = gaps(baskets)
    last: dict[str, tuple[datetime, tuple[str, ...]]] = {}
    for each in sorted(baskets, key=lambda one: one.paid_at):
        last.update({product: (each.paid_at, labels) for product, labels in each.goods.items()})
    for product, (paid_at, labels) in last.items():
        if terms.durable is not None and terms.durable.hold(product, None, labels):
            continue
        shops = rhythms.get(product)
        if product in own:
            times = own[product].total()
            days = median(own[product])
        elif shops is not None:
            times, days = 0, shops.days
        else:
            continue
        due = paid_at + timedelta(days=days)
        # One whole rhythm late, and nobody is reminded any more: it is not wanted again.
        if due - AHEAD <= at < due + timedelta(days=days):
            ago = (at - paid_at) // timedelta(days=1)
            yield RunsOut(product, ago, days, times, times or (shops.repeats if shops is not None else 0))

"""The money paid for goods in an order, as of an instant."""

from dataclasses import dataclass
from datetime import datetime

from tests.oracle.days import instant
from tests.oracle.facts import Json, Order, World
from tests.oracle.money import exponent, minor, spread


@dataclass(frozen=True, slots=True)
class Base:
    """In the currency's smallest steps: by line (product, money with its tax), and what goes with shipping."""

    lines: tuple[tuple[str, int], ...] = ()
    shipping: int = 0

    @property
    def total(self) -> int:
        return sum(money for _, money in self.lines) + self.shipping


def base_of(world: World, order: Order, as_of: datetime | None) -> Base:
    """Return an order's base with its refunds and cancellation dated until then; None: with all that is known."""
    paid, cancelled = order.paid_at, order.cancelled_at
    currency = order.said.get("currency") or world.currencies[order.shop]
    if paid is None or currency != world.currencies[order.shop] or (as_of and paid > as_of):
        return Base()
    if cancelled and (as_of is None or cancelled <= as_of):
        return Base()
    version = world.version_at(order.placed_at)
    counted = (version.said.get("base") or {}) if version else {}
    return _Sum(order, _until(order, as_of), exponent(currency)).base(counted)


def fully_refunded(world: World, order: Order) -> bool:
    """Say whether the goods were worth something after discounts and are not any more after refunds."""
    decimals = exponent(order.said.get("currency") or world.currencies[order.shop])
    after, left, _ = _Sum(order, _until(order, None), decimals).goods_left()
    return sum(after) > 0 and sum(left) == 0


def _until(order: Order, as_of: datetime | None) -> list[Json]:
    refunds = order.said.get("refunds") or []
    return [refund for refund in refunds if as_of is None or instant(refund["at"]) <= as_of]


@dataclass(frozen=True, slots=True)
class _Sum:
    order: Order
    refunds: list[Json]
    decimals: int

    @property
    def _goods(self) -> list[Json]:
        return [line for line in self.order.said["lines"] if not line.get("gift_card")]

    def _money(self, said: Json, key: str) -> int:
        return minor(str(said.get(key) or "0"), self.decimals)

    def goods_left(self) -> tuple[list[int], list[int], int]:
        """Return the lines after discounts, then after refunds that name them, and the unattributed refunds."""
        said = self.order.said
        prices = [
            max(0, line["quantity"] * self._money(line, "unit_price") - self._money(line, "discount"))
            for line in self._goods
        ]
        off = self._money(said, "discount") + self._money(said, "own_credit")
        off += self._money(said.get("own_discount") or {}, "amount")
        shares = spread(min(off, sum(prices)), prices)
        after = [price - share for price, share in zip(prices, shares, strict=True)]
        named, loose = self._refunded()
        left = [max(0, money - back) for money, back in zip(after, named, strict=True)]
        loose += sum(max(0, back - money) for money, back in zip(after, named, strict=True))
        shares = spread(min(loose, sum(left)), left)
        rest = loose - sum(shares)
        return after, [money - share for money, share in zip(left, shares, strict=True)], rest

    def _refunded(self) -> tuple[list[int], int]:
        places = {line["id"]: at for at, line in enumerate(self._goods)}
        gift_cards = {line["id"] for line in self.order.said["lines"]} - places.keys()
        named, loose = [0] * len(places), 0
        for refund in self.refunds:
            lines = refund.get("lines") or []
            if not lines:
                loose += self._money(refund, "amount")
            for line in lines:
                if line["line"] in places:
                    named[places[line["line"]]] += self._money(line, "amount")
                elif line["line"] not in gift_cards:
                    loose += self._money(line, "amount")
        return named, loose

    def base(self, counted: Json) -> Base:
        """Return the base with tax and shipping as far as a version counts them."""
        _, left, rest = self.goods_left()
        tax = self._beside("tax") if counted.get("tax") else 0
        shipping = self._beside("shipping") if counted.get("shipping") else 0
        off = min(rest, tax)
        tax, rest = tax - off, rest - off
        shipping = max(0, shipping - rest)
        with_lines = spread(tax, left)
        if not sum(left):
            shipping += tax
        products = [line["product"] for line in self._goods]
        lines = zip(products, left, with_lines, strict=True)
        return Base(tuple((product, money + own_tax) for product, money, own_tax in lines), shipping)

    def _beside(self, what: str) -> int:
        return max(0, self._money(self.order.said, what) - sum(self._money(refund, what) for refund in self.refunds))

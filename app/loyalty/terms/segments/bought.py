"""What was bought, or was not: products, labels, and by which kind of order."""

from dataclasses import dataclass, field
from typing import Literal

from app.loyalty.terms.conditions import Goods, Orders
from app.loyalty.terms.segments.shopper import Look, Purchase, Shopper, between


@dataclass(frozen=True, slots=True)
class Bought:
    """From ``least`` to ``most`` purchases of the goods by such orders, in the last ``days`` × 24 h or ever.

    Goods count while money paid for them is left. Not bought is ``least`` 0 and ``most`` 0.
    """

    goods: Goods = field(default_factory=Goods)
    orders: Orders = field(default_factory=Orders)
    least: int = 1
    most: int | None = None
    days: int | None = None
    kind: Literal["bought"] = "bought"

    def look(self, shopper: Shopper) -> Look:
        """Return the number of such purchases against the two."""
        have = sum(1 for purchase in shopper.within(self.days) if self._counts(purchase))
        return between(have, self.least, self.most)

    def _counts(self, purchase: Purchase) -> bool:
        order = purchase.order
        return self.orders.hold(order.channel, order.payment, order.shown_currency or order.currency, order.tags) and (
            self.goods.everything
            or any(
                line.amount_minor > 0 and self.goods.hold(line.product, line.variant, line.labels)
                for line in purchase.base.lines
            )
        )

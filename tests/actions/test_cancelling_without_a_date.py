"""Some platforms do not keep when an order was cancelled: the first date we saw stays (WooCommerce, statuses only)."""

from dataclasses import replace

from sqlalchemy import Engine, select

from app.db.tables import OrderRow
from tests.factories.facts import order
from tests.factories.houses import House, house


def stored_date(shop: House) -> str:
    """Return when the one order was cancelled, as it is stored."""
    with shop.reading() as scope:
        query = select(OrderRow.snapshot).where(OrderRow.programme_id == shop.programme_id)
        return str(scope.session.scalars(query).one()["cancelled_at"])[:10]


def test_a_later_touch_of_a_cancelled_order_does_not_move_its_cancelling(db: Engine) -> None:
    shop = house(db)
    cancelled = order(price="40.00", updated="2025-02-03", cancelled="2025-02-03")
    touched = order(price="40.00", updated="2025-05-09", cancelled="2025-05-09")

    shop.settle("2025-02-01", order(price="40.00"))
    shop.settle("2025-02-03", replace(cancelled, cancel_dated=False))
    shop.settle("2025-05-09", replace(touched, cancel_dated=False))

    assert stored_date(shop) == "2025-02-03"
    assert shop.amounts("ada") == (0, 0, 0, 0)


def test_a_dated_cancelling_is_taken_as_the_platform_tells_it(db: Engine) -> None:
    shop = house(db)

    shop.settle("2025-02-03", order(price="40.00", updated="2025-02-03", cancelled="2025-02-03"))
    shop.settle("2025-05-09", order(price="40.00", updated="2025-05-09", cancelled="2025-05-08"))

    assert stored_date(shop) == "2025-05-08"

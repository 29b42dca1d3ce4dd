"""How much of an order credit paid: where a shop only says that it did, it is asked, and points can only be added."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine, select

from app.db.tables import OutboxRow
from app.loyalty.facts import Order
from tests.factories.facts import order, refund
from tests.factories.houses import House, house


def half_told(**given: object) -> Order:
    """Return an order of 10.00 as a webhook tells it: some of it was paid by a gift card."""
    return replace(order(**given), credit_minor=1000, credit_told=False)  # type: ignore[arg-type]


def wishes(ours: House) -> Sequence[str]:
    with ours.reading() as scope:
        return scope.session.scalars(select(OutboxRow.subject).where(OutboxRow.programme_id == ours.programme_id)).all()


def test_it_earns_once_the_shop_has_said_how_much(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-02", half_told())
    assert (wishes(ours), ours.amounts("ada")) == (["order:o1"], (0, 0, 0, 0))
    ours.settle("2025-02-02", order(credit="4.00"))
    assert ours.amounts("ada") == (0, 6, 0, 0)
    ours.settle("2025-02-03", half_told())
    assert ours.amounts("ada") == (0, 6, 0, 0)


def test_news_of_an_order_that_the_shop_shows_no_more_is_judged_by_what_was_known(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-02", order(credit="4.00"))
    ours.settle("2025-06-01", half_told(updated="2025-06-01", refunds=(refund("2025-06-01", "5.00"),)))
    assert (wishes(ours), ours.amounts("ada")) == (["order:o1"], (0, 1, 0, 0))
    assert ours.breaches() == []


def test_an_order_that_was_unpaid_before_is_not_taken_for_paid_in_money(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-01", order(paid=None, updated="2025-02-01"))
    ours.settle("2025-02-02", half_told(updated="2025-02-02"))
    assert ours.amounts("ada") == (0, 0, 0, 0)
    ours.settle("2025-02-02", order(credit="10.00", updated="2025-02-02"))
    assert ours.amounts("ada") == (0, 0, 0, 0)
    assert ours.breaches() == []

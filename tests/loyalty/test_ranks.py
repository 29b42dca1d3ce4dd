"""Places and ranks of orders: by payment, counting only what counted then."""

import pytest

from app.loyalty.facts import Order
from app.loyalty.members.history import MemberOrder, valued
from app.loyalty.terms.programme import Shop
from tests.factories.facts import order, refund
from tests.factories.programmes import HOME, programme, version

SHOPS = (HOME, Shop("s2", "Asia/Tokyo", "EUR"))


def _ranks(*orders: Order, shop: str = "s1") -> dict[str, int]:
    found = valued([MemberOrder(shop, each) for each in orders], programme(version(), shops=SHOPS))
    return {each.order.id: each.rank for each in found}


def _places(*orders: MemberOrder) -> list[str]:
    return [each.order.id for each in valued(orders, programme(version(), shops=SHOPS))]


def test_orders_take_their_place_by_payment_not_by_placing() -> None:
    early = order("placed-first", paid="2025-03-02", placed="2025-01-05")
    late = order("paid-first", paid="2025-03-01", placed="2025-02-20")
    assert _ranks(early, late) == {"paid-first": 1, "placed-first": 2}


def test_of_orders_paid_at_once_the_one_with_the_lower_id_comes_first_by_code_point() -> None:
    orders = [MemberOrder("s1", order(name)) for name in ("9", "10", "a", "Z")]
    assert _places(*orders) == ["10", "9", "Z", "a"]


def test_the_same_id_at_two_shops_is_two_orders() -> None:
    orders = [MemberOrder("s2", order("1")), MemberOrder("s1", order("1"))]
    found = valued(orders, programme(version(), shops=SHOPS))
    assert [(each.shop, each.rank) for each in found] == [("s1", 1), ("s2", 2)]


def test_unpaid_orders_have_no_place() -> None:
    assert _ranks(order("o1", paid=None), order("o2", paid="2025-02-02")) == {"o2": 1}


def test_a_cancelled_order_and_the_next_can_both_be_first() -> None:
    first = order("o1", paid="2025-02-01", cancelled="2025-02-02")
    assert _ranks(first, order("o2", paid="2025-02-03")) == {"o1": 1, "o2": 1}


def test_a_cancellation_changes_no_rank_before_it() -> None:
    first = order("o1", paid="2025-02-01", cancelled="2025-02-04")
    ranks = _ranks(first, order("o2", paid="2025-02-03"), order("o3", paid="2025-02-05"))
    assert ranks == {"o1": 1, "o2": 2, "o3": 2}


@pytest.mark.parametrize(("refunded", "rank"), (("10.00", 1), ("9.99", 2)))
def test_an_order_counts_while_anything_is_left_of_its_base(refunded: str, rank: int) -> None:
    first = order("o1", paid="2025-02-01", refunds=(refund("2025-02-02", refunded),))
    assert _ranks(first, order("o2", paid="2025-02-03"))["o2"] == rank


def test_a_refund_of_the_very_instant_of_the_next_payment_counts() -> None:
    first = order("o1", paid="2025-02-01", refunds=(refund("2025-02-03", "10.00"),))
    assert _ranks(first, order("o2", paid="2025-02-03")) == {"o1": 1, "o2": 1}


def test_an_order_from_before_the_programme_counts() -> None:
    assert _ranks(order("o1", paid="2024-05-01"), order("o2", paid="2025-02-01")) == {"o1": 1, "o2": 2}


def test_an_order_in_another_currency_counts_for_nothing() -> None:
    assert _ranks(order("o1", currency="USD"), order("o2", paid="2025-02-02")) == {"o1": 1, "o2": 1}


def test_an_order_that_cost_nothing_makes_no_first_order() -> None:
    free = order("o1", discount="10.00")
    assert _ranks(free, order("o2", paid="2025-02-02")) == {"o1": 1, "o2": 1}

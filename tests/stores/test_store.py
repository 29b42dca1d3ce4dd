"""The demonstration stores' own trade: prices, codes, refunds, reviews, and a year that is the same for one seed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import accounts, catalogue, history, ordering, refunding, reviewing, totals
from tests.sandbox.clock import Clock
from tests.sandbox.discounts import CodeRefusedError, Refusal
from tests.sandbox.money import decimal_text, display, minor_units, share_out
from tests.sandbox.ordering import Item
from tests.sandbox.records import CodeKind, Customer, DiscountCode, ReviewStatus
from tests.sandbox.shops import MADO, TIDEWELL
from tests.sandbox.store import Event, Kind, Store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def tidewell() -> Iterator[Store]:
    store = Store(TIDEWELL, clock=Clock(NOON))
    catalogue.stock(store, NOON)
    yield store
    store.close()


@pytest.fixture
def mado() -> Iterator[Store]:
    store = Store(MADO, clock=Clock(NOON))
    catalogue.stock(store, NOON)
    yield store
    store.close()


def variant(store: Store, slug: str) -> int:
    product = store.product(slug)
    assert product is not None
    return product.variants[0].id


def alice(store: Store) -> Customer:
    return accounts.sign_up(store, "alice@example.test", "Alice", "Ames")


def code(store: Store, name: str, kind: CodeKind = CodeKind.AMOUNT, **conditions: Any) -> DiscountCode:  # noqa: ANN401
    with store.change() as change:
        made = DiscountCode(change.next_id("code"), name, kind, NOON, NOON, **conditions)
        change.put(made)
    return made


@pytest.mark.parametrize(
    ("minor", "currency", "text", "tag"),
    (
        (125_000, "USD", "1250.00", "$1,250.00"),
        (3_300, "JPY", "3300", "¥3,300"),
        (-5, "KWD", "-0.005", "\u2212KD 0.005"),
    ),
)
def test_money_is_written_with_the_currencys_own_decimals(minor: int, currency: str, text: str, tag: str) -> None:
    assert decimal_text(minor, currency) == text
    assert minor_units(text, currency) == minor
    assert display(minor, currency) == tag


def test_sharing_out_loses_no_unit() -> None:
    assert share_out(100, [1, 1, 1]) == [34, 33, 33]
    assert share_out(7, [0, 5]) == [0, 7]


def test_tax_comes_on_top_in_one_shop_and_is_inside_the_price_in_the_other(tidewell: Store, mado: Store) -> None:
    dollars = ordering.place(tidewell, [Item(variant(tidewell, "harbour-blend"), 2)], ordering.buyer(alice(tidewell)))
    yen = ordering.place(mado, [Item(variant(mado, "kohiki-meshiwan"), 2)], ordering.buyer(alice(mado)))
    assert (totals.goods(dollars), totals.line_tax(dollars), totals.total(dollars, TIDEWELL)) == (3600, 198, 4248)
    assert (totals.goods(yen), totals.line_tax(yen), totals.total(yen, MADO)) == (6600, 600, 7260)


def test_a_discount_is_spread_over_the_lines_and_spares_gift_cards(tidewell: Store) -> None:
    code(tidewell, "FIVE", amount=500)
    items = [Item(variant(tidewell, slug), 1) for slug in ("harbour-blend", "cone-filters", "gift-card")]
    order = ordering.place(tidewell, items, ordering.buyer(alice(tidewell)), codes=["five"])
    assert [line.discount for line in order.lines] == [333, 167, 0]
    assert order.codes[0].amount == 500


def test_a_discount_never_exceeds_the_goods(mado: Store) -> None:
    code(mado, "fifty", amount=5000)
    order = ordering.place(mado, [Item(variant(mado, "take-no-saji"), 1)], ordering.buyer(alice(mado)), codes=["fifty"])
    assert order.codes[0].amount == 880
    assert totals.total(order, MADO) == 660


def test_free_shipping_takes_off_the_delivery_alone(tidewell: Store) -> None:
    code(tidewell, "SHIP", CodeKind.FREE_SHIPPING)
    items = [Item(variant(tidewell, "harbour-blend"), 1)]
    order = ordering.place(tidewell, items, ordering.buyer(alice(tidewell)), codes=["SHIP"])
    assert (totals.goods(order), totals.shipping_paid(order), order.codes[0].amount) == (1800, 0, 450)


@pytest.mark.parametrize(
    ("conditions", "reason"),
    (
        ({"enabled": False}, Refusal.DISABLED),
        ({"starts_at": NOON + timedelta(seconds=1)}, Refusal.NOT_YET),
        ({"ends_at": NOON}, Refusal.EXPIRED),
        ({"usage_limit": 1, "used_by": ["4"]}, Refusal.USED_UP),
        ({"customer_ids": [1]}, Refusal.NOT_YOURS),
        ({"emails": ["bob@example.test"]}, Refusal.NOT_YOURS),
        ({"minimum": 100_000}, Refusal.TOO_SMALL),
    ),
)
def test_a_code_is_refused_with_its_reason(tidewell: Store, conditions: dict[str, Any], reason: Refusal) -> None:
    code(tidewell, "MINE", amount=500, **conditions)
    items = [Item(variant(tidewell, "harbour-blend"), 1)]
    with pytest.raises(CodeRefusedError) as refused:
        ordering.place(tidewell, items, ordering.buyer(alice(tidewell)), codes=["MINE"])
    assert refused.value.reason is reason
    assert not tidewell.orders


def test_a_code_for_one_customer_asks_a_stranger_to_sign_in(tidewell: Store) -> None:
    owner = alice(tidewell)
    code(tidewell, "HERS", amount=500, customer_ids=[owner.id])
    stranger = ordering.Buyer(None, owner.email, owner.address)
    with pytest.raises(CodeRefusedError) as refused:
        ordering.price(tidewell, [Item(variant(tidewell, "harbour-blend"), 1)], stranger, ["HERS"])
    assert refused.value.reason is Refusal.SIGN_IN


def test_a_code_for_one_use_works_once(tidewell: Store) -> None:
    code(tidewell, "ONCE", amount=500, usage_limit=1)
    items, who = [Item(variant(tidewell, "harbour-blend"), 1)], ordering.buyer(alice(tidewell))
    ordering.place(tidewell, items, who, codes=["ONCE"])
    with pytest.raises(CodeRefusedError):
        ordering.place(tidewell, items, who, codes=["once"])


def test_two_codes_go_together_only_where_both_allow_it(tidewell: Store) -> None:
    code(tidewell, "A", amount=100, combines=["shipping"])
    code(tidewell, "S", CodeKind.FREE_SHIPPING, combines=["order"])
    code(tidewell, "B", amount=100)
    items, who = [Item(variant(tidewell, "harbour-blend"), 1)], ordering.buyer(alice(tidewell))
    assert len(ordering.price(tidewell, items, who, ["A", "S"]).codes) == 2
    with pytest.raises(CodeRefusedError) as refused:
        ordering.price(tidewell, items, who, ["A", "B"])
    assert refused.value.reason is Refusal.NOT_TOGETHER


def test_cancelling_gives_a_woocommerce_coupon_its_use_back_and_refunding_does_not(
    mado: Store, tidewell: Store
) -> None:
    for store, slug, left in ((mado, "kyusu", 0), (tidewell, "harbour-blend", 1)):
        coupon = code(store, "once", amount=100, usage_limit=1)
        order = ordering.place(store, [Item(variant(store, slug), 1)], ordering.buyer(alice(store)), codes=["once"])
        refunding.by_amount(store, order, 100)
        assert len(coupon.used_by) == 1
        ordering.cancel(store, order)
        assert len(coupon.used_by) == left


def test_refunds_by_line_add_up_to_the_line_to_the_unit(tidewell: Store) -> None:
    code(tidewell, "ODD", amount=100)
    order = ordering.place(
        tidewell, [Item(variant(tidewell, "cone-filters"), 3)], ordering.buyer(alice(tidewell)), codes=["ODD"]
    )
    line = order.lines[0]
    parts = [refunding.by_line(tidewell, order, {line.id: 1}).lines[0] for _ in range(3)]
    assert sum(part.subtotal for part in parts) == line.paid == 2600
    assert sum(part.tax for part in parts) == line.tax
    with pytest.raises(refunding.RefundRefusedError):
        refunding.by_line(tidewell, order, {line.id: 1})


def test_the_rest_is_what_was_paid_less_what_went_back_already(mado: Store) -> None:
    order = ordering.place(mado, [Item(variant(mado, "torihachi"), 2)], ordering.buyer(alice(mado)))
    refunding.by_line(mado, order, {order.lines[0].id: 1})
    refunding.by_amount(mado, order, 300)
    refunding.the_rest(mado, order)
    assert totals.refunded(order) == totals.total(order, MADO)
    assert totals.current_total(order, MADO) == 0
    with pytest.raises(refunding.RefundRefusedError):
        refunding.by_amount(mado, order, 1)


def test_an_order_can_be_told_as_it_stood_before_its_refund(tidewell: Store) -> None:
    order = ordering.place(tidewell, [Item(variant(tidewell, "harbour-blend"), 1)], ordering.buyer(alice(tidewell)))
    tidewell.clock.advance(timedelta(days=2))
    refunding.by_amount(tidewell, order, 100)
    before = totals.as_of(order, NOON + timedelta(days=1))
    assert (before.refunds, before.updated_at, len(order.refunds)) == ([], NOON, 1)


def test_a_review_is_held_until_approved_and_can_be_taken_down(mado: Store) -> None:
    told: list[Event] = []
    mado.listen(told.append)
    product = mado.product("kyusu")
    assert product is not None
    review = reviewing.write(mado, product, customer=None, name="A", email="a@example.test", rating=5, body="よい")
    reviewing.moderate(mado, review, ReviewStatus.APPROVED)
    reviewing.moderate(mado, review, ReviewStatus.APPROVED)
    reviewing.moderate(mado, review, ReviewStatus.TRASHED)
    assert [event.kind for event in told] == [Kind.REVIEW_WRITTEN, Kind.REVIEW_APPROVED, Kind.REVIEW_WITHDRAWN]


def test_a_store_opened_again_remembers_everything(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    first = Store(TIDEWELL, path=path)
    history.write(first, size=history.Size(members=12, orders=40), end=NOON)
    first.close()
    again = Store(TIDEWELL, path=path, clock=Clock(NOON))
    assert (again.orders, again.customers, again.reviews) == (first.orders, first.customers, first.reviews)
    newest = ordering.place(again, [Item(variant(again, "harbour-blend"), 1)], ordering.buyer(alice(again)))
    assert newest.number == 1 + max(order.number for order in first.orders.values())
    again.close()


def test_a_year_is_the_same_for_the_same_seed_and_ends_now() -> None:
    years = []
    for seed in (7, 7, 8):
        store = Store(MADO)
        history.write(store, seed=seed, end=NOON, size=history.Size(members=30, orders=150))
        years.append((store.customers, store.orders, store.reviews))
        told = history.happenings(store)
        assert NOON - timedelta(days=365) <= told[0].at <= told[-1].at <= NOON
        assert [event.at for event in told] == sorted(event.at for event in told)
        store.close()
    assert years[0] == years[1] != years[2]


def test_a_full_year_has_members_orders_refunds_and_reviews_enough_to_look_at() -> None:
    store = Store(TIDEWELL)
    history.write(store, end=NOON)
    refunds = sum(len(order.refunds) for order in store.orders.values())
    assert len(store.customers) == 200
    assert 1400 <= len(store.orders) <= 1600
    assert refunds >= 50
    assert sum(review.status == ReviewStatus.APPROVED for review in store.reviews.values()) >= 200
    assert sum(bool(customer.note) for customer in store.customers.values()) == 6
    assert all(totals.refundable(order, TIDEWELL) >= 0 for order in store.orders.values())
    assert all(order.email for order in store.orders.values())
    store.close()

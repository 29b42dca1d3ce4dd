"""Asking a store: one thing whole, that it is gone, and what changed while it goes on changing."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from app.loyalty.facts import Customer, Gone, Order, Review, SignUp, Thing
from integrations.platform import Delivery, PlatformError, Refetch
from integrations.woocommerce import WooCommerce
from tests.integrations.woocommerce.bodies import Body, line, order, refund, refunded
from tests.integrations.woocommerce.recorded import SHOP
from tests.integrations.woocommerce.stores import CREDENTIALS, DATE, REST, query

Mock = responses.RequestsMock
SINCE = datetime(2026, 11, 22, 12, 43, 47, tzinfo=UTC)
DATED = datetime(2026, 11, 22, 12, 50, tzinfo=UTC)


def only(platform: WooCommerce, deliveries: Sequence[Delivery]) -> object:
    """Return the one fact of the one delivery."""
    (delivery,) = deliveries
    facts = platform.translate(delivery.topic, delivery.body, SHOP)
    assert isinstance(facts, tuple), facts
    (fact,) = facts
    return fact


# ── One thing ────────────────────────────────────────────────────────────────


def test_an_order_is_fetched_with_its_refunds_line_by_line(platform: WooCommerce, store: Mock) -> None:
    named = order(line_items=[line(1, "25.00")], refunds=[{"id": 26, "reason": "", "total": "-12.50"}])
    store.get(f"{REST}/orders/70", json=named)
    store.get(f"{REST}/orders/70/refunds", json=[refund(26, "12.50", line_items=[refunded(1, "-12.50")])])
    fact = only(platform, list(platform.refetch(Refetch(Thing.ORDER, "70"), CREDENTIALS)))
    assert isinstance(fact, Order)
    assert [(part.line, part.amount_minor) for part in fact.refunds[0].lines] == [("1", 1250)]


def test_an_order_without_refunds_is_one_question(platform: WooCommerce, store: Mock) -> None:
    store.get(f"{REST}/orders/70", json=order())
    fact = only(platform, list(platform.refetch(Refetch(Thing.ORDER, "70"), CREDENTIALS)))
    assert isinstance(fact, Order)
    assert fact.refunds == ()


def test_addresses_and_telephones_stay_at_the_store(platform: WooCommerce, store: Mock) -> None:
    billing = {"first_name": "Alice", "email": "alice@example.test", "phone": "canary", "address_1": "canary"}
    whole = order(
        billing=billing, shipping={"address_1": "canary"}, customer_note="canary", customer_ip_address="canary"
    )
    store.get(f"{REST}/orders/70", json=whole)
    (delivery,) = platform.refetch(Refetch(Thing.ORDER, "70"), CREDENTIALS)
    assert b"canary" not in delivery.body


def test_an_order_in_the_bin_is_cancelled(platform: WooCommerce, store: Mock) -> None:
    store.get(f"{REST}/orders/70", json=order(status="trash"))
    fact = only(platform, list(platform.refetch(Refetch(Thing.ORDER, "70"), CREDENTIALS)))
    assert isinstance(fact, Order)
    assert fact.cancelled_at == fact.updated_at


@pytest.mark.parametrize(
    ("thing", "path", "code"),
    (
        (Thing.ORDER, "orders/70", "woocommerce_rest_shop_order_invalid_id"),
        (Thing.CUSTOMER, "customers/70", "wc_user_invalid_id"),
        (Thing.CUSTOMER, "customers/70", "woocommerce_rest_invalid_id"),
        (Thing.REVIEW, "products/reviews/70", "woocommerce_rest_review_invalid_id"),
    ),
)
def test_what_the_store_no_longer_has_is_gone_by_the_stores_clock(
    platform: WooCommerce, store: Mock, thing: Thing, path: str, code: str
) -> None:
    error = {"code": code, "message": "Invalid ID.", "data": {"status": 404}}
    store.get(f"{REST}/{path}", json=error, status=404, headers=DATE)
    assert only(platform, list(platform.refetch(Refetch(thing, "70"), CREDENTIALS))) == Gone(thing, "70", DATED)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    (
        (404, {"code": "rest_no_route", "message": "…"}, "WOOCOMMERCE_MISSING"),
        (404, None, "REST_API_MISSING"),
        (404, {"code": "blocked_by_plugin", "message": "…"}, "REFUSED_404"),
        (403, {"code": "firewall", "message": "…"}, "FORBIDDEN"),
    ),
)
def test_a_store_in_trouble_has_lost_no_order(
    platform: WooCommerce, store: Mock, status: int, body: Body | None, code: str
) -> None:
    store.get(f"{REST}/orders/70", body=json.dumps(body) if body else "<html>", status=status, headers=DATE)
    with pytest.raises(PlatformError) as raised:
        list(platform.refetch(Refetch(Thing.ORDER, "70"), CREDENTIALS))
    assert raised.value.code == code


def test_a_customer_is_fetched_with_their_own_address(platform: WooCommerce, store: Mock) -> None:
    alice = {"id": 2, "email": "alice@example.test", "first_name": "Alice", "last_name": "", "role": "customer"}
    meta = [{"id": 5, "key": "kizuna_tags", "value": "vip, press"}, {"id": 6, "key": "shoe_size", "value": "43"}]
    created = {"date_created_gmt": "2026-11-22T12:41:47"}
    store.get(f"{REST}/customers/2", json={**alice, **created, "billing": {}, "meta_data": meta})
    deliveries = list(platform.refetch(Refetch(Thing.CUSTOMER, "2"), CREDENTIALS))
    fact = only(platform, deliveries)
    assert b"shoe" not in deliveries[0].body
    alice_herself = Customer("2", "alice@example.test", "Alice", tags=("role:customer", "press", "vip"))
    assert fact == SignUp(alice_herself, datetime(2026, 11, 22, 12, 41, 47, tzinfo=UTC))


# ── What changed ─────────────────────────────────────────────────────────────


def at(second: int) -> str:
    return f"{SINCE + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S}"


def walk(platform: WooCommerce, pages: int = 20) -> list[Delivery]:
    """Follow the cursor to its end."""
    found: list[Delivery] = []
    cursor = None
    for _ in range(pages):
        page = platform.changes(SINCE, cursor, CREDENTIALS)
        found += page.deliveries
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("the cursor never ends")


def queries(store: Mock) -> list[dict[str, str]]:
    return [query(call) for call in store.calls]


def test_changed_orders_trashed_ones_and_reviews_are_asked_for_in_utc(platform: WooCommerce, store: Mock) -> None:
    review = {"id": 58, "product_id": 11, "status": "approved", "reviewer_email": "a@example.test", "rating": 5}
    store.get(f"{REST}/orders", json=[order()])
    store.get(f"{REST}/orders", json=[order(id=71, status="trash")])
    store.get(f"{REST}/products/reviews", json=[{**review, "date_created_gmt": "2026-11-22T12:49:17"}])
    facts = [only(platform, [delivery]) for delivery in walk(platform)]
    assert [type(fact) for fact in facts] == [Order, Order, Review]
    changed, trashed, written = queries(store)
    assert (changed["modified_after"], changed["dates_are_gmt"]) == ("2026-11-22T12:43:47", "true")
    assert (changed["orderby"], changed["order"], changed["per_page"]) == ("modified", "asc", "100")
    assert "status" not in changed
    assert trashed["status"] == "trash"
    assert (written["after"], written["status"]) == ("2026-11-22T12:43:47Z", "all")


def test_a_polled_order_with_refunds_is_half_a_story(platform: WooCommerce, store: Mock) -> None:
    store.get(f"{REST}/orders", json=[order(refunds=[{"id": 26, "total": "-1.00"}])])
    (delivery,) = platform.changes(SINCE, None, CREDENTIALS).deliveries
    assert platform.translate(delivery.topic, delivery.body, SHOP) == Refetch(Thing.ORDER, "70")


def test_the_same_order_polled_twice_is_one_delivery(platform: WooCommerce, store: Mock) -> None:
    store.get(f"{REST}/orders", json=[order(meta_data=[{"id": 1}], customer_note="noise")])
    store.get(f"{REST}/orders", json=[dict(reversed(order(meta_data=[]).items()))])
    first, second = (platform.changes(SINCE, None, CREDENTIALS).deliveries[0] for _ in range(2))
    assert first == second


class Shop:
    """A list of orders that changes while it is read, answered as wc/v3 answers it."""

    def __init__(self, orders: int, *, per_second: int) -> None:
        self.changed = {number: 1 + number // per_second for number in range(1, orders + 1)}

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = dict(parse_qsl(urlsplit(str(request.url)).query))
        after = datetime.fromisoformat(asked["modified_after"]).replace(tzinfo=UTC)
        known = sorted((second, number) for number, second in self.changed.items())
        fitting = [(s, n) for s, n in known if SINCE + timedelta(seconds=s) > after]
        start = (int(asked["page"]) - 1) * 100
        page = [order(id=number, date_modified_gmt=at(second)) for second, number in fitting[start : start + 100]]
        return 200, {}, json.dumps(page)


def polled(
    shop: Shop, platform: WooCommerce, store: Mock, between: Callable[[int], None] = lambda _page: None
) -> list[int]:
    store.add_callback(responses.GET, f"{REST}/orders", callback=shop.answer)
    found: list[int] = []
    cursor = None
    for number in range(30):
        page = platform.changes(SINCE, cursor, CREDENTIALS)
        found += [json.loads(delivery.body)["id"] for delivery in page.deliveries]
        cursor = page.cursor
        between(number)
        if cursor is None or not cursor.startswith("orders"):
            return found
    raise AssertionError("the orders never end")


def test_an_order_changed_while_the_list_is_read_hides_no_other(platform: WooCommerce, store: Mock) -> None:
    shop = Shop(450, per_second=3)

    def change_an_early_one(page: int) -> None:
        shop.changed[page * 7 + 1] = 1000 + page  # it goes to the end, and all behind its old place moves up

    found = polled(shop, platform, store, between=change_an_early_one)
    assert set(found) == set(shop.changed)


def test_more_orders_of_one_second_than_fit_a_page_are_all_found(platform: WooCommerce, store: Mock) -> None:
    shop = Shop(730, per_second=250)
    assert set(polled(shop, platform, store)) == set(shop.changed)


def test_hundreds_of_new_reviews_are_paged_by_number(platform: WooCommerce, store: Mock) -> None:
    review = {"product_id": 11, "status": "approved", "reviewer_email": "a@example.test", "rating": 5}
    pages = [[{**review, "id": n, "date_created_gmt": at(n)} for n in range(1, 101)], []]
    for page in pages:
        store.get(f"{REST}/products/reviews", json=page)
    first = platform.changes(SINCE, "reviews|2026-11-22T12:43:47|1", CREDENTIALS)
    assert first.cursor == "reviews|2026-11-22T12:43:47|2"
    assert platform.changes(SINCE, first.cursor, CREDENTIALS).cursor is None


@pytest.mark.parametrize(
    "cursor", ("", "orders", "planets|2026-11-22T12:43:47|1", "orders|yesterday|1", "orders|2026-11-22|x")
)
def test_a_cursor_of_somebody_else_is_refused(platform: WooCommerce, cursor: str) -> None:
    with pytest.raises(PlatformError) as raised:
        platform.changes(SINCE, cursor, CREDENTIALS)
    assert raised.value.permanent

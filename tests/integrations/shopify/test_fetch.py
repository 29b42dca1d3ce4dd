"""What is asked of a shop comes back as deliveries that say what a webhook would have said."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.loyalty.facts import Gone, Order, SignUp, Thing
from integrations.platform import Delivery, PlatformError, Refetch, Version, Versions
from integrations.shopify import Shopify
from integrations.shopify.subscribe import TOPICS
from tests.integrations.shopify.admin import Said, Shop, denied, refused
from tests.integrations.shopify.shops import CREDENTIALS, PROFILE, body
from tests.integrations.shopify.test_connect import SHOP

SINCE = datetime(2026, 11, 22, 11, 0, 0, 500_000, tzinfo=UTC)
LAST = {"hasNextPage": False, "endCursor": None}
WHOLE = Refetch(Thing.ORDER, "5912345670001")


def asked(name: str = "kizuna/order/one-pair-and-the-shipping-refunded") -> dict[str, Any]:
    """Return a recorded order as GraphQL says it: its lines a page, its refunds only named."""
    order = json.loads(body(name))
    order["line_items"] = {"nodes": order["line_items"], "pageInfo": LAST}
    order["refunds"] = [{"gid": f"gid://shopify/Refund/{refund['id']}"} for refund in order["refunds"]]
    return dict(order)


def refund() -> dict[str, Any]:
    """Return its refund as it is asked for by itself."""
    (one,) = json.loads(body("kizuna/order/one-pair-and-the-shipping-refunded"))["refunds"]
    return {"refund": {**one, "refund_line_items": {"nodes": one["refund_line_items"], "pageInfo": LAST}}}


def facts(platform: Shopify, deliveries: list[Delivery]) -> list[object]:
    found: list[object] = []
    for delivery in deliveries:
        seen = platform.translate(delivery.topic, delivery.body, PROFILE)
        assert isinstance(seen, tuple), seen
        found += seen
    return found


def test_a_shop_tells_what_it_is(shop: Shop, platform: Shopify) -> None:
    shop.says("ShopProfile", SHOP)
    assert platform.profile(CREDENTIALS) == PROFILE


@pytest.mark.parametrize("changed", ({"currencyCode": None}, {"id": None}, {"primaryDomain": None}))
def test_a_shop_that_does_not_tell_is_asked_again_later(shop: Shop, platform: Shopify, changed: dict[str, Any]) -> None:
    shop.says("ShopProfile", {"shop": {**SHOP["shop"], **changed}})
    with pytest.raises(PlatformError) as failed:
        platform.profile(CREDENTIALS)
    assert failed.value.code == "BAD_ANSWER"


def test_an_order_asked_for_is_the_order_a_webhook_tells(shop: Shop, platform: Shopify) -> None:
    shop.says("OneOrder", {"order": asked()})
    shop.says("OneRefund", refund())
    deliveries = list(platform.refetch(WHOLE, CREDENTIALS))
    name = "orders/updated/one-pair-and-the-shipping-refunded"
    assert facts(platform, deliveries) == list(platform.translate("orders/updated", body(name), PROFILE))  # type: ignore[arg-type]


def test_an_order_of_many_lines_is_asked_for_page_by_page(shop: Shop, platform: Shopify) -> None:
    order = asked("kizuna/order/a-gift-card-and-a-tip")
    lines = order["line_items"]["nodes"]
    order["line_items"] = {"nodes": lines[:1], "pageInfo": {"hasNextPage": True, "endCursor": "c1"}}
    shop.says("OneOrder", {"order": order})
    more = {"hasNextPage": True, "endCursor": "c2"}
    shop.says(
        "LinesOfOrder",
        {"order": {"line_items": {"nodes": lines[1:2], "pageInfo": more}}},
        {"order": {"line_items": {"nodes": lines[2:], "pageInfo": LAST}}},
    )
    (fact,) = facts(platform, list(platform.refetch(WHOLE, CREDENTIALS)))
    assert isinstance(fact, Order)
    assert [line.id for line in fact.lines] == ["14300000000005", "14300000000006"]
    assert [variables["after"] for operation, variables in shop.asked if operation == "LinesOfOrder"] == ["c1", "c2"]


def test_lines_without_end_are_not_asked_for_without_end(shop: Shop, platform: Shopify) -> None:
    order = asked("kizuna/order/a-gift-card-and-a-tip")
    page = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "again"}}
    shop.says("OneOrder", {"order": {**order, "line_items": page}})
    shop.says("LinesOfOrder", *({"order": {"line_items": page}} for _ in range(50)))
    with pytest.raises(PlatformError) as failed:
        list(platform.refetch(WHOLE, CREDENTIALS))
    assert (failed.value.code, failed.value.permanent) == ("TOO_LARGE", True)


def test_an_order_that_is_not_shown_is_not_taken_for_deleted(shop: Shop, platform: Shopify) -> None:
    """Without a further permission a shop shows no order older than 60 days."""
    shop.says("OneOrder", {"order": None})
    with pytest.raises(PlatformError) as failed:
        list(platform.refetch(WHOLE, CREDENTIALS))
    assert (failed.value.code, failed.value.permanent) == ("NOT_FOUND", True)


def test_a_customer_asked_for_has_signed_up_or_is_gone_since_the_answer(shop: Shop, platform: Shopify) -> None:
    wanted = Refetch(Thing.CUSTOMER, "7412258816291")
    shop.says("OneCustomer", {"customer": json.loads(body("kizuna/customer/maren"))}, {"customer": None})
    (fact,) = facts(platform, list(platform.refetch(wanted, CREDENTIALS)))
    assert isinstance(fact, SignUp)
    (gone,) = facts(platform, list(platform.refetch(wanted, CREDENTIALS)))
    assert gone == Gone(Thing.CUSTOMER, "7412258816291", datetime(2026, 11, 22, 12, 0, tzinfo=UTC))


def test_a_customer_whose_fields_are_withheld_is_still_a_customer(shop: Shop, platform: Shopify) -> None:
    customer = {**json.loads(body("kizuna/customer/maren")), "default_email_address": None, "first_name": None}
    errors = [denied("customer", "default_email_address"), denied("customer", "first_name")]
    shop.says("OneCustomer", {"data": {"customer": customer}, "errors": errors})
    (fact,) = facts(platform, list(platform.refetch(Refetch(Thing.CUSTOMER, "7412258816291"), CREDENTIALS)))
    assert isinstance(fact, SignUp)
    assert fact.customer.email is None


def test_reviews_are_not_the_shop_s_to_tell(platform: Shopify) -> None:
    with pytest.raises(PlatformError) as failed:
        list(platform.refetch(Refetch(Thing.REVIEW, "1"), CREDENTIALS))
    assert failed.value.permanent


# ── What changed ─────────────────────────────────────────────────────────────


def test_changed_orders_come_by_pages_from_a_little_before(shop: Shop, platform: Shopify) -> None:
    plain = asked("kizuna/order/a-gift-card-and-a-tip")
    more = {"hasNextPage": True, "endCursor": "cursor-1"}
    shop.says(
        "ChangedOrders",
        {"orders": {"nodes": [plain], "pageInfo": more}},
        {"orders": {"nodes": [], "pageInfo": LAST}},
    )
    first = platform.changes(SINCE, None, CREDENTIALS)
    assert first.cursor == "cursor-1"
    assert len(facts(platform, list(first.deliveries))) == 1
    second = platform.changes(SINCE, first.cursor, CREDENTIALS)
    assert (second.deliveries, second.cursor) == ([], None)
    assert [variables["query"] for _, variables in shop.asked] == ["updated_at:>='2026-11-22T10:50:00Z'"] * 2
    assert [variables["after"] for _, variables in shop.asked] == [None, "cursor-1"]


def test_how_old_orders_are_is_listed_without_test_orders_and_those_of_nobody(shop: Shop, platform: Shopify) -> None:
    one = {"id": "1", "processed_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-21T10:00:00Z", "test": False}
    owned = {**one, "email": None, "customer": {"id": "7"}}
    guest = {**one, "id": "2", "email": "maren@example.test", "customer": None}
    listed = [owned, guest, {**owned, "test": True}, {**owned, "email": None, "customer": None}]
    page = {"nodes": listed, "pageInfo": {"hasNextPage": True, "endCursor": "c1"}}
    shop.says("OrderVersions", {"orders": page}, {"orders": {"nodes": [{}], "pageInfo": LAST}})
    found = platform.versions(SINCE, None, CREDENTIALS)
    placed, updated = datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert found == Versions([Version("1", placed, updated), Version("2", placed, updated)], "c1")
    assert platform.versions(SINCE, "c1", CREDENTIALS) == Versions([], None)
    assert [variables["after"] for _, variables in shop.asked] == [None, "c1"]


def test_a_changed_order_with_refunds_or_many_lines_is_asked_for_whole(shop: Shop, platform: Shopify) -> None:
    refunded = asked()
    long = copy.deepcopy(asked("kizuna/order/a-gift-card-and-a-tip"))
    long["line_items"]["pageInfo"] = {"hasNextPage": True, "endCursor": "c"}
    shop.says("ChangedOrders", {"orders": {"nodes": [refunded, long], "pageInfo": LAST}})
    shop.says("OneOrder", {"order": refunded}, {"order": asked("kizuna/order/a-gift-card-and-a-tip")})
    shop.says("OneRefund", refund())
    page = platform.changes(SINCE, None, CREDENTIALS)
    assert len(facts(platform, list(page.deliveries))) == 2
    assert shop.operations() == ["ChangedOrders", "OneOrder", "OneRefund", "OneOrder"]


def test_what_did_not_change_has_the_same_key_and_what_did_another(shop: Shop, platform: Shopify) -> None:
    plain = asked("kizuna/order/a-gift-card-and-a-tip")
    pages = [plain, dict(reversed(plain.items())), {**plain, "test": True}]
    shop.says("ChangedOrders", *({"orders": {"nodes": [page], "pageInfo": LAST}} for page in pages))
    keys = [platform.changes(SINCE, None, CREDENTIALS).deliveries[0].key for _ in pages]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("orders", (None, {"nodes": 5}, {"nodes": [{"id": None}], "pageInfo": LAST}, {"nodes": []}))
def test_a_page_that_cannot_be_read_is_asked_for_again_later(shop: Shop, platform: Shopify, orders: object) -> None:
    shop.says("ChangedOrders", {"orders": orders})
    with pytest.raises(PlatformError) as failed:
        platform.changes(SINCE, None, CREDENTIALS)
    assert failed.value.code == "BAD_ANSWER"


# ── Webhooks ─────────────────────────────────────────────────────────────────

HERE = "https://kizuna.example/webhooks/shopify"
WORDS = [topic.upper().replace("/", "_").replace(".", "_") for topic in TOPICS]


def subscriptions(*topics: str, uri: str = HERE, page: object = LAST) -> dict[str, Any]:
    there = [{"id": f"gid://shopify/WebhookSubscription/{topic}", "topic": topic, "uri": uri} for topic in topics]
    return {"webhookSubscriptions": {"nodes": there, "pageInfo": page}}


def test_missing_webhooks_are_made_and_others_left(shop: Shop, platform: Shopify) -> None:
    more = {"hasNextPage": True, "endCursor": "c1"}
    shop.says("Subscriptions", subscriptions("ORDERS_PAID", page=more), subscriptions(*WORDS[2:]))
    shop.says("Subscribe", {"result": {"userErrors": []}})
    assert platform.subscribe(CREDENTIALS, address=HERE) == TOPICS[1:2]
    assert shop.asked[2:] == [("Subscribe", {"topic": WORDS[1], "subscription": {"uri": HERE, "format": "JSON"}})]


def test_webhooks_that_go_elsewhere_are_not_ours(shop: Shop, platform: Shopify) -> None:
    shop.says("Subscriptions", subscriptions(*WORDS, uri="https://elsewhere.example/"))
    shop.says("Subscribe", *({"result": {"userErrors": []}} for _ in WORDS))
    platform.subscribe(CREDENTIALS, address=HERE)
    assert [variables["topic"] for operation, variables in shop.asked[1:]] == WORDS


def test_one_topic_that_is_refused_does_not_keep_the_others_away(shop: Shop, platform: Shopify) -> None:
    shop.says("Subscriptions", subscriptions())
    done: Said = {"result": {"userErrors": []}}
    shop.says("Subscribe", refused(None), *(done for _ in WORDS[1:]))
    with pytest.raises(PlatformError):
        platform.subscribe(CREDENTIALS, address=HERE)
    assert len(shop.asked) == 1 + len(WORDS)


def test_a_managed_installation_has_the_app_s_own_webhooks(shop: Shop, platform: Shopify) -> None:
    managed = CREDENTIALS.__class__(CREDENTIALS.domain, {**CREDENTIALS.values, "install": "managed"})
    assert platform.subscribe(managed, address=HERE) == ()
    assert shop.asked == []

"""The Shopify demonstration store tells its news as Shopify does, review app included."""

import hmac
import json
from base64 import b64encode
from datetime import timedelta

from tests.sandbox.listener import Listener
from tests.sandbox.running import ShopifyStore
from tests.stores.shopify.asking import KEYS, TIDEWELL, deliver

DOCUMENTED_ORDER = {
    "id",
    "admin_graphql_api_id",
    "customer",
    "email",
    "currency",
    "presentment_currency",
    "subtotal_price",
    "total_price",
    "current_subtotal_price",
    "current_total_price",
    "total_discounts",
    "taxes_included",
    "total_tip_received",
    "discount_codes",
    "line_items",
    "refunds",
    "financial_status",
    "cancelled_at",
    "test",
    "source_name",
    "tags",
    "note_attributes",
    "created_at",
    "updated_at",
    "processed_at",
    "name",
    "total_tax",
    "total_shipping_price_set",
    "shipping_lines",
    "confirmed",
}
DOCUMENTED_LINE = {
    "id",
    "product_id",
    "variant_id",
    "quantity",
    "current_quantity",
    "price",
    "total_discount",
    "gift_card",
    "discount_allocations",
    "tax_lines",
}


def test_an_order_is_told_with_the_documented_fields_and_a_signature_that_verifies(
    shop: ShopifyStore, app: Listener
) -> None:
    shop.buy(shop.sign_up("maya@example.test"), {"harbour-blend": 2, "gift-card": 1})
    (heard,) = deliver(shop, app, "orders/paid")
    assert heard.path == "/webhooks/shopify"
    wanted = b64encode(hmac.digest(KEYS.client_secret.encode(), heard.body, "sha256")).decode()
    assert heard.headers["x-shopify-hmac-sha256"] == wanted
    assert heard.headers["x-shopify-shop-domain"] == TIDEWELL
    assert heard.headers["x-shopify-api-version"] == "2026-10"
    assert {"x-shopify-webhook-id", "x-shopify-event-id", "x-shopify-triggered-at"} <= heard.headers.keys()
    order = json.loads(heard.body)
    assert order.keys() >= DOCUMENTED_ORDER
    assert all(line.keys() >= DOCUMENTED_LINE for line in order["line_items"])
    assert [line["gift_card"] for line in order["line_items"]] == [False, True]
    assert (order["subtotal_price"], order["total_tax"], order["total_price"]) == ("61.00", "1.98", "67.48")
    assert order["total_price_set"]["shop_money"] == {"amount": "67.48", "currency_code": "USD"}
    assert {"tags", "orders_count", "total_spent"}.isdisjoint(order["customer"])


def test_one_action_shares_its_event_id_and_every_delivery_has_its_own(shop: ShopifyStore, app: Listener) -> None:
    shop.buy("guest@example.test", {"harbour-blend": 1})
    shop.courier.deliver()
    headers = [heard.headers for heard in app.heard if "x-shopify-topic" in heard.headers]
    assert sorted(h["x-shopify-topic"] for h in headers) == ["orders/paid", "orders/updated"]
    assert len({h["x-shopify-event-id"] for h in headers}) == 1
    assert len({h["x-shopify-webhook-id"] for h in headers}) == 2
    assert json.loads(app.heard[0].body)["customer"] is None


def test_a_refund_tells_its_lines_in_json_numbers_and_the_money_as_text(shop: ShopifyStore, app: Listener) -> None:
    order = shop.buy("guest@example.test", {"harbour-blend": 3})
    shop.refund(order, {0: 1})
    shop.refund(order, amount=500)
    by_line, by_amount = (json.loads(heard.body) for heard in deliver(shop, app, "refunds/create"))
    (part,) = by_line["refund_line_items"]
    assert (part["line_item_id"], part["quantity"], part["subtotal"], part["total_tax"]) == (
        order.lines[0].id,
        1,
        18.0,
        0.99,
    )
    assert (by_line["transactions"][0]["amount"], by_line["transactions"][0]["kind"]) == ("18.99", "refund")
    assert (by_amount["refund_line_items"], by_amount["transactions"][0]["amount"]) == ([], "5.00")
    assert by_amount["order_adjustments"][0]["amount"] == "-5.00"
    latest = json.loads(deliver(shop, app, "orders/updated")[-1].body)
    assert (latest["financial_status"], latest["current_total_price"]) == ("partially_refunded", "37.48")


def test_an_edit_tells_only_the_change(shop: ShopifyStore, app: Listener) -> None:
    order = shop.buy("guest@example.test", {"harbour-blend": 3})
    shop.edit(order, {0: -1})
    (heard,) = deliver(shop, app, "orders/edited")
    edit = json.loads(heard.body)["order_edit"]
    assert (edit["order_id"], edit["line_items"]["removals"]) == (order.id, [{"id": order.lines[0].id, "delta": 1}])


def test_a_webhook_keeps_the_body_of_its_own_moment(shop: ShopifyStore, app: Listener) -> None:
    order = shop.buy("guest@example.test", {"harbour-blend": 1}, payment="transfer")
    shop.store.clock.advance(timedelta(minutes=5))
    shop.pay(order)
    updates = [json.loads(heard.body) for heard in deliver(shop, app, "orders/updated")]
    assert [body["financial_status"] for body in updates] == ["pending", "paid"]


def test_a_failed_delivery_is_tried_nine_times_within_four_hours_with_the_same_body(
    shop: ShopifyStore, app: Listener
) -> None:
    made = shop.face.subscribe("orders/create", f"{app.url}/mine")
    app.status = 302
    shop.buy("guest@example.test", {"harbour-blend": 1})
    began = shop.store.clock.now()
    while [p for p in shop.courier.waiting() if p.topic == "orders/create"]:
        shop.courier.deliver()
        shop.store.clock.advance(timedelta(seconds=10))
    tries = app.of("/mine")
    assert len(tries) == 9
    assert len({heard.body for heard in tries}) == len({heard.headers["x-shopify-webhook-id"] for heard in tries}) == 1
    assert shop.store.clock.now() - began <= timedelta(hours=4, minutes=1)
    assert made.id not in shop.face.subscriptions, "a subscription made by API is gone after that"
    assert any(s.topic == "orders/updated" and s.own for s in shop.face.subscriptions.values())


def test_the_last_word_at_uninstalling_and_the_compliance_topics_are_signed(shop: ShopifyStore, app: Listener) -> None:
    shop.face.uninstall()
    shop.face.comply(
        "customers/redact", {"customer": {"id": 1, "email": "a@example.test", "phone": None}, "orders_to_redact": []}
    )
    shop.face.comply("shop/redact", {})
    assert json.loads(deliver(shop, app, "app/uninstalled")[0].body)["myshopify_domain"] == TIDEWELL
    assert json.loads(deliver(shop, app, "customers/redact")[0].body)["customer"]["id"] == 1
    assert json.loads(deliver(shop, app, "shop/redact")[0].body).keys() == {"shop_id", "shop_domain"}
    assert not shop.face.installed


def test_the_review_app_tells_of_a_review_when_written_and_when_shown(shop: ShopifyStore, app: Listener) -> None:
    shopper = shop.sign_up("maya@example.test")
    shop.review(shopper, "harbour-blend", 5)
    shop.courier.deliver()
    held, shown = app.of("/webhooks/judgeme")
    for heard in (held, shown):
        wanted = hmac.digest(KEYS.judgeme_secret.encode(), heard.body, "sha256").hex()
        assert heard.headers["judgeme-hmac-sha256"] == wanted
    before, after = json.loads(held.body), json.loads(shown.body)
    assert (before["event"], after["event"]) == ("review/created", "review/updated")
    assert (before["review"]["published"], after["review"]["published"]) == (False, True)
    assert after["review"]["reviewer"]["external_id"] == shopper.id
    assert after["review"]["product_external_id"] == 8_230_100_000_013

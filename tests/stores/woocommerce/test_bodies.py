"""The WooCommerce demonstration store writes bodies and headers as a real store that was watched."""

import hmac
from base64 import b64encode

import pytest

from tests.sandbox.listener import Listener
from tests.sandbox.running import WooStore
from tests.stores.woocommerce.asking import (
    SECRET,
    Rest,
    captured,
    delivered,
    differences,
    shape,
    subscribe,
)


@pytest.mark.parametrize(
    ("recorded", "topic"),
    (
        ("store-api-checkout-cod-with-coupon.json", "order.updated"),
        ("partial-refund-by-line.json", "order.updated"),
        ("cancel.json", "order.updated"),
        ("store-api-checkout-cod-with-coupon.json", "customer.updated"),
        ("coupon-created.json", "coupon.created"),
        ("partial-refund-by-line.json", "product.updated"),
    ),
)
def test_bodies_have_the_keys_and_kinds_of_captured_ones(rest: Rest, woo: WooStore, recorded: str, topic: str) -> None:
    rest.post("coupons", {"code": "kz-1", "amount": "500", "usage_limit": 1})
    shopper = woo.sign_up("alice@example.test")
    order = woo.buy(shopper, {"kyusu": 2}, codes=["KZ-1"])
    woo.refund(order, {0: 1})
    theirs = captured(recorded, topic)["json"]
    ours = {"order": f"orders/{order.id}", "customer": f"customers/{shopper.id}", "product": "products/11",
            "coupon": "coupons/101"}[topic.partition(".")[0]]  # fmt: skip
    answer = rest.get(ours)
    assert answer.status_code == 200
    assert differences(shape(answer.json()), shape(theirs)) == []


def test_a_delivery_has_the_headers_of_a_captured_one_and_a_signature_that_verifies(
    rest: Rest, woo: WooStore, app: Listener
) -> None:
    subscribe(rest, app, "order.created")
    woo.buy("guest@example.test", {"kyusu": 1})
    woo.courier.deliver()
    (heard,) = delivered(app, "order.created")
    theirs = captured("guest-checkout-store-api.json", "order.created")["headers"]
    assert {name for name in heard.headers if name.startswith("x-wc-")} == {
        name.lower() for name in theirs if name.startswith("X-WC-")
    }
    assert heard.headers["user-agent"] == theirs["User-Agent"]
    assert heard.headers["x-wc-webhook-source"] == "https://mado.example/"
    assert (heard.path, heard.query) == ("/webhooks/woocommerce", "shop=s1")
    wanted = b64encode(hmac.digest(SECRET.encode(), heard.body, "sha256")).decode()
    assert heard.headers["x-wc-webhook-signature"] == wanted
    assert b'"https:\\/\\/mado.example\\/checkout' in heard.body


def test_yen_have_no_decimals_and_tax_stands_apart_from_what_is_net(rest: Rest, woo: WooStore) -> None:
    order = woo.buy("guest@example.test", {"kohiki-meshiwan": 2})
    body = rest.get(f"orders/{order.id}").json()
    line = body["line_items"][0]
    assert (body["total"], body["total_tax"], body["shipping_total"], body["shipping_tax"]) == (
        "7260",
        "660",
        "600",
        "60",
    )
    assert (line["total"], line["total_tax"], line["price"]) == ("6000", "600", 3000)
    assert body["prices_include_tax"] is True
    assert (body["date_paid"], body["date_paid_gmt"]) == ("2026-11-22T21:00:00", "2026-11-22T12:00:00")


def test_a_refund_lists_its_lines_with_a_negative_quantity_and_the_line_it_belongs_to(
    rest: Rest, woo: WooStore
) -> None:
    order = woo.buy("guest@example.test", {"kohiki-meshiwan": 2, "kyusu": 1})
    woo.refund(order, {0: 1})
    woo.refund(order, amount=300)
    newest, oldest = rest.get(f"orders/{order.id}/refunds").json()
    assert (newest["amount"], newest["line_items"]) == ("300", [])
    (line,) = oldest["line_items"]
    assert (line["quantity"], line["total"], line["total_tax"]) == (-1, "-3000", "-300")
    assert line["meta_data"][0]["value"] == str(order.lines[0].id)
    assert [part["total"] for part in rest.get(f"orders/{order.id}").json()["refunds"]] == ["-300", "-3300"]


@pytest.mark.parametrize(
    ("done", "status"),
    (("", "on-hold"), ("pay", "processing"), ("fulfil", "completed"), ("cancel", "cancelled")),
)
def test_the_status_follows_what_was_done(rest: Rest, woo: WooStore, done: str, status: str) -> None:
    order = woo.buy("guest@example.test", {"kyusu": 1}, payment="transfer")
    if done:
        getattr(woo, done)(order)
    assert rest.get(f"orders/{order.id}").json()["status"] == status


def test_an_order_given_back_in_full_is_refunded_with_its_total_unchanged(rest: Rest, woo: WooStore) -> None:
    order = woo.buy("guest@example.test", {"kyusu": 1})
    woo.refund(order)
    body = rest.get(f"orders/{order.id}").json()
    assert (body["status"], body["total"], body["refunds"][0]["total"]) == ("refunded", "8140", "-8140")

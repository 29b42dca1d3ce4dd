"""The WooCommerce demonstration store tells its news as a real one, with all its traps."""

import json

import pytest

from tests.sandbox import ordering
from tests.sandbox.listener import Listener
from tests.sandbox.running import WooStore
from tests.stores.woocommerce.asking import SECRET, Rest, delivered, subscribe


def test_registering_a_webhook_pings_its_url_unsigned_before_it_answers(rest: Rest, app: Listener) -> None:
    number = subscribe(rest, app, "order.updated")
    (ping,) = app.heard
    assert ping.body == f"webhook_id={number}".encode()
    assert ping.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not [name for name in ping.headers if name.startswith("x-wc-")]
    body = rest.get(f"webhooks/{number}").json()
    assert (body["status"], body["topic"]) == ("active", "order.updated")
    assert "secret" not in body


@pytest.mark.parametrize("topic", ("review.created", "customer.restored", "action.comment_post", ""))
def test_topics_without_a_hook_are_refused(rest: Rest, app: Listener, topic: str) -> None:
    answer = rest.post("webhooks", {"topic": topic, "delivery_url": app.url, "secret": SECRET})
    assert (answer.status_code, answer.json()["code"]) == (400, "woocommerce_rest_shop_webhook_invalid_topic")


def test_an_unanswered_ping_is_repeated_after_every_delivery(rest: Rest, woo: WooStore, app: Listener) -> None:
    app.status = 401
    subscribe(rest, app, "order.created")
    woo.buy("a@example.test", {"kyusu": 1})
    woo.courier.deliver()
    app.status = 200
    woo.buy("b@example.test", {"kyusu": 1})
    woo.courier.deliver()
    woo.buy("c@example.test", {"kyusu": 1})
    woo.courier.deliver()
    assert [heard.body.startswith(b"webhook_id") for heard in app.heard] == [True, False, True, False, True, False]


def test_a_new_order_tells_updated_before_created_with_its_state_at_delivery(
    rest: Rest, woo: WooStore, app: Listener
) -> None:
    subscribe(rest, app, "order.created")
    subscribe(rest, app, "order.updated")
    order = woo.buy("a@example.test", {"kyusu": 1})
    woo.fulfil(order)
    woo.refund(order, amount=100)
    woo.courier.deliver()
    topics = [heard.headers["x-wc-webhook-topic"] for heard in app.heard if "x-wc-webhook-topic" in heard.headers]
    assert topics == ["order.updated", "order.created"]
    created = json.loads(delivered(app, "order.created")[0].body)
    assert (created["status"], len(created["refunds"])) == ("completed", 1)


def test_two_orders_in_one_second_share_their_delivery_id(rest: Rest, woo: WooStore, app: Listener) -> None:
    subscribe(rest, app, "order.created")
    for name in ("a", "b"):
        woo.buy(f"{name}@example.test", {"kyusu": 1})
    woo.courier.deliver()
    one, other = delivered(app, "order.created")
    assert one.headers["x-wc-webhook-delivery-id"] == other.headers["x-wc-webhook-delivery-id"]
    assert one.body != other.body


def test_an_order_in_the_bin_by_delivery_time_is_a_signed_error(rest: Rest, woo: WooStore, app: Listener) -> None:
    for topic in ("order.created", "order.deleted"):
        subscribe(rest, app, topic)
    order = woo.buy("a@example.test", {"kyusu": 1})
    ordering.trash(woo.store, order)
    woo.courier.deliver()
    assert json.loads(delivered(app, "order.created")[0].body)["code"] == "woocommerce_rest_shop_order_invalid_id"
    assert delivered(app, "order.deleted")[0].body == f'{{"id":{order.id}}}'.encode()


def test_a_failed_delivery_is_never_repeated_and_the_seventh_in_a_row_disables(
    rest: Rest, woo: WooStore, app: Listener
) -> None:
    number = subscribe(rest, app, "order.created")
    app.status = 500
    for place in range(7):
        assert rest.get(f"webhooks/{number}").json()["status"] == "active"
        woo.buy(f"a{place}@example.test", {"kyusu": 1})
        woo.courier.deliver()
    assert rest.get(f"webhooks/{number}").json()["status"] == "disabled"
    assert len(delivered(app, "order.created")) == 7
    rest.call("PUT", f"webhooks/{number}", json={"status": "active"})
    woo.buy("again@example.test", {"kyusu": 1})
    woo.courier.deliver()
    assert rest.get(f"webhooks/{number}").json()["status"] == "disabled"


def test_a_redirect_counts_as_delivered_and_clears_the_failures(rest: Rest, woo: WooStore, app: Listener) -> None:
    number = subscribe(rest, app, "order.created")
    for status in (500, 302):
        app.status = status
        woo.buy(f"{status}@example.test", {"kyusu": 1})
        woo.courier.deliver()
    assert woo.face.webhooks[number].failures == 0


def test_deleting_a_webhook_needs_force(rest: Rest, app: Listener) -> None:
    number = subscribe(rest, app, "order.created")
    assert rest.call("DELETE", f"webhooks/{number}").status_code == 501
    assert rest.call("DELETE", f"webhooks/{number}", params={"force": "true"}).status_code == 200
    assert rest.get("webhooks").json() == []


def test_an_approved_review_is_bridged_with_the_account_of_its_writer(rest: Rest, woo: WooStore, app: Listener) -> None:
    for name in ("approved", "withdrawn"):
        subscribe(rest, app, f"action.woocommerce_kizuna_review_{name}")
    shopper = woo.sign_up("alice@example.test")
    woo.buy(shopper, {"kyusu": 1})
    review = woo.review(shopper, "kyusu", 4)
    woo.withdraw(review)
    woo.courier.deliver()
    approved, withdrawn = (heard for heard in app.heard if "x-wc-webhook-topic" in heard.headers)
    assert approved.headers["x-wc-webhook-resource"] == "action"
    assert approved.headers["x-wc-webhook-event"] == "woocommerce_kizuna_review_approved"
    body = json.loads(approved.body)
    assert body["action"] == "woocommerce_kizuna_review_approved"
    assert {name: body["arg"][name] for name in ("id", "customer_id", "email", "rating", "status", "verified")} == {
        "id": review.id,
        "customer_id": shopper.id,
        "email": "alice@example.test",
        "rating": 4,
        "status": "approved",
        "verified": True,
    }
    assert json.loads(withdrawn.body)["arg"]["status"] == "trash"

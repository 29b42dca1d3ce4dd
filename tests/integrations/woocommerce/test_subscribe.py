"""Having a store send its webhooks: once each, with our secret, on again after it gave up, and the plugin told."""

import json
from typing import Any

import pytest
import requests
import responses

from integrations.platform import Credentials, PlatformError, ReauthorizeError
from integrations.woocommerce import WooCommerce
from integrations.woocommerce.topics import SUBSCRIBED
from tests.integrations.woocommerce.stores import ADDRESS, CREDENTIALS, REST, STORE

Mock = responses.RequestsMock
PLUGIN = f"{STORE}/wp-json/kizuna/v1/secret"


def hook(number: int, topic: str, url: str = ADDRESS, status: str = "active") -> dict[str, object]:
    return {"id": number, "topic": topic, "delivery_url": url, "status": status, "name": "Kizuna"}


def calls(store: Mock, method: str) -> list[tuple[str, Any]]:
    """Return what was asked with ``method``: path and body."""
    return [
        (str(call.request.url).removeprefix(f"{STORE}/wp-json/"), json.loads(call.request.body or "null"))
        for call in store.calls
        if call.request.method == method
    ]


def plugin_listens(store: Mock) -> None:
    store.post(PLUGIN, json={"connected": True})


def test_a_new_store_gets_one_webhook_per_topic_and_the_plugin_its_secret(platform: WooCommerce, store: Mock) -> None:
    store.get(f"{REST}/webhooks", json=[])
    store.post(f"{REST}/webhooks", json={"id": 1}, status=201)
    plugin_listens(store)
    platform.subscribe(CREDENTIALS, address=ADDRESS)
    *made, told = calls(store, "POST")
    assert [body["topic"] for _, body in made] == list(SUBSCRIBED)
    assert {(path, body["delivery_url"], body["secret"], body["status"]) for path, body in made} == {
        ("wc/v3/webhooks", ADDRESS, CREDENTIALS.values["webhook_secret"], "active")
    }
    assert told == (
        "kizuna/v1/secret",
        {"shop": "shop-1", "app": "https://points.example.com", "secret": CREDENTIALS.values["shopper_secret"]},
    )


def test_orders_customers_and_both_kinds_of_reviews_are_listened_to() -> None:
    assert set(SUBSCRIBED) == {
        *("order.created", "order.updated", "order.deleted", "order.restored"),
        *("customer.created", "customer.updated", "customer.deleted"),
        "action.woocommerce_kizuna_review_approved",
        "action.woocommerce_kizuna_review_withdrawn",
    }


def test_subscribing_again_doubles_nothing_and_switches_on_what_the_store_switched_off(
    platform: WooCommerce, store: Mock
) -> None:
    there = [hook(n, topic, status="disabled") for n, topic in enumerate(SUBSCRIBED, start=10)]
    there[0]["status"] = "active"
    store.get(f"{REST}/webhooks", json=there)
    for webhook in there:
        store.put(f"{REST}/webhooks/{webhook['id']}", json=webhook)
    plugin_listens(store)
    assert platform.subscribe(CREDENTIALS, address=ADDRESS) == SUBSCRIBED[1:]
    assert [path for path, _ in calls(store, "POST")] == ["kizuna/v1/secret"]
    assert {(body["status"], body["secret"]) for _, body in calls(store, "PUT")} == {
        ("active", CREDENTIALS.values["webhook_secret"])
    }


def test_doubled_webhooks_are_deleted_and_an_earlier_id_of_the_shop_is_taken_over(
    platform: WooCommerce, store: Mock
) -> None:
    earlier = ADDRESS.replace("shop-1", "shop-0")
    there = [hook(n, topic, earlier) for n, topic in enumerate(SUBSCRIBED, start=10)] + [hook(99, SUBSCRIBED[0])]
    store.get(f"{REST}/webhooks", json=there)
    for webhook in there[:-1]:
        store.put(f"{REST}/webhooks/{webhook['id']}", json=webhook)
    store.delete(f"{REST}/webhooks/99", json=there[-1])
    plugin_listens(store)
    platform.subscribe(CREDENTIALS, address=ADDRESS)
    assert {body["delivery_url"] for _, body in calls(store, "PUT")} == {ADDRESS}
    assert [path for path, _ in calls(store, "DELETE")] == ["wc/v3/webhooks/99?force=true"]


def test_webhooks_of_others_are_left_alone(platform: WooCommerce, store: Mock) -> None:
    theirs = [
        hook(1, "order.created", "https://other.example.org/webhooks/woocommerce?shop=shop-1"),
        hook(2, "order.created", "https://points.example.com/elsewhere"),
        hook(3, "product.updated"),
        {"id": 4, "topic": "order.created", "delivery_url": None},
    ]
    store.get(f"{REST}/webhooks", json=theirs)
    store.post(f"{REST}/webhooks", json={"id": 5}, status=201)
    plugin_listens(store)
    platform.subscribe(CREDENTIALS, address=ADDRESS)
    assert not calls(store, "PUT")
    assert not calls(store, "DELETE")


def test_a_topic_that_some_versions_lack_is_done_without(platform: WooCommerce, store: Mock) -> None:
    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        refused = {"code": "woocommerce_rest_shop_webhook_invalid_topic", "message": "", "data": {"status": 400}}
        return (400, {}, json.dumps(refused)) if "order.restored" in str(request.body) else (201, {}, '{"id": 1}')

    store.get(f"{REST}/webhooks", json=[])
    store.add_callback(responses.POST, f"{REST}/webhooks", callback=answer)
    plugin_listens(store)
    platform.subscribe(CREDENTIALS, address=ADDRESS)
    assert len(calls(store, "POST")) == len(SUBSCRIBED) + 1


def test_a_topic_we_cannot_do_without_is_not_passed_over(platform: WooCommerce, store: Mock) -> None:
    refused = {"code": "woocommerce_rest_shop_webhook_invalid_topic", "message": "", "data": {"status": 400}}
    store.get(f"{REST}/webhooks", json=[])
    store.post(f"{REST}/webhooks", json=refused, status=400)
    with pytest.raises(PlatformError) as raised:
        platform.subscribe(CREDENTIALS, address=ADDRESS)
    assert raised.value.code == "REFUSED_400"


def test_a_store_without_the_plugin_is_subscribed_and_said_to_lack_it(platform: WooCommerce, store: Mock) -> None:
    store.get(f"{REST}/webhooks", json=[])
    store.post(f"{REST}/webhooks", json={"id": 1}, status=201)
    missing = {"code": "rest_no_route", "message": "…", "data": {"status": 404}}
    store.post(PLUGIN, json=missing, status=404)
    with pytest.raises(PlatformError) as raised:
        platform.subscribe(CREDENTIALS, address=ADDRESS)
    assert (raised.value.code, raised.value.permanent) == ("PLUGIN_MISSING", False)
    assert len(calls(store, "POST")) == len(SUBSCRIBED) + 1


def test_without_a_secret_of_ours_no_webhook_is_made(platform: WooCommerce) -> None:
    """Left out, the store would make up a secret that nobody can read."""
    without = Credentials(CREDENTIALS.domain, {**CREDENTIALS.values, "webhook_secret": ""})
    with pytest.raises(ReauthorizeError):
        platform.subscribe(without, address=ADDRESS)

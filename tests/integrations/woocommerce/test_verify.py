"""What only WooCommerce's deliveries do: unsigned greetings, topics outside the signature, our own topics."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.platform import Ping, Refused, Request, Verified
from integrations.woocommerce import WooCommerce, topics
from integrations.woocommerce.verify import signature_of
from tests.integrations.woocommerce.stores import woocommerce

NOW = datetime(2026, 11, 22, 13, tzinfo=UTC)
SECRETS = ("a" * 40,)


@pytest.fixture
def platform(tmp_path: Path) -> WooCommerce:
    return woocommerce(tmp_path)


def signed(topic: str, body: bytes = b'{"id": 1}') -> Request:
    headers = {"x-wc-webhook-topic": topic, "x-wc-webhook-signature": signature_of(body, SECRETS[0])}
    return Request("POST", "/webhooks/woocommerce", headers, (("shop", "shop-1"),), body)


def form(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Request:
    return Request("POST", "/webhooks/woocommerce", {"content-type": kind}, (("shop", "shop-1"),), body)


def test_the_signature_is_the_one_a_store_makes() -> None:
    assert signature_of(b'{"id":36}', "bench-secret") == "rStOqffE/V9/aDYazEaR+bJhokVA+n02qCBFk9WEdg8="


@pytest.mark.parametrize("body", (b"webhook_id=1", b"webhook_id=9223372036854775807"))
@pytest.mark.parametrize(
    "kind", ("application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")
)
def test_a_greeting_is_welcome_at_any_time(platform: WooCommerce, body: bytes, kind: str) -> None:
    assert platform.verify(form(body, kind), secrets=SECRETS, now=NOW) == Ping()
    assert platform.verify(form(body, kind), secrets=(), now=NOW) == Ping(), "also before there is a secret"


@pytest.mark.parametrize("body", (b"", b"webhook_id=", b"webhook_id=1&x=2", b"webhook_id=1\n", b"id=1", b'{"id": 1}'))
def test_anything_else_unsigned_is_refused(platform: WooCommerce, body: bytes) -> None:
    answer = platform.verify(form(body), secrets=SECRETS, now=NOW)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.status) == ("SIGNATURE_MISSING", 401)


def test_a_greeting_in_json_clothes_is_refused(platform: WooCommerce) -> None:
    assert isinstance(platform.verify(form(b"webhook_id=1", "application/json"), secrets=SECRETS, now=NOW), Refused)


def test_a_form_with_a_wrong_signature_is_no_greeting(platform: WooCommerce) -> None:
    request = form(b"webhook_id=1")
    forged = replace(request, headers={**request.headers, "x-wc-webhook-signature": "x"})
    assert isinstance(platform.verify(forged, secrets=SECRETS, now=NOW), Refused)


@pytest.mark.parametrize("topic", (topics.FETCHED_ORDER, topics.FETCHED_GONE, topics.FETCHED_REVIEW, "kizuna.anything"))
def test_no_delivery_may_pose_as_something_we_fetched(platform: WooCommerce, topic: str) -> None:
    answer = platform.verify(signed(topic), secrets=SECRETS, now=NOW)
    assert isinstance(answer, Refused)
    assert answer.code == "TOPIC_WRONG"


@pytest.mark.parametrize(
    "topic", ("", "order", "order.", ".updated", "Order.Updated", "order.updated\n", "order.upd ated")
)
def test_a_delivery_without_a_proper_topic_is_refused(platform: WooCommerce, topic: str) -> None:
    assert isinstance(platform.verify(signed(topic), secrets=SECRETS, now=NOW), Refused)


def test_a_topic_sent_twice_is_refused(platform: WooCommerce) -> None:
    doubled = replace(signed("order.updated"), doubled_headers=frozenset({"x-wc-webhook-topic"}))
    assert isinstance(platform.verify(doubled, secrets=SECRETS, now=NOW), Refused)


def test_the_shop_is_the_one_in_the_address_we_gave(platform: WooCommerce) -> None:
    request = signed("order.updated")
    assert platform.claimed_shop(request) == "shop-1"
    assert platform.claimed_shop(replace(request, query=(("shop", "a"), ("shop", "b")))) is None
    assert platform.claimed_shop(replace(request, query=())) is None


def test_a_deletion_has_the_same_key_each_time_and_no_version(platform: WooCommerce) -> None:
    first, again = (platform.verify(signed("order.deleted"), secrets=SECRETS, now=NOW) for _ in range(2))
    assert isinstance(first, Verified)
    assert first == again
    assert first.versioned is False

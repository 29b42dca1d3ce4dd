"""WooCommerce shows what every platform must show."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from integrations.platform import Request
from integrations.woocommerce import WooCommerce, topics
from integrations.woocommerce.verify import signature_of
from tests.integrations.conformance import PlatformConformance, Subject
from tests.integrations.woocommerce.bodies import bridged
from tests.integrations.woocommerce.recorded import SHOP, of_file, recorded
from tests.integrations.woocommerce.stores import woocommerce


@cache
def platform() -> WooCommerce:
    return woocommerce(Path(mkdtemp()))


def sign(topic: str, body: bytes, secret: str) -> Request:
    headers = {
        "content-type": "application/json",
        "x-wc-webhook-topic": topic,
        "x-wc-webhook-signature": signature_of(body, secret),
    }
    return Request("POST", "/webhooks/woocommerce", headers, (("shop", "shop-1"),), body)


def payloads() -> dict[str, tuple[str, bytes]]:
    """Every body a real store signed, and one of the plugin's for each of its topics."""
    found = {each.name: (each.topic, each.request.body) for each in recorded() if each.signed}
    for topic in (topics.REVIEW_APPROVED, topics.REVIEW_WITHDRAWN):
        found[topic] = (topic, json.dumps({"action": topic.removeprefix("action."), "arg": bridged()}).encode())
    return found


class TestWooCommerce(PlatformConformance):
    def subject(self) -> Subject:
        first = of_file("order-pending-processing", "order.updated")
        return Subject(
            platform=platform(),
            shop=SHOP,
            now=datetime(2026, 11, 22, 13, tzinfo=UTC),
            sign=sign,
            signature="x-wc-webhook-signature",
            payloads={first.name: (first.topic, first.request.body), **payloads()},
            unknown_topic="product.updated",
        )

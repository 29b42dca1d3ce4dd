"""WooCommerce shows what every platform must show."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from integrations.platform import Request
from integrations.woocommerce import WooCommerce, topics
from integrations.woocommerce.translate import translate
from integrations.woocommerce.verify import signature_of
from tests.integrations.conformance import ODD, REMOVED, PlatformConformance, Subject, change, check, paths
from tests.integrations.woocommerce.bodies import bridged, encoded, line, order, refund, refunded
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


def fetched() -> list[tuple[str, bytes]]:
    """Bodies we put together ourselves from what a store answers: no store signs these, yet stores fill them."""
    whole = order(
        refunds=[{"id": 26, "total": "-12.50"}, {"id": 27, "total": "-1.00"}],
        fee_lines=[{"id": 3, "total": "-4.00"}],
        coupon_lines=[{"code": "kz-1"}],
    )
    gone = {"thing": "order", "id": "70", "at": "2026-11-22T12:50:00"}
    review = {**bridged(), "reviewer_email": "alice@example.test", "date_created_gmt": "2026-11-22T12:49:17"}
    given_back = refund(
        26,
        "12.50",
        line_items=[refunded(1, "-10.00", "-1.00")],
        shipping_lines=[{"total": "-1.00", "total_tax": "-0.10"}],
        fee_lines=[{"total": "0.40", "total_tax": "0.00"}],
    )
    return [
        (topics.FETCHED_ORDER, encoded({"order": whole, "refunds": [given_back]})),
        (topics.FETCHED_GONE, encoded(gone)),
        (topics.FETCHED_REVIEW, encoded(review)),
    ]


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_what_we_fetched_is_read_without_stumbling_whatever_a_field_holds(data: st.DataObject) -> None:
    topic, body = data.draw(st.sampled_from(fetched()))
    document = json.loads(body)
    for _ in range(data.draw(st.integers(1, 2))):
        places = list(paths(document))
        assume(places)
        odd = st.sampled_from(ODD) | st.text(max_size=20) | st.integers() | st.floats(allow_nan=True)
        change(document, data.draw(st.sampled_from(places)), data.draw(odd | st.just(REMOVED)))
    check(translate(topic, json.dumps(document).encode(), SHOP))


@pytest.mark.parametrize("field", ("status", "currency", "id", "customer_id", "number", "billing", "line_items"))
@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value)[:20])
def test_an_order_is_read_whatever_one_field_holds(field: str, value: object) -> None:
    check(translate("order.updated", encoded(order(**{field: value})), SHOP))


@pytest.mark.parametrize("field", ("id", "product_id", "quantity", "subtotal", "total", "total_tax"))
@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value)[:20])
def test_a_line_is_read_whatever_one_field_holds(field: str, value: object) -> None:
    check(translate("order.updated", encoded(order(line_items=[{**line(1, "5.00"), field: value}])), SHOP))


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

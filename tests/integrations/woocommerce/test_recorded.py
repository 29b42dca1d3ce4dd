"""What a real store sent, request by request, and the facts it stands for."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.loyalty.facts import CodeUse, Customer, Fact, Line, Order, Place, SignUp, Thing, Traces
from integrations.platform import Ignored, Ping, Refetch, Verified
from integrations.woocommerce import WooCommerce
from tests.integrations.woocommerce.recorded import SECRET, SHOP, Recorded, of_file, recorded
from tests.integrations.woocommerce.stores import woocommerce

NOW = datetime(2026, 11, 22, 13, tzinfo=UTC)


@pytest.fixture
def platform(tmp_path: Path) -> WooCommerce:
    return woocommerce(tmp_path)


def at(time: str) -> datetime:
    """An instant of the day the requests were recorded."""
    return datetime.fromisoformat(f"2026-11-22T{time}+00:00")


def mug_and_tee(mug: str, tee: str) -> tuple[Line, Line]:
    return (
        Line(mug, product="11", quantity=2, price_minor=2500),
        Line(tee, product="12", quantity=1, price_minor=2500),
    )


ALICE = Customer(id="2", name="Alice Bench")

CALIFORNIA = Place("US", "CA")
BENCH = Traces("2benchst/94607/us")

PENDING = Order(
    id="25",
    name="25",
    customer=ALICE,
    updated_at=at("12:44:27"),
    placed_at=at("12:44:27"),
    paid_at=None,
    cancelled_at=None,
    currency="USD",
    lines=mug_and_tee("5", "6"),
    channel="rest-api",
    payment="bacs",
    has_catalogue=True,
    traces=Traces("1st/94607/us"),
    place=CALIFORNIA,
)
CANCELLED = replace(
    PENDING,
    id="29",
    name="29",
    placed_at=at("12:44:57"),
    paid_at=at("12:44:57"),
    updated_at=at("12:45:01"),
    cancelled_at=at("12:45:01"),
    cancel_dated=False,
    lines=mug_and_tee("8", "9"),
)
FIRST_OF_TWO = replace(
    PENDING,
    id="34",
    name="34",
    placed_at=at("12:45:49"),
    paid_at=at("12:45:49"),
    updated_at=at("12:45:49"),
    lines=mug_and_tee("14", "15"),
)
SECOND_OF_TWO = replace(FIRST_OF_TWO, id="35", name="35", updated_at=at("12:45:50"), lines=mug_and_tee("16", "17"))
CASH_ON_DELIVERY = replace(
    PENDING,
    id="42",
    name="42",
    placed_at=at("12:51:13"),
    updated_at=at("12:51:14"),
    shipping_minor=500,
    lines=(Line("19", product="11", quantity=2, price_minor=2500, discount_minor=500),),
    codes=(CodeUse("loyal-1795351873339367027"),),
    channel="store-api",
    payment="cod",
    traces=BENCH,
)
GUEST = replace(
    PENDING,
    id="46",
    name="46",
    customer=Customer(id=None, email="gus1795351882@example.test", name="Gus Bench"),
    placed_at=at("12:51:22"),
    updated_at=at("12:51:22"),
    lines=(Line("26", product="14", quantity=1, price_minor=600),),
    channel="store-api",
    traces=BENCH,
)
WITH_NEW_ACCOUNT = replace(
    GUEST,
    id="47",
    name="47",
    customer=Customer(id="6", name="Hal Bench"),
    placed_at=at("12:51:24"),
    updated_at=at("12:51:24"),
    lines=(Line("27", product="14", quantity=1, price_minor=600),),
)
ROLE = ("role:customer",)
HAL = SignUp(
    Customer(id="6", email="hal1795351884@example.test", name="Hal Bench", place=CALIFORNIA, tags=ROLE), at("12:51:24")
)
ERIN = SignUp(Customer(id="5", email="erin1795351465@example.test", name="Erin", tags=ROLE), at("12:44:25"))
ERIN_RENAMED = replace(ERIN, customer=replace(ERIN.customer, name="Erin Z"))
ALICE_HERSELF = SignUp(replace(ALICE, email="alice@example.test", place=CALIFORNIA, tags=ROLE), at("12:41:47"))
UNUSED = Ignored("TOPIC_NOT_USED")

SAID: dict[tuple[str, str], Fact | Refetch | Ignored] = {
    ("cancel", "order.updated"): CANCELLED,
    ("checkout-that-creates-an-account", "order.updated"): WITH_NEW_ACCOUNT,
    ("checkout-that-creates-an-account", "customer.created"): HAL,
    ("checkout-that-creates-an-account", "customer.updated"): HAL,
    ("checkout-that-creates-an-account", "order.created"): WITH_NEW_ACCOUNT,
    ("coupon-created", "coupon.created"): UNUSED,
    ("customer-created-rest", "customer.created"): ERIN,
    ("customer-created-rest", "customer.updated"): ERIN,
    ("customer-deleted", "customer.deleted"): Refetch(Thing.CUSTOMER, "5"),
    ("customer-updated", "customer.updated"): ERIN_RENAMED,
    ("full-refund-of-the-rest", "order.updated"): Refetch(Thing.ORDER, "25"),
    ("guest-checkout-store-api", "order.updated"): GUEST,
    ("guest-checkout-store-api", "order.created"): GUEST,
    ("order-created-pending-rest", "order.created"): PENDING,
    ("order-created-pending-rest", "order.updated"): PENDING,
    ("order-pending-processing", "order.updated"): replace(PENDING, updated_at=at("12:44:30"), paid_at=at("12:44:30")),
    ("order-processing-completed", "order.updated"): replace(
        PENDING, updated_at=at("12:44:32"), paid_at=at("12:44:30")
    ),
    ("order-processing-completed", "customer.updated"): ALICE_HERSELF,
    ("partial-refund-by-amount-only", "order.updated"): Refetch(Thing.ORDER, "25"),
    ("partial-refund-by-line", "order.updated"): Refetch(Thing.ORDER, "25"),
    ("review-by-a-customer-on-the-product-page", "action.woocommerce_update_product"): UNUSED,
    ("review-by-rest-approved", "action.woocommerce_update_product"): UNUSED,
    ("review-by-rest-approved", "action.woocommerce_rest_insert_product_review"): UNUSED,
    ("store-api-checkout-cod-with-coupon", "coupon.created"): UNUSED,
    ("store-api-checkout-cod-with-coupon", "order.updated"): CASH_ON_DELIVERY,
    ("store-api-checkout-cod-with-coupon", "order.created"): CASH_ON_DELIVERY,
    ("store-api-checkout-cod-with-coupon", "customer.updated"): ALICE_HERSELF,
    ("trash", "order.deleted"): Refetch(Thing.ORDER, "36"),
    ("trash-review", "action.woocommerce_rest_insert_product_review"): UNUSED,
    ("trash-review", "action.woocommerce_update_product"): UNUSED,
    ("two-orders-in-the-same-second", "order.created"): SECOND_OF_TWO,
    ("two-orders-in-the-same-second", "order.updated"): SECOND_OF_TWO,
}
"""By file and topic; where a file has several of a topic, the last one. Any product.updated means nothing to us."""


def said(each: Recorded) -> Fact | Refetch | Ignored:
    """Return what a recorded request must be read as."""
    if each.topic == "product.updated":
        return UNUSED
    if each.file == "two-orders-in-the-same-second" and each.number < 2:
        return FIRST_OF_TWO
    if each.name == "guest-checkout-store-api[0]":  # the end of the story before it
        return replace(CASH_ON_DELIVERY, updated_at=at("12:51:21"), cancelled_at=at("12:51:21"), cancel_dated=False)
    return SAID[each.file, each.topic]


@pytest.mark.parametrize("each", [each for each in recorded() if each.signed], ids=lambda each: each.name)
def test_a_recorded_delivery_is_proved_and_read(each: Recorded, platform: WooCommerce) -> None:
    proof = platform.verify(each.request, secrets=(SECRET,), now=NOW)
    assert isinstance(proof, Verified)
    assert (proof.topic, proof.domain, proof.versioned) == (each.topic, "shop-1", False)
    expected = said(each)
    read = platform.translate(proof.topic, each.request.body, SHOP)
    assert read == (expected if isinstance(expected, Refetch | Ignored) else (expected,))


def test_every_recorded_request_is_accounted_for() -> None:
    unsigned = {each.file for each in recorded() if not each.signed}
    assert unsigned == {"ping-on-create", "wc-auth-callback"}
    assert {(each.file, each.topic) for each in recorded() if each.signed and each.topic != "product.updated"} == set(
        SAID
    )


def test_the_greeting_of_a_new_webhook_is_a_ping_and_nothing_else(platform: WooCommerce) -> None:
    greeting = next(each for each in recorded() if each.file == "ping-on-create")
    assert platform.verify(greeting.request, secrets=(SECRET,), now=NOW) == Ping()


def test_two_orders_of_one_second_share_a_delivery_id_but_not_a_key(platform: WooCommerce) -> None:
    created = [e for e in recorded() if e.file == "two-orders-in-the-same-second" and e.topic == "order.created"]
    ids = {each.request.headers["x-wc-webhook-delivery-id"] for each in created}
    proofs = [platform.verify(each.request, secrets=(SECRET,), now=NOW) for each in created]
    assert len(created) == 2
    assert len(ids) == 1
    assert len({proof.key for proof in proofs if isinstance(proof, Verified)}) == 2


def test_the_signature_belongs_to_the_bytes_not_to_what_they_mean(platform: WooCommerce) -> None:
    each = of_file("cancel", "order.updated")
    respelt = replace(each.request, body=each.request.body.replace(b'"id":29', b'"id": 29', 1))
    assert not isinstance(platform.verify(respelt, secrets=(SECRET,), now=NOW), Verified)

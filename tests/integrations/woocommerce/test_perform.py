"""Effects become coupons: each code once, as wished or not at all, and gone for good when disabled."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses

from app.loyalty.effects import Beside, DisableDiscount, DiscountKind, IssueDiscount, SyncMember
from app.loyalty.facts import Customer
from integrations.platform import Performed, PlatformError, ReauthorizeError
from integrations.woocommerce import WooCommerce
from tests.integrations.woocommerce.bodies import Body
from tests.integrations.woocommerce.stores import CREDENTIALS, REST, query

Mock = responses.RequestsMock
COUPONS = f"{REST}/coupons"
TAKEN = {"code": "woocommerce_rest_coupon_code_already_exists", "message": "…", "data": {"status": 400}}
FIVE_OFF = IssueDiscount(
    reference="r-1",
    code="KZ-7Q2M9XHT4WPC",
    kind=DiscountKind.AMOUNT_OFF,
    value=500,
    currency="USD",
    customer=Customer(id="2", email="Alice@Example.test"),
    starts_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    ends_at=datetime(2027, 1, 1, 0, 0, 0, 999, tzinfo=UTC),
    minimum_minor=2000,
    title="5.00 off",
)
DISABLE = DisableDiscount(reference="r-1", code="KZ-7Q2M9XHT4WPC", external_id=None)


def coupon(**changes: object) -> dict[str, object]:
    """Return the coupon of FIVE_OFF as a store answers it."""
    return {
        "id": 41,
        "code": "kz-7q2m9xht4wpc",
        "amount": "5.00",
        "discount_type": "fixed_cart",
        "date_expires": "2026-12-31T19:00:00",
        "date_expires_gmt": "2027-01-01T00:00:00",
        "usage_count": 0,
        "individual_use": True,
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "free_shipping": False,
        "minimum_amount": "20.00",
        "email_restrictions": ["alice@example.test"],
        "used_by": [],
        "meta_data": [{"id": 233, "key": "_kizuna_reference", "value": "r-1"}],
        **changes,
    }


def asked_for(store: Mock) -> Body:
    """Return what was posted."""
    body: Body = json.loads(next(call.request.body for call in store.calls if call.request.method == "POST") or "{}")
    return body


# ── Issue ────────────────────────────────────────────────────────────────────


def test_a_personal_single_use_code_is_made(platform: WooCommerce, store: Mock) -> None:
    store.post(COUPONS, json=coupon(), status=201)
    assert platform.perform(FIVE_OFF, CREDENTIALS) == Performed("41")
    assert asked_for(store) == {
        "code": "kz-7q2m9xht4wpc",
        "description": "5.00 off",
        "discount_type": "fixed_cart",
        "amount": "5.00",
        "free_shipping": False,
        "individual_use": True,
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "email_restrictions": ["alice@example.test"],
        "minimum_amount": "20.00",
        "date_expires": "2027-01-01T00:00:00Z",
        "meta_data": [{"key": "_kizuna_reference", "value": "r-1"}],
    }


@pytest.mark.parametrize(
    ("wish", "made"),
    (
        (
            replace(FIVE_OFF, kind=DiscountKind.PERCENTAGE, value=1250),
            {"discount_type": "percent", "amount": "12.50"},
        ),
        (
            replace(FIVE_OFF, kind=DiscountKind.FREE_PRODUCT, value=1250, product="77", variant="78"),
            {"discount_type": "percent", "amount": "100.00", "product_ids": [78], "limit_usage_to_x_items": 1},
        ),
        (
            replace(FIVE_OFF, beside=(Beside.SHIPPING,)),
            {"individual_use": False},
        ),
        (
            replace(FIVE_OFF, kind=DiscountKind.FREE_SHIPPING, value=0),
            {"amount": "0.00", "free_shipping": True},
        ),
        (
            replace(FIVE_OFF, value=500, currency="JPY", minimum_minor=0, ends_at=None),
            {"amount": "500", "minimum_amount": "0.00", "date_expires": None, "date_expires_gmt": None},
        ),
        (replace(FIVE_OFF, value=1255, currency="KWD", minimum_minor=0), {"amount": "1.26", "minimum_amount": "0.00"}),
        (replace(FIVE_OFF, customer=None), {"email_restrictions": []}),
        (replace(FIVE_OFF, customer=Customer(id=None)), {"email_restrictions": []}),
    ),
    ids=[
        "percentage",
        "one piece",
        "beside others",
        "free shipping",
        "yen without end",
        "dinars shown short",
        "a friend",
        "no address",
    ],
)
def test_every_kind_of_discount_is_made(
    platform: WooCommerce, store: Mock, wish: IssueDiscount, made: dict[str, object]
) -> None:
    store.post(COUPONS, json=coupon(**made), status=201)
    assert platform.perform(wish, CREDENTIALS) == Performed("41")
    sent = asked_for(store)
    assert sent["discount_type"] == made.get("discount_type", "fixed_cart")
    assert sent["free_shipping"] is made.get("free_shipping", False)
    assert sent["email_restrictions"] == made.get("email_restrictions", ["alice@example.test"])


def test_the_accounts_address_is_asked_for_where_we_do_not_know_it(platform: WooCommerce, store: Mock) -> None:
    store.get(f"{REST}/customers/2", json={"id": 2, "email": "alice@example.test"})
    store.post(COUPONS, json=coupon(), status=201)
    platform.perform(replace(FIVE_OFF, customer=Customer(id="2")), CREDENTIALS)
    assert asked_for(store)["email_restrictions"] == ["alice@example.test"]


@pytest.mark.parametrize(
    "wrong",
    (
        {"email_restrictions": []},
        {"email_restrictions": ["alice@example.test", "bob@example.test"]},
        {"email_restrictions": None},
        {"amount": "0.00"},
        {"amount": "50.00"},
        {"amount": "rubbish"},
        {"minimum_amount": "0.00"},
        {"discount_type": "percent"},
        {"usage_limit": None},
        {"usage_limit_per_user": None},
        {"individual_use": False},
        {"free_shipping": True},
        {"date_expires_gmt": None},
        {"date_expires_gmt": "2027-01-01T05:00:00"},
    ),
    ids=str,
)
def test_a_coupon_that_is_not_as_wished_does_not_live(
    platform: WooCommerce, store: Mock, wrong: dict[str, object]
) -> None:
    store.post(COUPONS, json=coupon(**wrong), status=201)
    store.delete(f"{COUPONS}/41", json=coupon(**wrong))
    with pytest.raises(PlatformError) as raised:
        platform.perform(FIVE_OFF, CREDENTIALS)
    assert (raised.value.code, raised.value.permanent) == ("COUPON_NOT_AS_WISHED", True)
    assert str(store.calls[-1].request.url).endswith("/coupons/41?force=true")


# ── Doubt ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "doubt",
    (
        {"json": TAKEN, "status": 400},
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError("reset")},
        {"body": "<html>Bad gateway</html>", "status": 502},
        {"body": 'Notice: x\n{"id": 41}', "status": 201},
        {"json": {"code": "internal_server_error", "message": "critical"}, "status": 500},
    ),
    ids=["code taken", "timeout", "reset", "HTML 502", "a notice before the JSON", "500"],
)
def test_after_any_doubt_our_coupon_is_looked_up_and_adopted(
    platform: WooCommerce, store: Mock, doubt: dict[str, Any]
) -> None:
    store.post(COUPONS, **doubt)
    store.get(COUPONS, json=[coupon(id=40, code="kz-other"), coupon()])
    assert platform.perform(FIVE_OFF, CREDENTIALS) == Performed("41")
    assert query(store.calls[-1]) == {"code": "kz-7q2m9xht4wpc"}


def test_a_coupon_that_never_came_to_be_is_tried_again_later(platform: WooCommerce, store: Mock) -> None:
    store.post(COUPONS, body=requests.ReadTimeout())
    store.get(COUPONS, json=[])
    with pytest.raises(PlatformError) as raised:
        platform.perform(FIVE_OFF, CREDENTIALS)
    assert (raised.value.code, raised.value.permanent) == ("NO_ANSWER", False)


def test_a_code_that_is_somebody_elses_is_left_alone(platform: WooCommerce, store: Mock) -> None:
    store.post(COUPONS, json=TAKEN, status=400)
    store.get(COUPONS, json=[coupon(meta_data=[{"id": 1, "key": "_kizuna_reference", "value": "r-2"}])])
    with pytest.raises(PlatformError) as raised:
        platform.perform(FIVE_OFF, CREDENTIALS)
    assert (raised.value.code, raised.value.permanent) == ("CODE_TAKEN", True)
    assert "DELETE" not in {call.request.method for call in store.calls}


def test_a_code_said_to_be_taken_that_nobody_finds_is_tried_again(platform: WooCommerce, store: Mock) -> None:
    store.post(COUPONS, json=TAKEN, status=400)
    store.get(COUPONS, json=[])
    with pytest.raises(PlatformError) as raised:
        platform.perform(FIVE_OFF, CREDENTIALS)
    assert (raised.value.code, raised.value.permanent) == ("COUPON_UNKNOWN", False)


def test_an_adopted_coupon_must_be_as_wished_too(platform: WooCommerce, store: Mock) -> None:
    store.post(COUPONS, json=TAKEN, status=400)
    store.get(COUPONS, json=[coupon(email_restrictions=[])])
    store.delete(f"{COUPONS}/41", json=coupon())
    with pytest.raises(PlatformError) as raised:
        platform.perform(FIVE_OFF, CREDENTIALS)
    assert raised.value.code == "COUPON_NOT_AS_WISHED"


def test_revoked_keys_end_it_without_a_look_up(platform: WooCommerce, store: Mock) -> None:
    revoked = {"code": "woocommerce_rest_cannot_create", "message": "…", "data": {"status": 401}}
    store.post(COUPONS, json=revoked, status=401)
    with pytest.raises(ReauthorizeError):
        platform.perform(FIVE_OFF, CREDENTIALS)
    assert len(store.calls) == 1


def test_what_the_store_refuses_for_good_is_not_looked_up(platform: WooCommerce, store: Mock) -> None:
    refused = {"code": "coupon_invalid_amount", "message": "…", "data": {"status": 400}}
    store.post(COUPONS, json=refused, status=400)
    with pytest.raises(PlatformError) as raised:
        platform.perform(FIVE_OFF, CREDENTIALS)
    assert (raised.value.code, raised.value.permanent) == ("REFUSED_400", True)


# ── Disable ──────────────────────────────────────────────────────────────────


def test_a_code_is_deleted_for_good(platform: WooCommerce, store: Mock) -> None:
    store.delete(f"{COUPONS}/41", json=coupon())
    assert platform.perform(replace(DISABLE, external_id="41"), CREDENTIALS) == Performed("41")
    assert query(store.calls[0]) == {"force": "true"}


def test_a_code_whose_number_was_never_heard_is_found_by_name(platform: WooCommerce, store: Mock) -> None:
    store.get(COUPONS, json=[coupon()])
    store.delete(f"{COUPONS}/41", json=coupon())
    assert platform.perform(DISABLE, CREDENTIALS) == Performed("41")


@pytest.mark.parametrize(
    "found", ([], [coupon(meta_data=[])], [coupon(code="kz-other")]), ids=["none", "foreign", "other"]
)
def test_a_code_that_never_came_to_be_is_disabled_already(
    platform: WooCommerce, store: Mock, found: list[dict[str, object]]
) -> None:
    store.get(COUPONS, json=found)
    assert platform.perform(DISABLE, CREDENTIALS) == Performed()


def test_a_code_deleted_before_is_disabled(platform: WooCommerce, store: Mock) -> None:
    gone = {"code": "woocommerce_rest_shop_coupon_invalid_id", "message": "…", "data": {"status": 404}}
    store.delete(f"{COUPONS}/41", json=gone, status=404)
    assert platform.perform(replace(DISABLE, external_id="41"), CREDENTIALS) == Performed("41")


def test_a_store_that_lost_its_plugins_has_disabled_nothing(platform: WooCommerce, store: Mock) -> None:
    no_route = {"code": "rest_no_route", "message": "…", "data": {"status": 404}}
    store.delete(f"{COUPONS}/41", json=no_route, status=404)
    with pytest.raises(PlatformError) as raised:
        platform.perform(replace(DISABLE, external_id="41"), CREDENTIALS)
    assert raised.value.code == "WOOCOMMERCE_MISSING"


def test_there_is_nothing_to_show_of_a_member_at_the_store(platform: WooCommerce, store: Mock) -> None:
    assert platform.perform(SyncMember(Customer(id="2"), tier="gold", available=120), CREDENTIALS) == Performed()
    assert not store.calls


def test_every_declared_discount_can_be_made_and_codes_come_back_with_cancelled_orders(platform: WooCommerce) -> None:
    assert platform.capabilities.discounts == set(DiscountKind)
    assert platform.capabilities.codes_revive

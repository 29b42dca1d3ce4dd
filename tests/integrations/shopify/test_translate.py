"""What Shopify's other topics come to."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.loyalty.facts import (
    Customer,
    Duty,
    Event,
    Gone,
    Merger,
    Permitted,
    Place,
    PrivacyRequest,
    SignUp,
    Thing,
    Uninstalled,
)
from integrations.platform import Ignored, Malformed, Refetch, Translation
from integrations.shopify.subscribe import TOPICS
from integrations.shopify.translate import translate
from tests.integrations.shopify.shops import PROFILE, body

MAREN = Customer(id="7412258816291", email="maren@example.com", name="Maren Holt")


def read(name: str) -> Translation:
    return translate(name.rpartition("/")[0], body(name), PROFILE)


def test_an_edit_and_a_refund_are_half_a_story() -> None:
    whole = Refetch(Thing.ORDER, "5912345670001")
    assert read("orders/edited/a-shirt-removed") == whole
    assert read("refunds/create/one-pair-and-the-shipping") == whole


def test_a_new_customer_has_signed_up() -> None:
    at = datetime(2026, 3, 2, 14, 15, tzinfo=UTC)
    told, asked = _facts(read("customers/create/from-the-account-page")), _facts(read("kizuna/customer/maren"))
    assert told == (SignUp(replace(MAREN, place=Place("US", "NH")), at, proved=True),)
    # Where somebody lives is asked for by nobody; tags are told by GraphQL alone.
    assert asked == (SignUp(replace(MAREN, locale="en", tags=("VIP", "wholesale")), at, proved=True),)


def test_a_customer_who_changes_signed_up_when_they_did() -> None:
    (fact,) = _facts(read("customers/update/a-new-surname"))
    assert isinstance(fact, SignUp)
    assert fact.at == datetime(2026, 3, 2, 14, 15, tzinfo=UTC)
    assert fact.customer.name == "Maren Holt-Lind"


@pytest.mark.parametrize("name", ("customers/create/a-guest-at-the-checkout", "customers/update/invited-only"))
def test_who_never_signed_in_has_no_account(name: str) -> None:
    """Shopify makes a customer of everybody who types an address at its checkout: that proves nothing."""
    assert isinstance(read(name), Ignored)


def test_a_guest_signs_up_by_signing_in_for_the_first_time() -> None:
    guest = json.loads(body("customers/create/a-guest-at-the-checkout"))
    signed_in = json.dumps({**guest, "state": "enabled"}).encode()
    assert translate("customers/update", signed_in, PROFILE) == read("customers/create/from-the-account-page")


def test_an_account_the_merchant_switched_off_signs_nobody_up() -> None:
    customer = json.loads(body("kizuna/customer/maren"))
    for state in ("DISABLED", "DECLINED", None):
        switched_off = json.dumps({**customer, "state": state}).encode()
        assert isinstance(translate("kizuna/customer", switched_off, PROFILE), Ignored)


def test_a_customer_who_is_gone_is_asked_for_to_know_since_when() -> None:
    assert read("customers/delete/gone") == Refetch(Thing.CUSTOMER, "7412258816291")
    assert read("kizuna/gone/a-customer") == (
        Gone(Thing.CUSTOMER, "7412258816291", datetime(2026, 11, 2, 9, 0, tzinfo=UTC)),
    )


def test_tags_that_came_or_went_are_asked_for() -> None:
    for topic in ("customer.tags_added", "customer.tags_removed"):
        assert translate(topic, body("customer.tags_added/vip"), PROFILE) == Refetch(Thing.CUSTOMER, "7412258816291")
    assert isinstance(translate("customer.tags_added", b'{"tags": ["VIP"]}', PROFILE), Malformed)


def test_two_records_of_one_person_are_one_only_where_the_merge_succeeded() -> None:
    name = "customers/merge/two-records-of-one-person"
    assert read(name) == (Merger("7412258816291", "7412258816299"),)
    merged = json.loads(body(name))
    for status in ("failed", "in_progress", "requested", None):
        told = json.dumps({**merged, "status": status}).encode()
        assert isinstance(translate("customers/merge", told, PROFILE), Ignored)
    assert isinstance(translate("customers/merge", b'{"status": "completed"}', PROFILE), Malformed)


def test_consent_to_e_mail_is_one_event_however_often_it_is_given() -> None:
    name = "customers_email_marketing_consent/update/subscribed"
    at = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
    customer = Customer("7412258816291")
    assert read(name) == (Event("newsletter:7412258816291", customer, "newsletter", at),)
    for state in ("unsubscribed", "pending", "not_subscribed", "redacted", None):
        told = json.loads(body(name))
        told["email_marketing_consent"]["state"] = state
        assert isinstance(translate(name.rpartition("/")[0], json.dumps(told).encode(), PROFILE), Ignored)


def test_the_owner_who_removes_the_app_uninstalls_it() -> None:
    assert read("app/uninstalled/the-owner-left") == (Uninstalled(),)


def test_what_the_owner_allows_is_told_whole() -> None:
    assert read("app/scopes_update/orders-added") == (Permitted(("read_customers", "read_orders")),)
    assert isinstance(translate("app/scopes_update", b'{"current": [7]}', PROFILE), Malformed)


def test_the_three_privacy_duties_are_kept() -> None:
    person = Customer(id="7412258816291", email="maren@example.com")
    assert read("customers/data_request/one-customer") == (PrivacyRequest(Duty.CUSTOMER_DATA, person),)
    assert read("customers/redact/one-customer") == (PrivacyRequest(Duty.CUSTOMER_ERASE, person),)
    assert read("shop/redact/two-days-later") == (PrivacyRequest(Duty.SHOP_ERASE),)


@pytest.mark.parametrize(
    "name",
    (
        "app/uninstalled/the-owner-left",
        "shop/redact/two-days-later",
        "customers/redact/one-customer",
        "customers/data_request/one-customer",
    ),
)
def test_a_signed_body_of_one_shop_does_nothing_at_another(name: str) -> None:
    other = replace(PROFILE, domain="other.myshopify.com")
    assert isinstance(translate(name.rpartition("/")[0], body(name), other), Malformed)


def test_an_erasure_that_names_nobody_is_malformed() -> None:
    request = json.loads(body("customers/redact/one-customer"))
    request["customer"] = {"id": None, "email": None}
    assert isinstance(translate("customers/redact", json.dumps(request).encode(), PROFILE), Malformed)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_we_subscribe_to_is_known(topic: str) -> None:
    seen = translate(topic, b"not json", PROFILE)
    assert seen != translate("fulfillments/create", b"not json", PROFILE)


def _facts(seen: Translation) -> tuple[object, ...]:
    assert isinstance(seen, tuple), seen
    return seen

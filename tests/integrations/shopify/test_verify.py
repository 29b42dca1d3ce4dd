"""Webhooks and queries are taken from Shopify only, and as strictly as Shopify's own package takes them, or more."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import shopify as shopifyapi
import shopify_app
from hypothesis import given
from hypothesis import strategies as st

from integrations.platform import Refused, Request, Verified
from integrations.shopify.verify import (
    BODY_MAX_BYTES,
    DELIVERY,
    EVENT,
    SHOP,
    SIGNATURE,
    TOPIC,
    TRIGGERED,
    claimed_shop,
    shop_domain,
    verify_query,
    verify_webhook,
)
from tests.integrations.shopify.shops import DOMAIN, NOW, PREVIOUS, SECRET, sign

# ── Domains ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("domain", ("tidewell.myshopify.com", "a.myshopify.com", "1-shop.myshopify.com"))
def test_a_permanent_domain_is_a_shop(domain: str) -> None:
    assert shop_domain(domain) == domain


@pytest.mark.parametrize(
    "text",
    (
        None,
        "",
        "tidewell",
        "Tidewell.myshopify.com",
        "tidewell.myshopify.com.evil.example",
        "tidewell.myshopify.com\n",
        " tidewell.myshopify.com",
        "tidewell.myshopify.com:443",
        "tidewell.myshopify.com/admin",
        "tidewell.myshopify.com@evil.example",
        "user@tidewell.myshopify.com",
        "https://tidewell.myshopify.com",
        "a.b.myshopify.com",
        "-tidewell.myshopify.com",
        ".myshopify.com",
        "tidewell.myshopify.io",
        "tidewellmyshopify.com",
        "tidewell.myshopify.com%00",
        "tïdewell.myshopify.com",
        "tidewell。myshopify.com",
        "a" * 300 + ".myshopify.com",
    ),
)
def test_nothing_else_is(text: str | None) -> None:
    assert shop_domain(text) is None


# ── Webhooks ─────────────────────────────────────────────────────────────────


def test_a_delivery_is_known_by_what_its_headers_say() -> None:
    seen = verify_webhook(sign("orders/paid", b"{}"), (SECRET,))
    assert seen == Verified(
        domain=DOMAIN,
        topic="orders/paid",
        key="b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        versioned=True,
        event_id="98880550-7158-44d4-b7cd-2c97c8a091b5",
        triggered_at=datetime(2026, 11, 22, 11, 59, 58, 877041, tzinfo=UTC),
    )


def test_the_secret_before_a_rotation_opens_as_well() -> None:
    assert isinstance(verify_webhook(sign("orders/paid", b"{}", PREVIOUS), (SECRET, PREVIOUS)), Verified)
    assert isinstance(verify_webhook(sign("orders/paid", b"{}", PREVIOUS), (SECRET,)), Refused)


def header(**values: str) -> Request:
    request = sign("orders/paid", b"{}")
    return replace(
        request, headers={**request.headers, **{name.replace("_", "-"): value for name, value in values.items()}}
    )


@pytest.mark.parametrize(
    "request_",
    (
        header(x_shopify_shop_domain="evil.example"),
        header(x_shopify_shop_domain=""),
        header(x_shopify_topic="orders"),
        header(x_shopify_topic="orders/paid\n"),
        header(x_shopify_topic="ORDERS/PAID"),
        header(x_shopify_topic="kizuna/order"),
        header(x_shopify_topic="kizuna/gone"),
        header(x_shopify_webhook_id=""),
        header(x_shopify_webhook_id="a b"),
        header(x_shopify_webhook_id="x" * 101),
        *(replace(sign("orders/paid", b"{}"), doubled_headers=frozenset({name})) for name in (SHOP, TOPIC, DELIVERY)),
    ),
)
def test_a_signed_delivery_that_does_not_say_what_it_is_is_refused(request_: Request) -> None:
    seen = verify_webhook(request_, (SECRET,))
    assert isinstance(seen, Refused)
    assert seen.status == 400


@pytest.mark.parametrize("request_", (header(x_shopify_event_id="?"), header(x_shopify_triggered_at="lately")))
def test_what_only_helps_may_be_missing(request_: Request) -> None:
    seen = verify_webhook(request_, (SECRET,))
    assert isinstance(seen, Verified)
    assert seen.event_id is None or seen.triggered_at is None
    assert {EVENT, TRIGGERED} <= set(request_.headers)


def test_a_body_beyond_the_cap_is_not_even_hashed() -> None:
    seen = verify_webhook(sign("orders/paid", b"x" * (BODY_MAX_BYTES + 1)), (SECRET,))
    assert isinstance(seen, Refused)
    assert seen.status == 413


def test_a_wrong_signature_is_answered_401_as_shopify_asks() -> None:
    for topic in ("orders/paid", "customers/redact", "shop/redact", "customers/data_request"):
        seen = verify_webhook(sign(topic, b"{}", "other"), (SECRET,))
        assert isinstance(seen, Refused)
        assert seen.status == 401


def test_the_shop_a_delivery_claims_is_read_before_it_is_proved() -> None:
    assert claimed_shop(sign("orders/paid", b"{}", "other")) == DOMAIN
    assert claimed_shop(header(x_shopify_shop_domain="evil.example")) is None
    assert claimed_shop(replace(header(), doubled_headers=frozenset({SHOP}))) is None


@given(
    body=st.text(max_size=200),
    signed_with=st.sampled_from((SECRET, PREVIOUS, "other", "")),
    spoil=st.sampled_from(("", "cut", "hex", "case", "other")),
    known=st.sampled_from(((SECRET, PREVIOUS), (SECRET, None))),
)
def test_shopify_s_own_package_agrees(body: str, signed_with: str, spoil: str, known: tuple[str, str | None]) -> None:
    request = sign("orders/paid", body.encode(), signed_with)
    signature = request.headers[SIGNATURE]
    given_ = {
        "": signature,
        "cut": signature[:-2],
        "hex": base64.b64decode(signature).hex(),
        "case": signature.swapcase(),
        "other": base64.b64encode(b"0" * 32).decode(),
    }[spoil]
    headers = {**request.headers, SIGNATURE: given_}
    theirs = shopify_app.ShopifyApp("id", *known).verify_webhook_req(
        {"method": "POST", "url": "/webhooks", "headers": headers, "body": body}
    )
    ours = verify_webhook(replace(request, headers=headers), tuple(filter(None, known)))
    assert isinstance(ours, Verified) is theirs.ok
    if isinstance(ours, Verified):
        assert ours.domain == f"{theirs.shop}.myshopify.com"


# ── Queries ──────────────────────────────────────────────────────────────────


def query(secret: str = SECRET, at: datetime = NOW, **parameters: str) -> Request:
    """Sign a query as Shopify's documents say: sorted, percent-encoded, joined by ``&``."""
    known = {"shop": DOMAIN, "timestamp": str(int(at.timestamp())), **parameters}
    digest = hmac.new(secret.encode(), urlencode(sorted(known.items())).encode(), hashlib.sha256).hexdigest()
    return Request("GET", "/connect/shopify/begin", {}, (*known.items(), ("hmac", digest)))


def test_shopify_s_published_example_is_understood() -> None:
    known = {
        "code": "a94a110d86d2452eb3e2af4cfb8a3828",
        "shop": "some-shop.myshopify.com",
        "timestamp": "1337178173",
        "hmac": "2cb1a277650a659f1b11e92a4a64275b128e037f2c3390e3c8fd2d8721dac9e2",
    }
    then = datetime.fromtimestamp(1337178173, UTC)
    request = Request("GET", "/", {}, tuple(known.items()))
    assert verify_query(request, ("hush",), then) == known
    assert isinstance(verify_query(request, ("hush",), NOW), Refused)


def test_a_signed_query_is_read() -> None:
    seen = verify_query(query(code="abc", state="xyz"), ("other", SECRET), NOW)
    assert not isinstance(seen, Refused)
    assert (seen["code"], seen["state"], seen["shop"]) == ("abc", "xyz", DOMAIN)


@pytest.mark.parametrize("late_s", (-91, 91, 3600, -3600, 86_400, 10**9))
def test_a_link_is_good_for_ninety_seconds_in_either_direction(late_s: int) -> None:
    seen = verify_query(query(), (SECRET,), NOW + timedelta(seconds=late_s))
    assert isinstance(seen, Refused)
    assert seen.code == "TIMESTAMP_INVALID"


@pytest.mark.parametrize("late_s", (-90, -1, 0, 89, 90))
def test_a_link_that_is_not_older_is_good(late_s: int) -> None:
    assert not isinstance(verify_query(query(), (SECRET,), NOW + timedelta(seconds=late_s)), Refused)


@pytest.mark.parametrize(
    "request_",
    (
        query("other"),
        query(shop="evil.example"),
        query(shop="tidewell.myshopify.com.evil.example"),
        query(timestamp=""),
        query(timestamp="1e9"),
        query(timestamp="-5"),
        query(timestamp="٣" * 10),
        replace(query(), query=(*query().query, ("shop", "other.myshopify.com"))),
        replace(query(), query=(*query().query, ("hmac", "0" * 64))),
        replace(query(), query=query().query[:-1]),
        replace(query(), query=(*query().query[:-1], ("hmac", ""))),
        replace(query(), query=(*query().query, ("extra", "1"))),
        replace(query(), query=(*query().query, ("ids[]", "1"))),
        replace(query(), query=()),
    ),
)
def test_a_query_that_shopify_did_not_sign_is_refused(request_: Request) -> None:
    assert isinstance(verify_query(request_, (SECRET,), NOW), Refused)


def test_an_empty_secret_signs_nothing() -> None:
    for secrets in ((), ("",)):
        assert isinstance(verify_query(query(""), secrets, NOW), Refused)


def test_one_shop_s_secret_never_stays_in_the_library() -> None:
    verify_query(query(), (SECRET,), NOW)
    assert shopifyapi.Session.secret is None
    assert shopifyapi.Session.api_key is None

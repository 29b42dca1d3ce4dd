"""A shop opens its door by session token or by authorization code, and stays open by refreshing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from integrations.outgoing import Outgoing
from integrations.platform import Connected, PlatformError, ReauthorizeError, Redirect, Refused
from integrations.shopify import Shopify
from tests.integrations.shopify.admin import URL, Shop
from tests.integrations.shopify.shops import (
    CLIENT_ID,
    CREDENTIALS,
    DOMAIN,
    NOW,
    PREVIOUS,
    PROFILE,
    SECRET,
    app,
    shopify,
)
from tests.integrations.shopify.test_sessions import token
from tests.integrations.shopify.test_verify import query

TOKENS = f"https://{DOMAIN}/admin/oauth/access_token"
ANSWER = {
    "access_token": "shpat_canary",
    "scope": "write_customers,read_orders,write_discounts",
    "expires_in": 3600,
    "refresh_token": "shprt_canary",
    "refresh_token_expires_in": 7_776_000,
}
SHOP = {
    "shop": {
        "id": "gid://shopify/Shop/61280042",
        "name": "Tidewell",
        "myshopifyDomain": DOMAIN,
        "currencyCode": "USD",
        "ianaTimezone": "America/New_York",
        "taxesIncluded": False,
        "primaryDomain": {"url": "https://tidewell.example", "localization": {"defaultLocale": "en"}},
    }
}


@pytest.fixture
def edge() -> Iterator[responses.RequestsMock]:
    """The shop's two doors: tokens, and the Admin API that tells the profile."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        standing = Shop()
        standing.says("ShopProfile", SHOP)
        mocked.add_callback(responses.POST, URL, callback=standing.answer)
        yield mocked


def sent(edge: responses.RequestsMock, index: int = 0) -> dict[str, Any]:
    body = edge.calls[index].request.body
    assert body is not None
    document = json.loads(body)
    assert isinstance(document, dict)
    return document


# ── Session token ────────────────────────────────────────────────────────────


def test_a_session_token_is_exchanged_for_an_expiring_offline_token(edge: responses.RequestsMock) -> None:
    edge.post(TOKENS, json=ANSWER)
    now = datetime.now(UTC)
    session_token = token(SECRET)
    seen = shopify().exchange(session_token, now)
    assert isinstance(seen, Connected)
    asked = sent(edge)
    assert str(asked.pop("expiring")) == "1"
    assert asked == {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": session_token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
    }
    assert seen.user == "104512"
    assert seen.profile == PROFILE
    assert seen.credentials.domain == DOMAIN
    assert seen.credentials.values["access_token"] == "shpat_canary"
    assert seen.credentials.values["refresh_token"] == "shprt_canary"
    assert seen.credentials.expires_at == now + timedelta(hours=1)
    assert seen.credentials.refresh_expires_at == now + timedelta(days=90)
    assert seen.credentials.scopes == ("write_customers", "read_orders", "write_discounts")
    assert "canary" not in repr(seen)


def test_a_forged_session_token_is_never_sent_to_shopify(edge: responses.RequestsMock) -> None:
    seen = shopify().exchange(token("other" * 10), datetime.now(UTC))
    assert isinstance(seen, Refused)
    assert len(edge.calls) == 0


def test_a_session_token_shopify_no_longer_takes_asks_for_a_fresh_one(edge: responses.RequestsMock) -> None:
    edge.post(TOKENS, status=400, json={"error": "invalid_subject_token"})
    seen = shopify().exchange(token(SECRET), datetime.now(UTC))
    assert isinstance(seen, Refused)
    assert (seen.status, seen.code) == (401, "SESSION_INVALID")


def test_without_a_configured_app_nothing_is_exchanged() -> None:
    nobody = Shopify(app(None, ""), base_url="https://kizuna.example", outgoing=Outgoing(production=True))
    assert isinstance(nobody.exchange(token(SECRET), datetime.now(UTC)), Refused)
    with pytest.raises(PlatformError) as failed:
        nobody.refresh(CREDENTIALS, now=NOW)
    assert failed.value.code == "APP_UNKNOWN"


# ── Authorization code ───────────────────────────────────────────────────────


def test_a_merchant_who_comes_from_shopify_is_sent_to_its_grant_screen() -> None:
    seen = shopify().begin(query(host="YWRtaW4"), state="a-state", now=NOW)
    assert isinstance(seen, Redirect)
    parts = urlsplit(seen.url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", DOMAIN, "/admin/oauth/authorize")
    assert parse_qs(parts.query) == {
        "client_id": [CLIENT_ID],
        "scope": ["read_customers,write_customers,read_orders,write_discounts"],
        "redirect_uri": ["https://kizuna.example/connect/shopify/finish"],
        "state": ["a-state"],
    }
    assert seen.state == "a-state"


def test_in_a_sandbox_the_browser_is_sent_to_this_machine() -> None:
    here = Outgoing(production=False, sandbox={DOMAIN: "http://127.0.0.1:8101"})
    seen = shopify(here).begin(query(), state="s", now=NOW)
    assert isinstance(seen, Redirect)
    assert seen.url.startswith("http://127.0.0.1:8101/admin/oauth/authorize?")


def test_nobody_else_is_sent_anywhere() -> None:
    for request in (query("other"), query(shop="evil.example"), replace(query(), query=(("shop", DOMAIN),))):
        assert isinstance(shopify().begin(request, state="s", now=NOW), Refused)


def test_a_code_is_exchanged_once_granted(edge: responses.RequestsMock) -> None:
    edge.post(TOKENS, json=ANSWER)
    request = query(code="0907a61c0c8d55e99db179b68161bc00", state="s")
    assert shopify().answered_state(request) == "s"
    seen = shopify().finish(request, domain=DOMAIN, now=NOW)
    assert isinstance(seen, Connected)
    assert sent(edge) == {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "expiring": "1",
    }
    assert seen.credentials.expires_at == NOW + timedelta(hours=1)
    assert seen.profile == PROFILE


def test_a_code_of_another_shop_than_the_one_that_began_is_refused(edge: responses.RequestsMock) -> None:
    request = query(code="abc", state="s")
    seen = shopify().finish(request, domain="other.myshopify.com", now=NOW)
    assert isinstance(seen, Refused)
    assert len(edge.calls) == 0


def test_an_answer_without_state_or_code_grants_nothing(edge: responses.RequestsMock) -> None:
    for request in (query(code="abc"), query(state="s"), query(state="s", error="access_denied")):
        assert isinstance(shopify().finish(request, domain=DOMAIN, now=NOW), Refused)
    assert len(edge.calls) == 0


def test_a_forged_answer_is_refused_before_anything_else(edge: responses.RequestsMock) -> None:
    assert isinstance(shopify().finish(query("other", code="abc", state="s"), domain=DOMAIN, now=NOW), Refused)
    assert len(edge.calls) == 0


def test_a_code_used_twice_is_refused(edge: responses.RequestsMock) -> None:
    edge.post(TOKENS, status=400, json={"error": "invalid_request"})
    seen = shopify().finish(query(code="abc", state="s"), domain=DOMAIN, now=NOW)
    assert isinstance(seen, Refused)
    assert seen.code == "CODE_REFUSED"


@pytest.mark.parametrize("scope", ("read_orders", "", "write_customers,read_orders", "write_customers,!"))
def test_less_than_was_asked_for_is_not_enough(edge: responses.RequestsMock, scope: str) -> None:
    edge.post(TOKENS, json={**ANSWER, "scope": scope})
    seen = shopify().finish(query(code="abc", state="s"), domain=DOMAIN, now=NOW)
    assert isinstance(seen, Refused)
    assert seen.code == "SCOPES_MISSING"


def test_a_shop_that_says_it_is_another_is_not_connected() -> None:
    with responses.RequestsMock() as mocked:
        standing = Shop()
        standing.says("ShopProfile", {"shop": {**SHOP["shop"], "myshopifyDomain": "other.myshopify.com"}})
        mocked.add_callback(responses.POST, URL, callback=standing.answer)
        mocked.post(TOKENS, json=ANSWER)
        with pytest.raises(PlatformError) as failed:
            shopify().finish(query(code="abc", state="s"), domain=DOMAIN, now=NOW)
    assert failed.value.code == "SHOP_MISMATCH"


# ── Refresh ──────────────────────────────────────────────────────────────────


def test_a_refresh_brings_a_new_pair_and_new_ends(edge: responses.RequestsMock) -> None:
    edge.post(TOKENS, json={**ANSWER, "access_token": "new", "refresh_token": "newer"})
    seen = shopify().refresh(CREDENTIALS, now=NOW)
    assert sent(edge) == {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "grant_type": "refresh_token",
        "refresh_token": "shprt_canary",
    }
    assert dict(seen.values) == {"access_token": "new", "refresh_token": "newer", "install": "granted"}
    assert seen.expires_at == NOW + timedelta(hours=1)
    assert seen.refresh_expires_at == NOW + timedelta(days=90)
    assert len(edge.calls) == 1


def test_a_token_is_refreshed_also_before_it_ends(edge: responses.RequestsMock) -> None:
    edge.post(TOKENS, json=ANSWER)
    shopify().refresh(replace(CREDENTIALS, expires_at=datetime.now(UTC) + timedelta(minutes=5)), now=NOW)
    assert len(edge.calls) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    (
        (400, {"error": "invalid_grant"}),
        (401, {"error": "invalid_request", "error_description": "This request requires an active refresh_token"}),
        (401, "This request requires an active refresh_token"),
    ),
)
def test_a_dead_refresh_token_needs_the_merchant(edge: responses.RequestsMock, status: int, body: object) -> None:
    edge.post(TOKENS, status=status, body=body if isinstance(body, str) else json.dumps(body))
    with pytest.raises(ReauthorizeError):
        shopify().refresh(CREDENTIALS, now=NOW)
    assert len(edge.calls) == 1, "never in a loop"


def test_a_refresh_token_past_its_end_is_not_even_tried(edge: responses.RequestsMock) -> None:
    assert CREDENTIALS.refresh_expires_at is not None
    with pytest.raises(ReauthorizeError):
        shopify().refresh(CREDENTIALS, now=CREDENTIALS.refresh_expires_at)
    with pytest.raises(ReauthorizeError):
        shopify().refresh(replace(CREDENTIALS, values={"access_token": "x"}), now=NOW)
    assert len(edge.calls) == 0


def test_an_app_shopify_does_not_know_is_no_shop_s_fault(edge: responses.RequestsMock) -> None:
    edge.post(TOKENS, status=401, json={"error": "invalid_client"})
    with pytest.raises(PlatformError) as failed:
        shopify().refresh(CREDENTIALS, now=NOW)
    assert failed.value.code == "APP_REFUSED"
    assert not isinstance(failed.value, ReauthorizeError)


@pytest.mark.parametrize(
    ("answer", "code", "wait_s"),
    (
        ({"status": 429, "headers": {"Retry-After": "3600"}}, "THROTTLED", 3600.0),
        ({"status": 500}, "UNAVAILABLE", None),
        ({"status": 503, "headers": {"Retry-After": "7"}}, "UNAVAILABLE", 7.0),
        ({"status": 302, "headers": {"Location": "https://evil.example"}}, "HTTP_302", None),
        ({"status": 200, "body": "<html>"}, "BAD_ANSWER", None),
        ({"status": 200, "json": []}, "BAD_ANSWER", None),
        ({"status": 200, "json": {}}, "BAD_ANSWER", None),
        ({"status": 200, "json": {**ANSWER, "access_token": ""}}, "BAD_ANSWER", None),
        ({"status": 200, "json": {**ANSWER, "access_token": "a\nb"}}, "BAD_ANSWER", None),
        ({"status": 200, "json": {**ANSWER, "refresh_token": None}}, "BAD_ANSWER", None),
        ({"status": 200, "json": {**ANSWER, "expires_in": "3600"}}, "BAD_ANSWER", None),
        ({"status": 200, "json": {**ANSWER, "expires_in": -1}}, "BAD_ANSWER", None),
        ({"status": 200, "json": {**ANSWER, "expires_in": 10**30}}, "BAD_ANSWER", None),
        ({"body": requests.ConnectionError("reset")}, "NO_ANSWER", None),
    ),
)
def test_a_refresh_that_fails_otherwise_is_tried_later_with_the_same_token(
    edge: responses.RequestsMock, answer: dict[str, Any], code: str, wait_s: float | None
) -> None:
    """And at once only: Shopify's package would sleep for an hour, or try three times."""
    edge.post(TOKENS, **answer)
    began = datetime.now(UTC)
    with pytest.raises(PlatformError) as failed:
        shopify().refresh(CREDENTIALS, now=NOW)
    assert not isinstance(failed.value, ReauthorizeError)
    assert (failed.value.code, failed.value.retry_after_s) == (code, wait_s)
    assert len(edge.calls) == 1
    assert datetime.now(UTC) - began < timedelta(seconds=2)
    assert "canary" not in repr(failed.value)


def test_the_app_s_secrets_are_the_one_in_force_and_the_one_before() -> None:
    assert shopify().app_secrets == (SECRET, PREVIOUS)
    alone = Shopify(app(None), base_url="https://kizuna.example", outgoing=Outgoing(production=True))
    assert alone.app_secrets == (SECRET,)

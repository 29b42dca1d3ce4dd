"""The Shopify demonstration store gives tokens as Shopify does: exchanged, refreshed, granted, signed."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests

from tests.sandbox.listener import Listener
from tests.sandbox.running import ShopifyStore
from tests.sandbox.shopify import session_tokens
from tests.sandbox.shopify.oauth import signed_query
from tests.stores.shopify.asking import KEYS, TIDEWELL, ask, exchange, token_call


def test_a_session_token_is_exchanged_for_an_expiring_pair(shop: ShopifyStore) -> None:
    answer = exchange(shop)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["expires_in"], body["refresh_token_expires_in"]) == (3600, 7_776_000)
    assert "write_discounts" in body["scope"].split(",")
    assert ask(shop, "{ shop { name } }", body["access_token"])["data"] == {"shop": {"name": "Tidewell"}}


def test_session_tokens_have_the_documented_claims(shop: ShopifyStore) -> None:
    token = session_tokens.session_token(shop.store, KEYS.client_id, KEYS.client_secret)
    claims = jwt.decode(token, KEYS.client_secret, ["HS256"], audience=KEYS.client_id, options={"verify_exp": False})
    assert (claims["iss"], claims["dest"]) == (f"https://{TIDEWELL}/admin", f"https://{TIDEWELL}")
    assert claims["exp"] - claims["nbf"] == 60
    assert {"sub", "sid", "jti", "iat"} <= claims.keys()


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    (
        ({"client_secret": "another"}, 401, "invalid_client"),
        ({"expiring": "0"}, 400, "invalid_request"),
        ({"subject_token": "a.b.c"}, 400, "invalid_subject_token"),
        ({"grant_type": "authorization_code", "code": "none"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "none"}, 401, "invalid_request"),
    ),
)
def test_what_proves_nothing_gets_no_token(shop: ShopifyStore, wrong: dict[str, str], status: int, error: str) -> None:
    answer = exchange(shop, **wrong)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_session_token_is_good_for_a_minute(shop: ShopifyStore) -> None:
    old = session_tokens.session_token(shop.store, KEYS.client_id, KEYS.client_secret)
    shop.store.clock.advance(timedelta(seconds=80))
    assert exchange(shop, subject_token=old).status_code == 400


def refresh(shop: ShopifyStore, token: str) -> requests.Response:
    return token_call(shop, grant_type="refresh_token", refresh_token=token)


def test_an_old_refresh_token_works_until_its_replacement_is_used(shop: ShopifyStore) -> None:
    first = exchange(shop).json()
    lost = refresh(shop, first["refresh_token"]).json()
    again = refresh(shop, first["refresh_token"])
    assert again.status_code == 200
    assert again.json()["refresh_token"] not in (first["refresh_token"], lost["refresh_token"])
    ask(shop, "{ shop { name } }", again.json()["access_token"])
    for dead in (first, lost):
        answer = refresh(shop, dead["refresh_token"])
        assert answer.status_code == 401
        assert answer.json()["error_description"] == "This request requires an active refresh_token"
    assert refresh(shop, again.json()["refresh_token"]).status_code == 200


def test_an_old_refresh_token_ends_thirty_days_after_its_first_use(shop: ShopifyStore) -> None:
    first = exchange(shop).json()
    refresh(shop, first["refresh_token"])
    shop.store.clock.advance(timedelta(days=29))
    assert refresh(shop, first["refresh_token"]).status_code == 200
    shop.store.clock.advance(timedelta(days=2))
    assert refresh(shop, first["refresh_token"]).status_code == 401


def test_an_access_token_ends_after_an_hour_and_at_uninstalling(shop: ShopifyStore) -> None:
    def status(token: str) -> int:
        url = f"{shop.url}/admin/api/2026-10/graphql.json"
        headers = {"X-Shopify-Access-Token": token}
        return requests.post(url, json={"query": "{ shop { id } }"}, headers=headers, timeout=5).status_code

    old = exchange(shop).json()["access_token"]
    shop.store.clock.advance(timedelta(hours=1))
    new = exchange(shop).json()["access_token"]
    assert (status(old), status(new)) == (401, 200)
    shop.face.uninstall()
    assert status(new) == 401


def test_the_grant_page_sends_the_merchant_back_with_a_signed_code(shop: ShopifyStore, app: Listener) -> None:
    asked = {"client_id": KEYS.client_id, "scope": "read_orders,write_discounts", "state": "s1",
             "redirect_uri": f"{app.url}/connect/shopify/finish"}  # fmt: skip
    url = f"{shop.url}/admin/oauth/authorize?{urlencode(asked)}"
    assert "write_discounts" in requests.get(url, timeout=5).text
    back = requests.post(url, allow_redirects=False, timeout=5).headers["Location"]
    query = dict(parse_qsl(urlsplit(back).query))
    assert (query["shop"], query["state"]) == (TIDEWELL, "s1")
    assert signed_query({k: v for k, v in query.items() if k != "hmac"}, KEYS.client_secret)["hmac"] == query["hmac"]
    taken = token_call(shop, code=query["code"], expiring="1")
    assert taken.json()["scope"] == "read_orders,write_discounts"
    assert token_call(shop, code=query["code"], expiring="1").status_code == 400


def test_a_foreign_redirect_is_refused(shop: ShopifyStore) -> None:
    asked = {"client_id": KEYS.client_id, "redirect_uri": "https://elsewhere.example/steal"}
    assert requests.get(f"{shop.url}/admin/oauth/authorize?{urlencode(asked)}", timeout=5).status_code == 400


def test_queries_are_signed_as_in_the_published_vector() -> None:
    query = {"code": "a94a110d86d2452eb3e2af4cfb8a3828", "shop": "some-shop.myshopify.com", "timestamp": "1337178173"}
    assert signed_query(query, "hush")["hmac"] == "2cb1a277650a659f1b11e92a4a64275b128e037f2c3390e3c8fd2d8721dac9e2"

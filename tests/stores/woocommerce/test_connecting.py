"""At the WooCommerce demonstration store apps come and go as at a real one; the plugin's stand-in answers."""

import hmac
import json
from base64 import urlsafe_b64decode
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.listener import Listener
from tests.sandbox.running import WooStore
from tests.sandbox.woocommerce.consent import PASSWORD
from tests.sandbox.woocommerce.records import RestKey
from tests.stores.woocommerce.asking import (
    MADO,
    NOON,
    Rest,
    shape,
)


def authorize(woo: WooStore, **said: str) -> tuple[requests.Session, requests.Response]:
    asked = {"app_name": "Kizuna", "scope": "read_write", "user_id": "state-1", "return_url": "http://127.0.0.1:9/done",
             **said}  # fmt: skip
    browser = requests.Session()
    return browser, browser.get(f"{woo.url}/wc-auth/v1/authorize", params=asked, timeout=10)


def approve(browser: requests.Session, page: requests.Response, woo: WooStore) -> requests.Response:
    owner = {"username": woo.store.shop.owner_email, "password": PASSWORD}
    page = browser.post(page.url, data=owner, timeout=10)
    assert "Approving will share credentials with" in page.text
    link = page.text.partition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")
    return browser.get(woo.url + link, allow_redirects=False, timeout=10)


def test_the_merchant_signs_in_approves_and_the_app_is_posted_keys_that_work(woo: WooStore, app: Listener) -> None:
    browser, page = authorize(woo, callback_url=f"{app.url}/connect/woocommerce/finish")
    assert "/wc-auth/v1/login/" in page.url
    back = approve(browser, page, woo)
    (heard,) = app.of("/connect/woocommerce/finish")
    theirs = {
        "key_id": "number",
        "user_id": "text",
        "consumer_key": "text",
        "consumer_secret": "text",
        "key_permissions": "text",
    }
    body = json.loads(heard.body)
    assert shape(body) == theirs
    assert heard.headers["content-type"] == "application/json;charset=UTF-8"
    assert body["user_id"] == "state-1"
    assert parse_qs(urlsplit(back.headers["Location"]).query) == {"success": ["1"], "user_id": ["state-1"]}
    made = woo.face.keys[body["consumer_key"]]
    assert Rest(woo, made).get("orders").status_code == 200


@pytest.mark.parametrize("status", (201, 302, 500))
def test_any_answer_but_200_takes_the_keys_away_again(woo: WooStore, app: Listener, status: int) -> None:
    app.status = status
    browser, page = authorize(woo, callback_url=f"{app.url}/connect/woocommerce/finish")
    assert approve(browser, page, woo).status_code == 401
    assert woo.face.keys == {}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    (
        ("scope", "all", "Invalid scope all"),
        ("user_id", "", "Missing parameter user_id"),
        ("callback_url", "http://kizuna.example/finish", "needs to be over SSL"),
        ("return_url", "nonsense", "not a valid URL"),
    ),
)
def test_an_incomplete_request_for_keys_is_a_page_with_a_sentence(
    woo: WooStore, app: Listener, name: str, value: str, sentence: str
) -> None:
    _, page = authorize(woo, **{"callback_url": app.url, name: value})
    assert page.status_code == 401
    assert sentence in page.text


def give_secret(rest: Rest, woo: WooStore, **other: str) -> requests.Response:
    told = {"shop": "shop-1", "app": "http://127.0.0.1:8100/anything", "secret": "s" * 40, **other}
    url = f"{woo.url}/wp-json/kizuna/v1/secret"
    return requests.post(url, json=told, auth=rest.auth, headers={"Host": MADO}, timeout=10)


def test_the_secret_is_taken_from_the_holder_of_the_keys_only(rest: Rest, woo: WooStore) -> None:
    assert give_secret(Rest(woo, None), woo).status_code == 401
    assert give_secret(rest, woo, app="http://elsewhere.example").json()["code"] == "kizuna_app_invalid"
    assert give_secret(rest, woo, secret="short").json()["code"] == "rest_invalid_param"
    answer = give_secret(rest, woo)
    assert (answer.status_code, answer.json()["connected"], answer.json()["shop"]) == (200, True, "shop-1")
    assert answer.json()["app"] == "http://127.0.0.1:8100"


def test_a_shoppers_token_is_signed_short_lived_and_theirs(rest: Rest, woo: WooStore) -> None:
    give_secret(rest, woo)
    shopper = woo.sign_up("alice@example.test")
    token = woo.face.plugin.token(shopper)
    assert token is not None
    version, payload, signature = token.split(".")
    wanted = hmac.digest(b"s" * 40, f"{version}.{payload}".encode(), "sha256")
    assert urlsafe_b64decode(signature + "=") == wanted
    told = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert told == {
        "shop": "shop-1",
        "customer": str(shopper.id),
        "email": "alice@example.test",
        "exp": int(NOON.timestamp()) + 300,
    }


def test_nobody_gets_a_token_without_being_signed_in(rest: Rest, woo: WooStore) -> None:
    give_secret(rest, woo)
    answer = requests.get(f"{woo.url}/wp-json/kizuna/v1/token", timeout=5)
    assert answer.json() == {"token": None}
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_a_plugin_switched_off_prints_nothing_answers_nothing_and_remembers(rest: Rest, woo: WooStore) -> None:
    give_secret(rest, woo)
    assert "<kizuna-rewards" in requests.get(woo.url, timeout=5).text
    requests.post(f"{woo.url}/wp-admin/plugin", data={"on": ""}, timeout=5)
    assert "<kizuna-rewards" not in requests.get(woo.url, timeout=5).text
    assert (give_secret(rest, woo).status_code, give_secret(rest, woo).json()["code"]) == (404, "rest_no_route")
    assert "kizuna/v1" not in requests.get(f"{woo.url}/wp-json/", timeout=5).json()["namespaces"]
    requests.post(f"{woo.url}/wp-admin/plugin", data={"on": "yes"}, timeout=5)
    assert "<kizuna-rewards" in requests.get(woo.url, timeout=5).text


def test_a_revoked_key_opens_nothing(rest: Rest, woo: WooStore, key: RestKey) -> None:
    assert rest.get("orders").status_code == 200
    assert "ends in" in requests.get(f"{woo.url}/wp-admin/", timeout=5).text
    requests.post(f"{woo.url}/wp-admin/keys/{key.id}/revoke", timeout=5)
    assert rest.get("orders").status_code == 401
    assert "No app has a key." in requests.get(f"{woo.url}/wp-admin/", timeout=5).text

"""The Shopify demonstration store forwards and frames the app as Shopify does."""

from urllib.parse import parse_qsl, urlsplit

import requests

from tests.sandbox.listener import Listener
from tests.sandbox.running import ShopifyStore
from tests.sandbox.shopify import session_tokens
from tests.sandbox.shopify.oauth import signed_query
from tests.sandbox.shopify.proxy import proxy_signature
from tests.stores.shopify.asking import KEYS, NOON, TIDEWELL


def test_the_proxy_signs_as_in_the_published_vectors() -> None:
    query = parse_qsl(
        "extra=1&extra=2&shop=shop-name.myshopify.com&path_prefix=/apps/awesome_reviews&timestamp=1317327555"
    )
    known = {"1": "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb",
             "": "e072b6d7e6622d85912a5214b860d3100dc1e73d9bc29f43796ac8c9ff8093cb"}  # fmt: skip
    for customer, signature in known.items():
        assert proxy_signature([*query, ("logged_in_customer_id", customer)], "hush") == signature


def test_the_proxy_forwards_who_is_signed_in_and_nobodys_cookies(shop: ShopifyStore, app: Listener) -> None:
    app.answer = lambda _heard: (
        201,
        '{"ok": true}',
        {"Content-Type": "application/json", "Set-Cookie": "a=b", "ETag": '"1"'},
    )
    shopper = shop.sign_up("maya@example.test")
    browser = requests.Session()
    browser.cookies.set("theirs", "1")
    browser.post(f"{shop.url}/account/sign-in", data={"customer": shopper.id}, timeout=5)
    answer = browser.post(f"{shop.url}/apps/kizuna/api/redemptions?extra=1", json={"key": "k"}, timeout=5)
    (heard,) = app.of("/proxy/shopify/api/redemptions")
    query = parse_qsl(heard.query, keep_blank_values=True)
    told = dict(query)
    assert (told["shop"], told["logged_in_customer_id"], told["path_prefix"]) == (
        TIDEWELL,
        str(shopper.id),
        "/apps/kizuna",
    )
    assert told["timestamp"] == str(int(NOON.timestamp()))
    unsigned = [(name, value) for name, value in query if name != "signature"]
    assert proxy_signature(unsigned, KEYS.client_secret) == told["signature"]
    assert (heard.body, "cookie" in heard.headers) == (b'{"key": "k"}', False)
    assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (201, {"ok": True}, '"1"')
    assert "Set-Cookie" not in answer.headers


def test_the_admin_opens_the_app_in_a_frame_with_a_token_and_a_signed_query(shop: ShopifyStore, app: Listener) -> None:
    page = requests.get(f"{shop.url}/admin/apps/kizuna", timeout=5).text
    source = page.partition('<iframe id="app" title="Kizuna" data-src="')[2].partition('"')[0].replace("&amp;", "&")
    assert source.startswith(f"{app.url}/shopify/app?")
    query = dict(parse_qsl(urlsplit(source).query))
    assert session_tokens.proves(query["id_token"], shop.store, KEYS.client_id, KEYS.client_secret)
    assert signed_query({k: v for k, v in query.items() if k != "hmac"}, KEYS.client_secret)["hmac"] == query["hmac"]
    fresh = requests.post(f"{shop.url}/admin/session-token", timeout=5).json()["token"]
    assert session_tokens.proves(fresh, shop.store, KEYS.client_id, KEYS.client_secret)


def test_the_admin_opens_its_frame_only_when_it_listens_to_it(shop: ShopifyStore) -> None:
    page = requests.get(f"{shop.url}/admin/apps/kizuna", timeout=5).text
    frame = page.partition("<iframe ")[2].partition(">")[0]
    assert " src=" not in f" {frame}", (
        "a frame that loads while the page is still arriving asks before anybody hears it"
    )
    listens, opens = page.index("addEventListener('message'"), page.index("frame.src =")
    assert page.index("<iframe ") < listens < opens

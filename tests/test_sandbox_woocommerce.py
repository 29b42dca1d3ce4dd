"""The WooCommerce demonstration store behaves as the real one that was watched: bodies, headers, keys, webhooks."""

import hmac
import json
import threading
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox import ordering
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.running import WooStore, running_stores
from tests.sandbox.woocommerce.consent import PASSWORD
from tests.sandbox.woocommerce.records import Permission, RestKey

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAPTURED = Path(__file__).parent / "integrations" / "woocommerce" / "payloads"
MADO = "mado.example"
SECRET = "a-secret-of-ours"


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def woo(app: Listener) -> Iterator[WooStore]:
    with running_stores(app.url, at=NOON, sending=False) as stores:
        yield stores.woo


@pytest.fixture
def key(woo: WooStore) -> RestKey:
    return woo.face.make_key("Kizuna", "somebody", Permission.READ_WRITE)


class Rest:
    """wc/v3 as an app calls it."""

    def __init__(self, woo: WooStore, key: RestKey | None, host: str = MADO) -> None:
        self.url, self.host = f"{woo.url}/wp-json/wc/v3/", host
        self.auth = (key.consumer_key, key.consumer_secret) if key else None

    def call(self, method: str, path: str, **given: Any) -> requests.Response:  # noqa: ANN401
        headers = {"Host": self.host}
        return requests.request(method, self.url + path, headers=headers, auth=self.auth, timeout=10, **given)

    def get(self, path: str, **query: Any) -> requests.Response:  # noqa: ANN401
        return self.call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return self.call("POST", path, json=body)


@pytest.fixture
def rest(woo: WooStore, key: RestKey) -> Rest:
    return Rest(woo, key)


def captured(name: str, topic: str) -> dict[str, Any]:
    """A delivery of a real store: its headers, and its body parsed."""
    requests_ = json.loads((CAPTURED / name).read_text(encoding="utf-8"))["requests"]
    found = next(one for one in requests_ if one["headers"].get("X-WC-Webhook-Topic") == topic)
    return {**found, "json": json.loads(found["body"])}


def shape(value: object) -> object:
    """Key names and kinds of a JSON value, in their order; numbers are one kind, null fits anything."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else "text"


def differences(ours: object, theirs: object, path: str = "") -> list[str]:
    """Where two shapes differ; an empty list fits any list, null fits anything."""
    if "NoneType" in (ours, theirs) or ours == [] or theirs == []:
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = [] if list(ours) == list(theirs) else [f"{path}: {sorted(ours.keys() ^ theirs.keys()) or 'order'}"]
        return found + [
            d for name in ours.keys() & theirs.keys() for d in differences(ours[name], theirs[name], f"{path}/{name}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list):
        return differences(ours[0], theirs[0], f"{path}[]")
    return [] if ours == theirs else [f"{path}: {ours} is not {theirs}"]


def subscribe(rest: Rest, app: Listener, topic: str) -> int:
    url = f"{app.url}/webhooks/woocommerce?shop=s1"
    answer = rest.post("webhooks", {"name": "K", "topic": topic, "delivery_url": url, "secret": SECRET})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def delivered(app: Listener, topic: str) -> list[Heard]:
    return [heard for heard in app.heard if heard.headers.get("x-wc-webhook-topic") == topic]


# Bodies and headers


@pytest.mark.parametrize(
    ("recorded", "topic"),
    (
        ("store-api-checkout-cod-with-coupon.json", "order.updated"),
        ("partial-refund-by-line.json", "order.updated"),
        ("cancel.json", "order.updated"),
        ("store-api-checkout-cod-with-coupon.json", "customer.updated"),
        ("coupon-created.json", "coupon.created"),
        ("partial-refund-by-line.json", "product.updated"),
    ),
)
def test_bodies_have_the_keys_and_kinds_of_captured_ones(rest: Rest, woo: WooStore, recorded: str, topic: str) -> None:
    rest.post("coupons", {"code": "kz-1", "amount": "500", "usage_limit": 1})
    shopper = woo.sign_up("alice@example.test")
    order = woo.buy(shopper, {"kyusu": 2}, codes=["KZ-1"])
    woo.refund(order, {0: 1})
    theirs = captured(recorded, topic)["json"]
    ours = {"order": f"orders/{order.id}", "customer": f"customers/{shopper.id}", "product": "products/11",
            "coupon": "coupons/101"}[topic.partition(".")[0]]  # fmt: skip
    answer = rest.get(ours)
    assert answer.status_code == 200
    assert differences(shape(answer.json()), shape(theirs)) == []


def test_a_delivery_has_the_headers_of_a_captured_one_and_a_signature_that_verifies(
    rest: Rest, woo: WooStore, app: Listener
) -> None:
    subscribe(rest, app, "order.created")
    woo.buy("guest@example.test", {"kyusu": 1})
    woo.courier.deliver()
    (heard,) = delivered(app, "order.created")
    theirs = captured("guest-checkout-store-api.json", "order.created")["headers"]
    assert {name for name in heard.headers if name.startswith("x-wc-")} == {
        name.lower() for name in theirs if name.startswith("X-WC-")
    }
    assert heard.headers["user-agent"] == theirs["User-Agent"]
    assert heard.headers["x-wc-webhook-source"] == "https://mado.example/"
    assert (heard.path, heard.query) == ("/webhooks/woocommerce", "shop=s1")
    wanted = b64encode(hmac.digest(SECRET.encode(), heard.body, "sha256")).decode()
    assert heard.headers["x-wc-webhook-signature"] == wanted
    assert b'"https:\\/\\/mado.example\\/checkout' in heard.body


def test_yen_have_no_decimals_and_tax_stands_apart_from_what_is_net(rest: Rest, woo: WooStore) -> None:
    order = woo.buy("guest@example.test", {"kohiki-meshiwan": 2})
    body = rest.get(f"orders/{order.id}").json()
    line = body["line_items"][0]
    assert (body["total"], body["total_tax"], body["shipping_total"], body["shipping_tax"]) == (
        "7260",
        "660",
        "600",
        "60",
    )
    assert (line["total"], line["total_tax"], line["price"]) == ("6000", "600", 3000)
    assert body["prices_include_tax"] is True
    assert (body["date_paid"], body["date_paid_gmt"]) == ("2026-11-22T21:00:00", "2026-11-22T12:00:00")


def test_a_refund_lists_its_lines_with_a_negative_quantity_and_the_line_it_belongs_to(
    rest: Rest, woo: WooStore
) -> None:
    order = woo.buy("guest@example.test", {"kohiki-meshiwan": 2, "kyusu": 1})
    woo.refund(order, {0: 1})
    woo.refund(order, amount=300)
    newest, oldest = rest.get(f"orders/{order.id}/refunds").json()
    assert (newest["amount"], newest["line_items"]) == ("300", [])
    (line,) = oldest["line_items"]
    assert (line["quantity"], line["total"], line["total_tax"]) == (-1, "-3000", "-300")
    assert line["meta_data"][0]["value"] == str(order.lines[0].id)
    assert [part["total"] for part in rest.get(f"orders/{order.id}").json()["refunds"]] == ["-300", "-3300"]


@pytest.mark.parametrize(
    ("done", "status"),
    (("", "on-hold"), ("pay", "processing"), ("fulfil", "completed"), ("cancel", "cancelled")),
)
def test_the_status_follows_what_was_done(rest: Rest, woo: WooStore, done: str, status: str) -> None:
    order = woo.buy("guest@example.test", {"kyusu": 1}, payment="transfer")
    if done:
        getattr(woo, done)(order)
    assert rest.get(f"orders/{order.id}").json()["status"] == status


def test_an_order_given_back_in_full_is_refunded_with_its_total_unchanged(rest: Rest, woo: WooStore) -> None:
    order = woo.buy("guest@example.test", {"kyusu": 1})
    woo.refund(order)
    body = rest.get(f"orders/{order.id}").json()
    assert (body["status"], body["total"], body["refunds"][0]["total"]) == ("refunded", "8140", "-8140")


# Keys, errors, lists


def test_keys_count_over_https_only(woo: WooStore, key: RestKey) -> None:
    plain = Rest(woo, key, host=urlsplit(woo.url).netloc)
    assert plain.get("orders").status_code == 401
    assert Rest(woo, key).get("orders").status_code == 200


def test_an_unknown_key_a_wrong_secret_and_a_reading_key_are_told_apart(woo: WooStore, key: RestKey) -> None:
    nobody = Rest(woo, None).get("orders")
    wrong = Rest(woo, key)
    wrong.auth = (key.consumer_key, "cs_wrong")
    reader = Rest(woo, woo.face.make_key("Kizuna", "x", Permission.READ))
    answers = [nobody, wrong.get("orders"), reader.post("coupons", {"code": "x"})]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert [answer.json()["code"] for answer in answers] == [
        "woocommerce_rest_cannot_view",
        "woocommerce_rest_authentication_error",
        "woocommerce_rest_authentication_error",
    ]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    (
        ("orders/999", 404, "woocommerce_rest_shop_order_invalid_id"),
        ("products/999", 404, "woocommerce_rest_product_invalid_id"),
        ("customers/999", 404, "wc_user_invalid_id"),
        ("orders?per_page=101", 400, "rest_invalid_param"),
        ("orders?modified_after=yesterday", 400, "rest_invalid_param"),
        ("nowhere", 404, "rest_no_route"),
    ),
)
def test_errors_have_the_documented_codes(rest: Rest, path: str, status: int, code: str) -> None:
    answer = rest.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["data"]["status"] == status


def test_a_list_comes_in_pages_with_its_totals(rest: Rest, woo: WooStore) -> None:
    for number in range(5):
        woo.buy(f"guest{number}@example.test", {"kyusu": 1})
    first = rest.get("orders", per_page=2, orderby="id", order="asc")
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"]) == ("5", "3")
    assert 'rel="next"' in first.headers["Link"]
    last = rest.get("orders", per_page=2, page=3, orderby="id", order="asc")
    assert [order["billing"]["email"] for order in last.json()] == ["guest4@example.test"]
    assert "Link" not in last.headers


def test_modified_after_is_local_unless_said_to_be_gmt_and_leaves_out_the_bin(rest: Rest, woo: WooStore) -> None:
    old = woo.buy("old@example.test", {"kyusu": 1})
    woo.store.clock.advance(timedelta(hours=1))
    new = woo.buy("new@example.test", {"kyusu": 1})
    since = "2026-11-22T12:00:00"
    query = {"modified_after": since, "orderby": "modified", "order": "asc"}
    assert [o["id"] for o in rest.get("orders", **query, dates_are_gmt="true").json()] == [new.id]
    assert [o["id"] for o in rest.get("orders", **query).json()] == [old.id, new.id]  # 12:00 in Tokyo is long past
    ordering.trash(woo.store, new)
    assert rest.get("orders", **query, dates_are_gmt="true").json() == []


def test_settings_and_versions_can_be_read_at_connecting(rest: Rest, woo: WooStore) -> None:
    assert rest.get("settings/general/woocommerce_currency").json()["value"] == "JPY"
    assert rest.get("settings/general/woocommerce_price_num_decimals").json()["value"] == "0"
    assert rest.get("settings/tax/woocommerce_prices_include_tax").json()["value"] == "yes"
    assert rest.get("system_status").json()["environment"]["version"] == "11.0.1"
    assert requests.get(f"{woo.url}/wp-json/", timeout=5).json()["timezone_string"] == "Asia/Tokyo"


# Coupons


def test_a_coupon_is_made_once_without_regard_to_case(rest: Rest) -> None:
    made = rest.post("coupons", {"code": "KZ-Abc", "amount": "500", "usage_limit": 1})
    again = rest.post("coupons", {"code": "kz-aBC", "amount": "500"})
    assert (made.status_code, made.json()["code"], made.json()["amount"]) == (201, "kz-abc", "500")
    assert (again.status_code, again.json()["code"]) == (400, "woocommerce_rest_coupon_code_already_exists")
    assert [c["id"] for c in rest.get("coupons", code="KZ-ABC").json()] == [made.json()["id"]]


def test_of_six_posts_of_one_code_at_once_one_makes_it(rest: Rest) -> None:
    answers: list[int] = []
    crew = [
        threading.Thread(
            target=lambda: answers.append(rest.post("coupons", {"code": "six", "amount": "1"}).status_code)
        )
        for _ in range(6)
    ]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert sorted(answers) == [201, 400, 400, 400, 400, 400]


def test_coupons_have_the_traps_of_a_real_store(rest: Rest) -> None:
    odd = {
        "code": "odd",
        "amount": "abc",
        "email_restrictions": ["no address"],
        "date_expires_gmt": "2027-01-01T00:00:00",
    }
    body = rest.post("coupons", odd).json()
    assert (body["amount"], body["email_restrictions"], body["date_expires_gmt"]) == ("0", [], None)
    utc = rest.post("coupons", {"code": "utc", "amount": "1", "date_expires": "2027-01-01T00:00:00Z"}).json()
    local = rest.post("coupons", {"code": "local", "amount": "1", "date_expires": "2027-01-01T00:00:00"}).json()
    assert (utc["date_expires_gmt"], local["date_expires_gmt"]) == ("2027-01-01T00:00:00", "2026-12-31T15:00:00")
    for wrong in ("-1", "150"):
        answer = rest.post("coupons", {"code": "wrong", "amount": wrong, "discount_type": "percent"})
        assert (answer.status_code, answer.json()["code"]) == (400, "coupon_invalid_amount")


def test_a_used_coupon_says_by_whom_and_a_deleted_one_is_gone(rest: Rest, woo: WooStore) -> None:
    made = rest.post("coupons", {"code": "mine", "amount": "300", "usage_limit": 1}).json()
    shopper = woo.sign_up("alice@example.test")
    order = woo.buy(shopper, {"kyusu": 1}, codes=["mine"])
    body = rest.get(f"coupons/{made['id']}").json()
    assert (body["usage_count"], body["used_by"]) == (1, [str(shopper.id)])
    assert rest.get(f"orders/{order.id}").json()["coupon_lines"][0]["code"] == "mine"
    assert rest.call("DELETE", f"coupons/{made['id']}", params={"force": "true"}).status_code == 200
    assert rest.get(f"coupons/{made['id']}").json()["code"] == "woocommerce_rest_shop_coupon_invalid_id"
    assert rest.get("coupons", code="mine").json() == []


# Webhooks


def test_registering_a_webhook_pings_its_url_unsigned_before_it_answers(rest: Rest, app: Listener) -> None:
    number = subscribe(rest, app, "order.updated")
    (ping,) = app.heard
    assert ping.body == f"webhook_id={number}".encode()
    assert ping.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not [name for name in ping.headers if name.startswith("x-wc-")]
    body = rest.get(f"webhooks/{number}").json()
    assert (body["status"], body["topic"]) == ("active", "order.updated")
    assert "secret" not in body


@pytest.mark.parametrize("topic", ("review.created", "customer.restored", "action.comment_post", ""))
def test_topics_without_a_hook_are_refused(rest: Rest, app: Listener, topic: str) -> None:
    answer = rest.post("webhooks", {"topic": topic, "delivery_url": app.url, "secret": SECRET})
    assert (answer.status_code, answer.json()["code"]) == (400, "woocommerce_rest_shop_webhook_invalid_topic")


def test_an_unanswered_ping_is_repeated_after_every_delivery(rest: Rest, woo: WooStore, app: Listener) -> None:
    app.status = 401
    subscribe(rest, app, "order.created")
    woo.buy("a@example.test", {"kyusu": 1})
    woo.courier.deliver()
    app.status = 200
    woo.buy("b@example.test", {"kyusu": 1})
    woo.courier.deliver()
    woo.buy("c@example.test", {"kyusu": 1})
    woo.courier.deliver()
    assert [heard.body.startswith(b"webhook_id") for heard in app.heard] == [True, False, True, False, True, False]


def test_a_new_order_tells_updated_before_created_with_its_state_at_delivery(
    rest: Rest, woo: WooStore, app: Listener
) -> None:
    subscribe(rest, app, "order.created")
    subscribe(rest, app, "order.updated")
    order = woo.buy("a@example.test", {"kyusu": 1})
    woo.fulfil(order)
    woo.refund(order, amount=100)
    woo.courier.deliver()
    topics = [heard.headers["x-wc-webhook-topic"] for heard in app.heard if "x-wc-webhook-topic" in heard.headers]
    assert topics == ["order.updated", "order.created"]
    created = json.loads(delivered(app, "order.created")[0].body)
    assert (created["status"], len(created["refunds"])) == ("completed", 1)


def test_two_orders_in_one_second_share_their_delivery_id(rest: Rest, woo: WooStore, app: Listener) -> None:
    subscribe(rest, app, "order.created")
    for name in ("a", "b"):
        woo.buy(f"{name}@example.test", {"kyusu": 1})
    woo.courier.deliver()
    one, other = delivered(app, "order.created")
    assert one.headers["x-wc-webhook-delivery-id"] == other.headers["x-wc-webhook-delivery-id"]
    assert one.body != other.body


def test_an_order_in_the_bin_by_delivery_time_is_a_signed_error(rest: Rest, woo: WooStore, app: Listener) -> None:
    for topic in ("order.created", "order.deleted"):
        subscribe(rest, app, topic)
    order = woo.buy("a@example.test", {"kyusu": 1})
    ordering.trash(woo.store, order)
    woo.courier.deliver()
    assert json.loads(delivered(app, "order.created")[0].body)["code"] == "woocommerce_rest_shop_order_invalid_id"
    assert delivered(app, "order.deleted")[0].body == f'{{"id":{order.id}}}'.encode()


def test_a_failed_delivery_is_never_repeated_and_the_seventh_in_a_row_disables(
    rest: Rest, woo: WooStore, app: Listener
) -> None:
    number = subscribe(rest, app, "order.created")
    app.status = 500
    for place in range(7):
        assert rest.get(f"webhooks/{number}").json()["status"] == "active"
        woo.buy(f"a{place}@example.test", {"kyusu": 1})
        woo.courier.deliver()
    assert rest.get(f"webhooks/{number}").json()["status"] == "disabled"
    assert len(delivered(app, "order.created")) == 7
    rest.call("PUT", f"webhooks/{number}", json={"status": "active"})
    woo.buy("again@example.test", {"kyusu": 1})
    woo.courier.deliver()
    assert rest.get(f"webhooks/{number}").json()["status"] == "disabled"


def test_a_redirect_counts_as_delivered_and_clears_the_failures(rest: Rest, woo: WooStore, app: Listener) -> None:
    number = subscribe(rest, app, "order.created")
    for status in (500, 302):
        app.status = status
        woo.buy(f"{status}@example.test", {"kyusu": 1})
        woo.courier.deliver()
    assert woo.face.webhooks[number].failures == 0


def test_deleting_a_webhook_needs_force(rest: Rest, app: Listener) -> None:
    number = subscribe(rest, app, "order.created")
    assert rest.call("DELETE", f"webhooks/{number}").status_code == 501
    assert rest.call("DELETE", f"webhooks/{number}", params={"force": "true"}).status_code == 200
    assert rest.get("webhooks").json() == []


def test_an_approved_review_is_bridged_with_the_account_of_its_writer(rest: Rest, woo: WooStore, app: Listener) -> None:
    for name in ("approved", "withdrawn"):
        subscribe(rest, app, f"action.woocommerce_kizuna_review_{name}")
    shopper = woo.sign_up("alice@example.test")
    woo.buy(shopper, {"kyusu": 1})
    review = woo.review(shopper, "kyusu", 4)
    woo.withdraw(review)
    woo.courier.deliver()
    approved, withdrawn = (heard for heard in app.heard if "x-wc-webhook-topic" in heard.headers)
    assert approved.headers["x-wc-webhook-resource"] == "action"
    assert approved.headers["x-wc-webhook-event"] == "woocommerce_kizuna_review_approved"
    body = json.loads(approved.body)
    assert body["action"] == "woocommerce_kizuna_review_approved"
    assert {name: body["arg"][name] for name in ("id", "customer_id", "email", "rating", "status", "verified")} == {
        "id": review.id,
        "customer_id": shopper.id,
        "email": "alice@example.test",
        "rating": 4,
        "status": "approved",
        "verified": True,
    }
    assert json.loads(withdrawn.body)["arg"]["status"] == "trash"


# Connecting


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


# The plugin's stand-in


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


# What the merchant can take back


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

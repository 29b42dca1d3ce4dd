"""The WooCommerce demonstration store answers its REST API as a real one: keys, errors, lists, coupons."""

import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox import ordering
from tests.sandbox.running import WooStore
from tests.sandbox.woocommerce.records import Permission, RestKey
from tests.stores.woocommerce.asking import Rest


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

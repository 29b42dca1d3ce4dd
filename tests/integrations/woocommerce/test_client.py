"""What a store's answers mean: which of them only the merchant can cure, which pass, which never will."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
import requests
import responses

from integrations.outgoing import Outgoing
from integrations.platform import Credentials, PlatformError, ReauthorizeError
from integrations.woocommerce.client import Client, StoreRefused
from tests.integrations.woocommerce.stores import CREDENTIALS, DATE, REST, query, settings

Mock = responses.RequestsMock


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(CREDENTIALS, Outgoing.from_settings(settings(tmp_path)))


def error(code: str, status: int) -> str:
    return json.dumps({"code": code, "message": "canary@example.com", "data": {"status": status}})


def test_the_keys_go_in_the_header_and_never_into_the_address(client: Client, store: Mock) -> None:
    store.get(f"{REST}/orders/7", json={"id": 7}, headers=DATE)
    client.get("orders/7", {"_fields": "id"})
    sent = store.calls[0].request
    basic = b64encode(f"ck_{'1' * 40}:cs_{'2' * 40}".encode()).decode()
    assert sent.headers["Authorization"] == f"Basic {basic}"
    assert sent.url == f"{REST}/orders/7?_fields=id"


def test_no_redirect_is_followed(client: Client, store: Mock) -> None:
    store.get(f"{REST}/orders/7", status=301, headers={"Location": "https://elsewhere.example.org/"})
    with pytest.raises(PlatformError) as raised:
        client.get("orders/7")
    assert raised.value.code == "REDIRECTED"
    assert len(store.calls) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    (
        (401, "woocommerce_rest_cannot_view"),
        (401, "woocommerce_rest_authentication_error"),
        (401, "woocommerce_rest_cannot_create"),
        (403, "woocommerce_rest_cannot_create"),
    ),
)
def test_keys_that_no_longer_open_are_the_merchants_to_renew(
    client: Client, store: Mock, status: int, code: str
) -> None:
    store.post(f"{REST}/coupons", body=error(code, status), status=status)
    with pytest.raises(ReauthorizeError) as raised:
        client.post("coupons", {})
    assert raised.value.permanent
    assert "canary" not in repr(raised.value)


@pytest.mark.parametrize(
    ("status", "body", "code", "permanent"),
    (
        (404, error("rest_no_route", 404), "WOOCOMMERCE_MISSING", False),
        (404, "<html>Not found</html>", "REST_API_MISSING", False),
        (401, "<html>Staging</html>", "STORE_LOCKED", False),
        (403, "<html>Firewall</html>", "FORBIDDEN", False),
        (402, "", "STORE_FROZEN", False),
        (423, "<html></html>", "STORE_FROZEN", False),
        (429, "slow down", "THROTTLED", False),
        (500, error("woocommerce_rest_cannot_create_order_refund", 500), "UNAVAILABLE", False),
        (502, "<html>Bad gateway</html>", "UNAVAILABLE", False),
        (400, error("rest_invalid_param", 400), "REFUSED_400", True),
        (404, error("woocommerce_rest_shop_order_invalid_id", 404), "REFUSED_404", True),
        (200, "<html>Maintenance</html>", "ANSWER_NOT_JSON", False),
        (200, 'Notice: Undefined index in x.php\n{"id": 7}', "NOISE_BEFORE_JSON", False),
        (200, '<br />\n<b>Deprecated</b>: x\n[{"id": 7}]', "NOISE_BEFORE_JSON", False),
        (200, "", "ANSWER_NOT_JSON", False),
    ),
)
def test_an_answer_that_is_no_success_is_told_apart(
    client: Client, store: Mock, status: int, body: str, code: str, *, permanent: bool
) -> None:
    store.post(f"{REST}/coupons", body=body, status=status)
    with pytest.raises(PlatformError) as raised:
        client.post("coupons", {})
    assert (raised.value.code, raised.value.permanent) == (code, permanent)
    assert not isinstance(raised.value, ReauthorizeError)


@pytest.mark.parametrize(
    ("header", "seconds"),
    (("7", 7.0), ("Sun, 22 Nov 2026 12:50:30 GMT", 30.0), ("Sun, 22 Nov 2026 12:49:00 GMT", 0.0), ("soon", None)),
)
def test_a_store_that_asks_for_patience_gets_it(
    client: Client, store: Mock, header: str, seconds: float | None
) -> None:
    store.get(f"{REST}/orders", status=429, body="busy", headers={**DATE, "Retry-After": header})
    with pytest.raises(PlatformError) as raised:
        client.get("orders")
    assert raised.value.retry_after_s == seconds


def test_reading_is_tried_again_after_a_passing_failure(client: Client, store: Mock) -> None:
    store.get(f"{REST}/orders/7", status=502, body="<html>")
    store.get(f"{REST}/orders/7", body=requests.ReadTimeout())
    store.get(f"{REST}/orders/7", json={"id": 7})
    assert client.get("orders/7").value == {"id": 7}


def test_writing_is_never_tried_again(client: Client, store: Mock) -> None:
    store.post(f"{REST}/coupons", body=requests.ReadTimeout())
    with pytest.raises(PlatformError) as raised:
        client.post("coupons", {})
    assert raised.value.code == "NO_ANSWER"
    assert len(store.calls) == 1


def test_a_list_is_read_to_its_end(client: Client, store: Mock) -> None:
    pages = [[{"id": n} for n in range(100)], [{"id": 100}]]
    for page in pages:
        store.get(f"{REST}/webhooks", json=page)
    assert [each["id"] for each in client.pages("webhooks")] == list(range(101))
    assert [query(call)["page"] for call in store.calls] == ["1", "2"]


@pytest.mark.parametrize("answer", ({"id": 1}, [1, 2], "text"))
def test_a_list_that_is_none_is_not_believed(client: Client, store: Mock, answer: object) -> None:
    store.get(f"{REST}/webhooks", json=answer)
    with pytest.raises(PlatformError) as raised:
        list(client.pages("webhooks"))
    assert raised.value.code == "ANSWER_UNEXPECTED"


def test_what_does_not_exist_is_known_by_the_stores_own_code(client: Client, store: Mock) -> None:
    for code in ("wc_user_invalid_id", "woocommerce_rest_invalid_id"):
        store.get(f"{REST}/customers/9", body=error(code, 404), status=404, headers=DATE)
        with pytest.raises(StoreRefused) as raised:
            client.get("customers/9")
        assert raised.value.unknown_thing
        assert raised.value.date is not None


@pytest.mark.parametrize("missing", ("consumer_key", "consumer_secret"))
def test_nothing_is_asked_without_keys(tmp_path: Path, missing: str) -> None:
    without = {name: value for name, value in CREDENTIALS.values.items() if name != missing}
    with pytest.raises(ReauthorizeError):
        Client(Credentials(CREDENTIALS.domain, without), Outgoing.from_settings(settings(tmp_path)))


def test_two_clients_keep_to_their_own_transport(tmp_path: Path, store: Mock) -> None:
    other = Credentials("other.example.com", CREDENTIALS.values)
    clients = [Client(c, Outgoing.from_settings(settings(tmp_path))) for c in (CREDENTIALS, other)]
    store.get(f"{REST}/orders/7", json={"id": 7})
    store.get("https://other.example.com/wp-json/wc/v3/orders/7", json={"id": 8})
    assert [client.get("orders/7").value for client in clients] == [{"id": 7}, {"id": 8}]

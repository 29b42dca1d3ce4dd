"""Connecting a store: where the merchant is sent, which keys are believed, what the store says of itself."""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from integrations.platform import Connected, Credentials, PlatformError, Redirect, Refused, Request, ShopProfile
from integrations.woocommerce import WooCommerce
from tests.integrations.woocommerce.recorded import recorded
from tests.integrations.woocommerce.stores import DATE, REST, STORE, asked, woocommerce

Mock = responses.RequestsMock
NOW = datetime(2026, 11, 22, 13, tzinfo=UTC)
STATE = "b5cC2-state_of_our_own"


def begin(platform: WooCommerce, store: str) -> Redirect | Refused:
    return platform.begin(asked({"store": store}), state=STATE, now=NOW)


# ── Begin ────────────────────────────────────────────────────────────────────


def test_the_merchant_is_sent_to_the_stores_own_consent_page(platform: WooCommerce) -> None:
    sent = begin(platform, "https://Store.Example.com/")
    assert isinstance(sent, Redirect)
    assert (sent.state, sent.domain) == (STATE, "store.example.com")
    parts = urlsplit(sent.url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{STORE}/wc-auth/v1/authorize"
    assert parse_qs(parts.query, strict_parsing=True) == {
        "app_name": ["Kizuna"],
        "scope": ["read_write"],
        "user_id": [STATE],
        "return_url": ["https://points.example.com/connect/woocommerce/done"],
        "callback_url": ["https://points.example.com/connect/woocommerce/finish"],
    }


@pytest.mark.parametrize(
    ("typed", "domain"),
    (
        ("https://example.com/shop", "example.com/shop"),
        ("https://example.com/shop/", "example.com/shop"),
        ("  https://example.com:443  ", "example.com"),
        ("https://example.com./", "example.com"),
        ("https://窓と森.example.com", "xn--o9jx51oecl.example.com"),
    ),
)
def test_a_store_is_named_by_its_host_and_folder(platform: WooCommerce, typed: str, domain: str) -> None:
    sent = begin(platform, typed)
    assert isinstance(sent, Redirect)
    assert sent.domain == domain
    assert sent.url.startswith(f"https://{domain}/wc-auth/v1/authorize?")


@pytest.mark.parametrize(
    "typed",
    (
        *("", "shop", "https://", "https://shop", "https:///x", "https://localhost", "https://store.local"),
        *("https://127.0.0.1", "https://127.1", "https://2130706433", "https://0x7f000001", "https://0177.0.0.1"),
        *("https://[::1]", "https://[::ffff:127.0.0.1]", "https://169.254.169.254/latest", "https://10.0.0.8"),
        *(
            "https://127.0.0.0x1",
            "https://１２７.0.0.1",
            "https://metadata.google.internal",
            "https://store.example.com@evil.example.org",
        ),
        *("https://user:pw@store.example.com", "https://store.example.com:8443", "https://store.example.com:99999"),
        *("https://store.example.com/?a=b", "https://store.example.com/#x", "https://store.example.com/a/../b"),
        *(
            "https://store.example.com//evil.example.org",
            "https://store.example.com/a b",
            "https://store.example.com\\@x.org",
        ),
        *(
            "https://-store.example.com",
            "https://store..example.com",
            "https://store.example.com/%2e%2e",
            "https://a.b" * 90,
        ),
        *("file:///etc/passwd", "gopher://store.example.com", "javascript:alert(1)", "https://exa\tmple.com/x\ny"),
    ),
)
def test_what_is_no_public_store_is_refused(platform: WooCommerce, typed: str) -> None:
    answer = begin(platform, typed)
    assert isinstance(answer, Refused), answer
    assert answer.code in {"STORE_ADDRESS_INVALID", "STORE_NEEDS_HTTPS"}
    assert answer.status == 400


def test_a_store_without_https_is_told_so(platform: WooCommerce) -> None:
    answer = begin(platform, "http://store.example.com")
    assert isinstance(answer, Refused)
    assert answer.code == "STORE_NEEDS_HTTPS"


def test_two_stores_at_once_are_none(platform: WooCommerce) -> None:
    request = Request("GET", "/", {}, (("store", STORE), ("store", "https://other.example.com")))
    assert isinstance(platform.begin(request, state=STATE, now=NOW), Refused)


def test_a_demonstration_store_is_opened_where_it_runs(tmp_path: Path) -> None:
    sandbox = {"KIZUNA_SANDBOX": "mado.example=http://127.0.0.1:8102", "KIZUNA_BASE_URL": "http://127.0.0.1:8100"}
    platform = woocommerce(tmp_path, **sandbox)
    sent = begin(platform, "https://mado.example")
    assert isinstance(sent, Redirect)
    assert sent.domain == "mado.example"
    assert sent.url.startswith("http://127.0.0.1:8102/wc-auth/v1/authorize?")


def test_a_real_store_cannot_post_its_keys_to_an_app_without_https(tmp_path: Path) -> None:
    platform = woocommerce(tmp_path, KIZUNA_BASE_URL="http://127.0.0.1:8100")
    answer = begin(platform, STORE)
    assert isinstance(answer, Refused)
    assert answer.code == "CALLBACK_NEEDS_HTTPS"


# ── Finish ───────────────────────────────────────────────────────────────────

KEYS = {
    "key_id": 3,
    "user_id": STATE,
    "consumer_key": "ck_" + "a" * 40,
    "consumer_secret": "cs_" + "b" * 40,
    "key_permissions": "read_write",
}


def posted(**changes: object) -> Request:
    return asked({}, json.dumps({**KEYS, **changes}).encode())


def finish(platform: WooCommerce, request: Request) -> Connected | Refused:
    return platform.finish(request, domain="store.example.com", now=NOW)


def store_says(
    store: Mock,
    *,
    currency: str = "JPY",
    taxed: str = "yes",
    zone: str = "Asia/Tokyo",
    offset: object = 9,
    language: str | None = "ja",
) -> None:
    store.get(f"{REST}/settings/general/woocommerce_currency", json={"id": "woocommerce_currency", "value": currency})
    store.get(f"{REST}/settings/tax/woocommerce_prices_include_tax", json={"value": taxed})
    index = {"name": "窓と森", "home": STORE, "url": STORE, "timezone_string": zone, "gmt_offset": offset}
    store.get(f"{STORE}/wp-json/", json=index)
    status = {"environment": {"language": language}} if language else {}
    store.get(f"{REST}/system_status", json=status, headers=DATE)


def test_proved_keys_are_kept_with_what_the_store_says_of_itself(platform: WooCommerce, store: Mock) -> None:
    store_says(store)
    connected = finish(platform, posted())
    assert isinstance(connected, Connected)
    assert connected.profile == ShopProfile(
        domain="store.example.com",
        name="窓と森",
        currency="JPY",
        zone="Asia/Tokyo",
        locale="ja",
        prices_include_tax=True,
        home_url=STORE,
    )
    kept = connected.credentials
    assert kept.domain == "store.example.com"
    assert (kept.values["consumer_key"], kept.values["consumer_secret"]) == (
        KEYS["consumer_key"],
        KEYS["consumer_secret"],
    )
    assert kept.values["key_id"] == "3"


def test_each_connection_has_secrets_of_its_own_of_letters_and_digits(platform: WooCommerce, store: Mock) -> None:
    secrets = []
    for _ in range(2):
        store_says(store)
        connected = finish(platform, posted())
        assert isinstance(connected, Connected)
        secrets += [connected.credentials.values[name] for name in ("webhook_secret", "shopper_secret")]
    assert len(set(secrets)) == 4
    assert all(secret.isalnum() and len(secret) >= 32 for secret in secrets)


def test_keys_the_store_does_not_know_are_refused(platform: WooCommerce, store: Mock) -> None:
    error = {"code": "woocommerce_rest_cannot_view", "message": "…", "data": {"status": 401}}
    store.get(f"{REST}/settings/general/woocommerce_currency", json=error, status=401)
    answer = finish(platform, posted())
    assert isinstance(answer, Refused)
    assert answer.code == "KEYS_NOT_OF_THIS_STORE"
    assert answer.status >= 300, "on anything but 200 the store deletes the keys again"


def test_keys_are_tried_only_at_the_store_the_state_was_bound_to(platform: WooCommerce, store: Mock) -> None:
    store_says(store)
    finish(platform, posted(store="https://evil.example.org"))
    assert {urlsplit(str(call.request.url)).hostname for call in store.calls} == {"store.example.com"}


def test_a_store_that_cannot_be_asked_is_no_answer(platform: WooCommerce, store: Mock) -> None:
    for _ in range(3):
        store.get(f"{REST}/settings/general/woocommerce_currency", status=502, body="<html>")
    with pytest.raises(PlatformError) as raised:
        finish(platform, posted())
    assert not raised.value.permanent


@pytest.mark.parametrize(
    ("changes", "code"),
    (
        ({"key_permissions": "read"}, "KEYS_READ_ONLY"),
        ({"key_permissions": None}, "KEYS_READ_ONLY"),
        ({"consumer_key": "ck_short"}, "ANSWER_MALFORMED"),
        ({"consumer_key": ["ck_" + "a" * 40]}, "ANSWER_MALFORMED"),
        ({"consumer_secret": "cs_" + "B" * 40}, "ANSWER_MALFORMED"),
        ({"consumer_secret": "cs_" + "b" * 40 + "\n"}, "ANSWER_MALFORMED"),
    ),
)
def test_a_post_without_good_keys_asks_nobody(platform: WooCommerce, changes: dict[str, object], code: str) -> None:
    answer = finish(platform, posted(**changes))
    assert isinstance(answer, Refused)
    assert answer.code == code


@pytest.mark.parametrize("body", (b"", b"[]", b"consumer_key=ck_1", b"\xff", b"[" * 100_000))
def test_a_post_that_is_no_json_is_refused(platform: WooCommerce, body: bytes) -> None:
    assert isinstance(finish(platform, asked({}, body)), Refused)
    assert platform.answered_state(asked({}, body)) is None


def test_the_recorded_callback_brings_its_state_and_keys(platform: WooCommerce, store: Mock) -> None:
    (callback,) = [each.request for each in recorded() if each.file == "wc-auth-callback"]
    assert platform.answered_state(callback) is None, "a state of ours is longer than the recorded one"
    store_says(store)
    assert isinstance(finish(platform, callback), Connected)


def test_the_state_is_read_before_anything_is_proved(platform: WooCommerce) -> None:
    assert platform.answered_state(posted()) == STATE
    for odd in (None, 7, "", "short", "x" * 500, "with space in the middle", ["x" * 20]):
        assert platform.answered_state(posted(user_id=odd)) is None


# ── The store's own words ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "offset", "expected"),
    (
        ("America/New_York", -5, "America/New_York"),
        ("", 9, "Etc/GMT-9"),
        ("", "-3", "Etc/GMT+3"),
        ("", 5.5, "Asia/Kolkata"),
        ("", "5.75", "Asia/Kathmandu"),
        ("", 0, "UTC"),
        ("", 10.5, "Etc/GMT-10"),
        ("", 99, "UTC"),
        ("", None, "UTC"),
        ("Mars/Olympus", 0, "UTC"),
        ("../../etc/passwd", 0, "UTC"),
    ),
)
def test_a_stores_days_are_cut_in_its_own_zone(
    platform: WooCommerce, store: Mock, zone: str, offset: object, expected: str
) -> None:
    store_says(store, zone=zone, offset=offset)
    connected = finish(platform, posted())
    assert isinstance(connected, Connected)
    assert connected.profile.zone == expected


@pytest.mark.parametrize(("language", "locale"), (("ja", "ja"), ("en_GB", "en-GB"), (None, "en")))
def test_a_store_speaks_its_language(platform: WooCommerce, store: Mock, language: str | None, locale: str) -> None:
    store_says(store, language=language)
    connected = finish(platform, posted())
    assert isinstance(connected, Connected)
    assert connected.profile.locale == locale


def test_a_store_that_hides_its_status_still_connects(platform: WooCommerce, store: Mock) -> None:
    store_says(store)
    store.replace(responses.GET, f"{REST}/system_status", status=403, body="<html>Firewall</html>")
    connected = finish(platform, posted())
    assert isinstance(connected, Connected)
    assert connected.profile.locale == "en"


def test_keys_do_not_expire(platform: WooCommerce) -> None:
    credentials = Credentials("store.example.com", {"consumer_key": "ck"})
    assert platform.refresh(credentials, now=NOW) is credentials

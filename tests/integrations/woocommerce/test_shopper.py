"""The shopper's token, made here as the plugin's description says: who is believed and who is not."""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from integrations.platform import Refused
from integrations.woocommerce.shopper import Shopper, claimed_shop, verify_shopper_token

NOW = datetime(2026, 11, 22, 13, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
SECRET = "b2" * 32
PAYLOAD = {"shop": "shop-1", "customer": "2", "email": "alice@example.test", "exp": SECONDS + 300}


def base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def token(payload: object, secret: str = SECRET, version: str = "v1") -> str:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = f"{version}.{base64url(raw)}"
    return f"{signed}.{base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def verdict(given: str, secrets: tuple[str, ...] = (SECRET,)) -> Shopper | str:
    answer = verify_shopper_token(given, secrets, "shop-1", NOW)
    return answer.code if isinstance(answer, Refused) else answer


def test_a_token_of_the_shops_plugin_names_its_shopper() -> None:
    assert verdict(token(PAYLOAD)) == Shopper("2", "alice@example.test")


def test_a_known_token_stays_good_across_versions_of_ours() -> None:
    payload = "eyJzaG9wIjoiYSIsImN1c3RvbWVyIjoiMiIsImVtYWlsIjoiYUBiLmMiLCJleHAiOjE3OTUzNTI3MDB9"
    known = f"v1.{payload}.6oGAMMXGq0vAXeV8vjPg3C4UJmeObxZtuIhvBlqDRNA"
    assert verify_shopper_token(known, ("k" * 32,), "a", NOW) == Shopper("2", "a@b.c")


@pytest.mark.parametrize(
    ("changes", "code"),
    (
        ({"exp": SECONDS}, "TOKEN_EXPIRED"),
        ({"exp": 0}, "TOKEN_EXPIRED"),
        ({"exp": SECONDS + 601}, "TOKEN_TOO_LONG"),
        ({"exp": 10**30}, "TOKEN_MALFORMED"),
        ({"exp": -1}, "TOKEN_MALFORMED"),
        ({"exp": str(SECONDS + 300)}, "TOKEN_MALFORMED"),
        ({"exp": SECONDS + 0.5}, "TOKEN_MALFORMED"),
        ({"exp": True}, "TOKEN_MALFORMED"),
        ({"exp": None}, "TOKEN_MALFORMED"),
        ({"customer": "0"}, "TOKEN_MALFORMED"),
        ({"customer": ""}, "TOKEN_MALFORMED"),
        ({"customer": None}, "TOKEN_MALFORMED"),
        ({"customer": "2; DROP"}, "TOKEN_MALFORMED"),
        ({"shop": "shop-2"}, "TOKEN_OF_ANOTHER_SHOP"),
        ({"shop": None}, "TOKEN_OF_ANOTHER_SHOP"),
    ),
    ids=str,
)
def test_a_signed_token_must_still_make_sense(changes: dict[str, object], code: str) -> None:
    assert verdict(token({**PAYLOAD, **changes})) == code


def test_the_last_second_counts_and_ten_minutes_are_the_most() -> None:
    assert isinstance(verdict(token({**PAYLOAD, "exp": SECONDS + 1})), Shopper)
    assert isinstance(verdict(token({**PAYLOAD, "exp": SECONDS + 600})), Shopper)


def test_an_account_without_a_proper_address_is_named_all_the_same() -> None:
    assert verdict(token({**PAYLOAD, "email": "no address"})) == Shopper("2", None)


@pytest.mark.parametrize("payload", (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 1000), ids=repr)
def test_a_signed_token_that_says_nothing_is_malformed(payload: bytes) -> None:
    assert verdict(token(payload)) == "TOKEN_MALFORMED"


def test_another_secret_signs_nothing_here() -> None:
    assert verdict(token(PAYLOAD, secret="c3" * 32)) == "TOKEN_FORGED"


def test_during_a_rotation_either_secret_is_good() -> None:
    assert isinstance(verdict(token(PAYLOAD), secrets=("new" * 20, SECRET)), Shopper)


@pytest.mark.parametrize("secrets", ((), ("",), ("", "")))
def test_an_empty_secret_opens_nothing(secrets: tuple[str, ...]) -> None:
    assert verdict(token(PAYLOAD, secret=""), secrets=secrets) == "TOKEN_FORGED"
    assert verdict(token(PAYLOAD), secrets=secrets) == "TOKEN_FORGED"


GOOD = token(PAYLOAD)
FORMLESS = {
    "nothing": "",
    "dots": "..",
    "a version alone": "v1",
    "empty parts": "v1..",
    "no signature": "v1.e30.",
    "the word Bearer": f"Bearer {GOOD}",
    "too long": f"v1.{'A' * 5000}.{'A' * 43}",
    "padded": f"{GOOD}=",
    "with a line end": f"{GOOD}\n",
    "with a blank": f" {GOOD}",
    "with colons": GOOD.replace(".", ":"),
    "of another version": token(PAYLOAD, version="v2"),
    "cut": GOOD[:-1],
    "signed twice": f"{GOOD}.{GOOD.rpartition('.')[2]}",
    "not ASCII": f"é{GOOD[1:]}",
    "a lone surrogate": f"{GOOD.rpartition('.')[0]}.\ud800{'A' * 42}",
}


@pytest.mark.parametrize("given", FORMLESS.values(), ids=FORMLESS.keys())
def test_what_has_not_the_form_is_not_even_read(given: str) -> None:
    assert verdict(given) == "TOKEN_MALFORMED"


def test_a_refusal_quotes_nothing() -> None:
    answer = verify_shopper_token(token({**PAYLOAD, "email": "canary@example.test"}), ("x" * 40,), "shop-1", NOW)
    assert isinstance(answer, Refused)
    assert "canary" not in repr(answer)
    assert answer.status == 401


def test_the_shop_a_token_claims_is_read_before_anything_is_proved() -> None:
    assert claimed_shop(token(PAYLOAD, secret="c3" * 32)) == "shop-1"
    assert claimed_shop(token({**PAYLOAD, "shop": 7})) is None
    assert claimed_shop(token(b"[" * 1000)) is None


@pytest.mark.parametrize("given", FORMLESS.values(), ids=FORMLESS.keys())
def test_what_has_not_the_form_claims_no_shop(given: str) -> None:
    assert claimed_shop(given) is None

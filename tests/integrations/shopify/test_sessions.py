"""A session token is good for one app, one shop and one minute, and only with Shopify's signature."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from integrations.platform import Refused
from integrations.shopify.sessions import Session, read_session
from tests.integrations.shopify.shops import CLIENT_ID, DOMAIN, PREVIOUS, SECRET, shopify

LONG = SECRET * 2


def now() -> datetime:
    """The library asks the machine's clock, so this is the real time."""
    return datetime.fromtimestamp(int(time.time()), UTC)


def claims(**changed: Any) -> dict[str, Any]:  # noqa: ANN401  (whatever a token may claim)
    at = int(now().timestamp())
    known = {
        "iss": f"https://{DOMAIN}/admin",
        "dest": f"https://{DOMAIN}",
        "aud": CLIENT_ID,
        "sub": "104512",
        "exp": at + 60,
        "nbf": at,
        "iat": at,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        "sid": "aaea182f2732d44c23057c0fea584021a4485b2bd25d3eb7fd349313ad24c685",
    }
    return {name: value for name, value in {**known, **changed}.items() if value is not None}


def token(secret: str = LONG, algorithm: str = "HS256", **changed: Any) -> str:  # noqa: ANN401
    return jwt.api_jws.encode(json.dumps(claims(**changed)).encode(), secret, algorithm=algorithm)


def read(text: str, at: datetime | None = None) -> Session | Refused:
    return read_session(text, CLIENT_ID, (LONG, PREVIOUS * 2), at or now())


def test_a_token_of_app_bridge_names_shop_and_user() -> None:
    assert read(token()) == Session(DOMAIN, "104512")


def test_the_platform_reads_it_with_its_own_secrets() -> None:
    assert shopify().session(token(SECRET), now()) == (DOMAIN, "104512")


def test_the_secret_before_a_rotation_is_good_as_well() -> None:
    assert isinstance(read(token(PREVIOUS * 2)), Session)


@pytest.mark.parametrize(
    "changed",
    (
        {"aud": "another app"},
        {"aud": [CLIENT_ID, "another app"]},
        {"aud": None},
        {"exp": None},
        {"nbf": None},
        {"exp": "soon"},
        {"exp": 0},
        {"exp": 10**12},
        {"iss": "https://evil.example/admin"},
        {"iss": "https://other.myshopify.com/admin"},
        {"iss": f"https://{DOMAIN}.evil.example/admin"},
        {"iss": f"http://{DOMAIN}/admin"},
        {"iss": None},
        {"iss": 5},
        {"dest": "https://other.myshopify.com"},
        {"dest": f"https://{DOMAIN}/admin"},
        {"dest": f"https://user@{DOMAIN}"},
        {"dest": DOMAIN},
        {"dest": "https://[bad"},
        {"dest": None},
        {"dest": ["x"]},
        {"iss": "https://evil.example/admin", "dest": "https://evil.example"},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 65},
        {"sid": None},
        {"jti": None},
    ),
)
def test_a_signed_token_that_claims_anything_else_is_refused(changed: dict[str, Any]) -> None:
    seen = read(token(**changed))
    assert isinstance(seen, Refused)
    assert (seen.status, seen.code) == (401, "SESSION_INVALID")


def test_a_token_is_good_for_its_minute_and_ten_seconds_of_a_wrong_clock() -> None:
    at = now()
    text = token()
    assert isinstance(read(text, at + timedelta(seconds=65)), Session)
    assert isinstance(read(text, at + timedelta(seconds=75)), Refused)
    assert isinstance(read(text, at - timedelta(seconds=8)), Session)
    assert isinstance(read(text, at - timedelta(seconds=15)), Refused)


def unsigned(header: dict[str, str]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims())]
    return f"{parts[0]}.{parts[1]}."


@pytest.mark.parametrize(
    "text",
    (
        "",
        "x",
        "a.b.c",
        "Bearer x",
        "é.é.é",
        "x" * 5000,
        token("other" * 10),
        token(algorithm="HS512"),
        token(algorithm="HS384"),
        unsigned({"alg": "none", "typ": "JWT"}),
        unsigned({"alg": "NONE", "typ": "JWT"}),
        unsigned({"alg": "HS256", "typ": "JWT"}),
        token()[:-2],
        token() + "\n",
        jwt.encode(claims(), LONG, algorithm="HS256", headers={"kid": "../../etc/passwd"})[:-1],
    ),
)
def test_what_shopify_did_not_sign_is_refused(text: str) -> None:
    assert isinstance(read(text), Refused)


def test_without_a_configured_app_nobody_is_let_in() -> None:
    assert isinstance(read_session(token(), CLIENT_ID, (), now()), Refused)
    assert isinstance(read_session(token(), CLIENT_ID, ("",), now()), Refused)
    assert isinstance(read_session(token(aud=""), "", (LONG,), now()), Refused)

"""Builds the platform under test, with no store behind it: ``responses`` answers, or nobody does."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import responses

from app.settings import Settings, read
from integrations.outgoing import Outgoing
from integrations.platform import Credentials, Request
from integrations.woocommerce import WooCommerce

STORE = "https://store.example.com"
REST = f"{STORE}/wp-json/wc/v3"
ADDRESS = "https://points.example.com/webhooks/woocommerce?shop=shop-1"
CREDENTIALS = Credentials(
    "store.example.com",
    {
        "consumer_key": "ck_" + "1" * 40,
        "consumer_secret": "cs_" + "2" * 40,
        "webhook_secret": "a1" * 32,
        "shopper_secret": "b2" * 32,
    },
)
DATE = {"Date": "Sun, 22 Nov 2026 12:50:00 GMT"}


def settings(data: object, **variables: str) -> Settings:
    """Return settings as the environment would say them, with secrets kept below ``data``."""
    return read(
        {"KIZUNA_ENV": "test", "KIZUNA_DATA": str(data), "KIZUNA_BASE_URL": "https://points.example.com", **variables}
    )


def woocommerce(data: object, **variables: str) -> WooCommerce:
    """Return the platform."""
    chosen = settings(data, **variables)
    return WooCommerce.from_settings(chosen, Outgoing.from_settings(chosen))


def query(call: responses.Call) -> dict[str, str]:
    """Return what a call asked, by parameter."""
    return dict(parse_qsl(urlsplit(str(call.request.url)).query, keep_blank_values=True))


def asked(query: Mapping[str, str], body: bytes = b"") -> Request:
    """Return a request of a merchant's browser or of a store."""
    return Request(method="GET", path="/connect/woocommerce/begin", headers={}, query=tuple(query.items()), body=body)

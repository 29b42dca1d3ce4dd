"""The shop these tests are about, its recorded bodies, and how Shopify signs for it."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from app.settings import ShopifyApp
from integrations.outgoing import Outgoing
from integrations.platform import Credentials, Request, ShopProfile
from integrations.shopify import Shopify
from integrations.shopify.verify import DELIVERY, EVENT, SHOP, SIGNATURE, TOPIC, TRIGGERED

DOMAIN: Final = "tidewell.myshopify.com"
NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CLIENT_ID: Final = "0f3c6a7be1d94b4b8a1e5a3c9d2f7e60"
SECRET: Final = "shpss_" + "a1" * 16
PREVIOUS: Final = "shpss_" + "b2" * 16
PAYLOADS: Final = Path(__file__).parent / "payloads"

PROFILE: Final = ShopProfile(
    domain=DOMAIN,
    name="Tidewell",
    currency="USD",
    zone="America/New_York",
    external_id="61280042",
    home_url="https://tidewell.example",
)
CREDENTIALS: Final = Credentials(
    domain=DOMAIN,
    values={"access_token": "shpat_canary", "refresh_token": "shprt_canary", "install": "granted"},
    expires_at=datetime(2026, 11, 22, 13, 0, tzinfo=UTC),
    refresh_expires_at=datetime(2027, 2, 20, 12, 0, tzinfo=UTC),
    scopes=("write_customers", "read_orders", "write_discounts"),
)


def app(previous: str | None = PREVIOUS, secret: str = SECRET) -> ShopifyApp:
    return ShopifyApp(
        client_id=CLIENT_ID,
        client_secret=secret,
        previous_secret=previous,
        api_version="2026-10",
        scopes=("read_customers", "write_customers", "read_orders", "write_discounts"),
    )


def shopify(outgoing: Outgoing | None = None) -> Shopify:
    return Shopify(app(), base_url="https://kizuna.example", outgoing=outgoing or Outgoing(production=True))


@cache
def payloads() -> Mapping[str, tuple[str, bytes]]:
    """Every recorded body by ``topic/name``: (topic, body)."""
    found = {}
    for file in sorted(PAYLOADS.glob("*/*.json")):
        folder = file.parent.name
        topic = folder if folder.startswith("customer.") else folder.replace(".", "/")
        found[f"{topic}/{file.stem}"] = (topic, file.read_bytes())
    return found


def body(name: str) -> bytes:
    """Return the recorded body called ``topic/name``."""
    return payloads()[name][1]


def sign(topic: str, body: bytes, secret: str = SECRET, domain: str = DOMAIN) -> Request:
    """Make a delivery as Shopify makes it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    headers = {
        SIGNATURE: base64.b64encode(digest).decode(),
        TOPIC: topic,
        SHOP: domain,
        DELIVERY: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        EVENT: "98880550-7158-44d4-b7cd-2c97c8a091b5",
        TRIGGERED: "2026-11-22T11:59:58.877041743Z",
        "x-shopify-api-version": "2026-10",
    }
    return Request("POST", "/webhooks/shopify", headers, (), body)

"""Two connected shops, and how their platforms and plugins sign for them."""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from app.actions.connect_shop import NewShop, connect_shop
from app.db.unit import unit_of_work
from jobs.works import Works
from tests.sandbox.shopify.proxy import proxy_signature
from tests.sandbox.woocommerce.plugin import shopper_token

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CLIENT_ID = "0f3c6a7be1d94b4b8a1e5a3c9d2f7e60"
CLIENT_SECRET = "shpss_" + "a1" * 16
PREVIOUS_SECRET = "shpss_" + "b2" * 16
JUDGEME_SECRET = "c3" * 16
WEBHOOK_SECRET = "d4" * 32
SHOPPER_SECRET = "e5" * 32
TIDEWELL = "tidewell.myshopify.com"
MADO = "mado.example"


class Rung:
    """A bell that remembers who was rung for."""

    def __init__(self) -> None:
        self.rings: list[tuple[str, UUID, UUID]] = []

    def ring(self, queue: str, programme_id: UUID, shop_id: UUID) -> None:
        self.rings.append((queue, programme_id, shop_id))


class Clock:
    """A clock that tests wind."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **much: float) -> None:
        self.now += timedelta(**much)


@dataclass(frozen=True, slots=True)
class Shop:
    """A connected shop of ours."""

    programme_id: UUID
    shop_id: UUID
    domain: str


def connect(works: Works, platform: str, domain: str, **changes: object) -> Shop:
    """Connect a shop a month ago, with the starter programme."""
    given: dict[str, Any] = {
        "platform": platform,
        "domain": domain,
        "name": "Tidewell" if platform == "shopify" else "窓と森",
        "currency": "USD" if platform == "shopify" else "JPY",
        "zone": "America/New_York" if platform == "shopify" else "Asia/Tokyo",
        "locale": "en" if platform == "shopify" else "ja",
        "external_id": None,
        "prices_include_tax": False,
        "home_url": f"https://{domain}",
        "values": {"access_token": "shpat_1", "refresh_token": "shprt_1", "install": "managed"}
        if platform == "shopify"
        else {"webhook_secret": WEBHOOK_SECRET, "shopper_secret": SHOPPER_SECRET},
        **changes,
    }
    with unit_of_work(works.engine) as session:
        programme_id, shop_id = connect_shop(
            session, works.cipher, NewShop(**given), works.clock() - timedelta(days=30)
        )
    return Shop(programme_id, shop_id, domain)


def shopify_headers(body: bytes, *, secret: str = CLIENT_SECRET, **changes: str) -> dict[str, str]:
    """Return the headers of a webhook of Tidewell's."""
    signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Shop-Domain": TIDEWELL,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "X-Shopify-Triggered-At": "2026-11-22T11:59:58.000000000Z",
    }
    return {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}


def woo_headers(body: bytes, *, secret: str = WEBHOOK_SECRET, topic: str = "order.updated") -> dict[str, str]:
    """Return the headers of a delivery of a WooCommerce store."""
    return {
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": f"https://{MADO}/",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": topic.partition(".")[0],
        "X-WC-Webhook-Event": topic.partition(".")[2],
        "X-WC-Webhook-Signature": base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode(),
        "X-WC-Webhook-ID": "7",
        "X-WC-Webhook-Delivery-ID": "5b9c2d0a0b2f7f4f3a2d1c0b9e8f7a6d",
    }


def proxied(
    path: str,
    *,
    customer: str | None = None,
    at: datetime = NOW,
    shop: str = TIDEWELL,
    secret: str = CLIENT_SECRET,
    own: Sequence[tuple[str, str]] = (),
) -> str:
    """Return an address of the storefront API as the app proxy asks it."""
    query = [
        *own,
        ("shop", shop),
        ("logged_in_customer_id", customer or ""),
        ("path_prefix", "/apps/kizuna"),
        ("timestamp", str(int(at.timestamp()))),
    ]
    query.append(("signature", proxy_signature(query, secret)))
    return f"/proxy/shopify/api/{path}?{urlencode(query)}"


def token(shop: Shop, customer: str, *, email: str = "", at: datetime = NOW, secret: str = SHOPPER_SECRET) -> str:
    """Return what the plugin mints for a signed-in shopper, good for five minutes."""
    return shopper_token(secret, str(shop.shop_id), customer, email, int(at.timestamp()) + 300)


def bearer(shop: Shop, customer: str, **how: Any) -> dict[str, str]:  # noqa: ANN401 - what `token` takes
    """Return the header that names a shopper."""
    return {"Authorization": f"Bearer {token(shop, customer, **how)}"}


def order(number: int, customer: int, cents: int, **changes: object) -> bytes:
    """Return a paid order's webhook body as Shopify writes it."""
    price = f"{cents // 100}.{cents % 100:02d}"
    money = {"shop_money": {"amount": price, "currency_code": "USD"}}
    body: dict[str, Any] = {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "customer": {"id": customer, "email": f"c{customer}@example.com", "first_name": "Maya", "last_name": "Lind"},
        "email": f"c{customer}@example.com",
        "currency": "USD",
        "presentment_currency": "USD",
        "created_at": "2026-11-20T10:00:00Z",
        "processed_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:00:01Z",
        "cancelled_at": None,
        "financial_status": "paid",
        "taxes_included": False,
        "test": False,
        "subtotal_price": price,
        "current_subtotal_price": price,
        "total_price": price,
        "current_total_price": price,
        "total_discounts": "0.00",
        "total_tax": "0.00",
        "total_tip_received": "0.00",
        "discount_codes": [],
        "discount_applications": [],
        "tax_lines": [],
        "shipping_lines": [],
        "note_attributes": [],
        "line_items": [
            {
                "id": number * 10,
                "product_id": 77,
                "variant_id": 78,
                "quantity": 1,
                "current_quantity": 1,
                "price": price,
                "price_set": money,
                "total_discount": "0.00",
                "gift_card": False,
                "discount_allocations": [],
                "tax_lines": [],
            }
        ],
        "refunds": [],
        **changes,
    }
    return json.dumps(body).encode()


def hashed(body: bytes) -> str:
    """Return the key of a WooCommerce delivery."""
    return sha256(body).hexdigest()

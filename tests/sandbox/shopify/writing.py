"""How Shopify writes things: money as text in sets, times with the store's offset, global ids."""

import json
from datetime import datetime
from typing import Any

from tests.sandbox.money import decimal_text
from tests.sandbox.shops import Shop

Json = dict[str, Any]

API_VERSION = "2026-10"
SHOP_ID = 690_933_842
"""The number of every shop here: a store is one process."""


def encode(value: object) -> bytes:
    """JSON as Shopify sends it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def text(minor: int, shop: Shop) -> str:
    """Minor units as decimal text."""
    return decimal_text(minor, shop.currency)


def money(minor: int, shop: Shop) -> Json:
    """Minor units in the shop's and the shopper's currency, which are one here."""
    amount = {"amount": text(minor, shop), "currency_code": shop.currency}
    return {"shop_money": amount, "presentment_money": dict(amount)}


def priced(name: str, minor: int, shop: Shop) -> Json:
    """An amount both ways: `<name>` as text and `<name>_set`."""
    return {name: text(minor, shop), f"{name}_set": money(minor, shop)}


def moment(at: datetime | None, shop: Shop) -> str | None:
    """Write an instant with the store's offset."""
    return at.astimezone(shop.tz).isoformat(timespec="seconds") if at else None


def gid(kind: str, number: int) -> str:
    """Write a global id."""
    return f"gid://shopify/{kind}/{number}"


def number_of(global_id: str, kind: str) -> int | None:
    """Read the number from a global id of a kind; None for anything else."""
    prefix = f"gid://shopify/{kind}/"
    tail = global_id.removeprefix(prefix)
    return int(tail) if global_id.startswith(prefix) and tail.isdigit() else None

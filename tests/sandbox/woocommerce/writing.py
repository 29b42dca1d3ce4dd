"""How WooCommerce writes things: JSON with escaped slashes, money as text, times in two zones, links."""

import json
from datetime import datetime
from typing import Any

from tests.sandbox.money import decimal_text, exponent
from tests.sandbox.shops import Shop

Json = dict[str, Any]

VERSION = "11.0.1"
WORDPRESS = "7.1"


def encode(value: object) -> bytes:
    """JSON as PHP writes it: ASCII only, no spaces, every slash escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def money(minor: int, shop: Shop) -> str:
    """Minor units as text with as many decimals as the shop shows."""
    return decimal_text(minor, shop.currency)


def plain(value: float) -> float | int:
    """A JSON number as PHP writes it: 12.5, 10, 9.216590."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def number(minor: float, shop: Shop) -> float | int:
    """Minor units as a JSON number: 1250 USD is 12.5, 1000 USD is 10."""
    return plain(minor / 10 ** exponent(shop.currency))


def local(at: datetime | None, shop: Shop) -> str | None:
    """Write an instant in the store's zone, without an offset."""
    return at.astimezone(shop.tz).strftime("%Y-%m-%dT%H:%M:%S") if at else None


def gmt(at: datetime | None) -> str | None:
    """Write an instant in UTC, without a Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S") if at else None


def dates(name: str, at: datetime | None, shop: Shop) -> Json:
    """Write an instant both ways, as `<name>` and `<name>_gmt`."""
    return {name: local(at, shop), f"{name}_gmt": gmt(at)}


def links(shop: Shop, path: str, record_id: int) -> Json:
    """The `_links` of a record below wp-json/wc/v3/."""
    here = f"{shop.home}/wp-json/wc/v3/{path}"
    allow = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return {
        "self": [{"href": f"{here}/{record_id}", "targetHints": {"allow": allow}}],
        "collection": [{"href": here}],
    }


def meta(entries: list[tuple[int, str, str]]) -> list[Json]:
    """Write meta data."""
    return [{"id": number, "key": key, "value": value} for number, key, value in entries]

"""How often who may ask: storefront writes and signing in, counted over a moving window by shop and client."""

import math
import time
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, g, request
from flask_limiter import Limiter

from app.settings import Environment, Settings
from app.web.callers import Caller

REDEEM: Final = "10 per minute; 60 per hour"
CLAIM: Final = "60 per minute; 300 per hour"
"""The widget asks again while a code is made, so a claim is several requests."""
CLAIM_OF_SHOP: Final = "600 per minute"
CONNECT: Final = "20 per minute; 120 per hour"
SIGN_IN: Final = "10 per minute; 60 per hour"


def client() -> str:
    """Return who is counted: the shop's signed-in customer, else the shop and the caller's address."""
    caller: Caller | None = g.get("caller")
    if caller is None:
        return request.remote_addr or "nobody"
    if caller.customer_id is not None:
        return f"{caller.place.shop_id}:{caller.customer_id}"
    return f"{caller.place.shop_id}:{_address(caller)}"


def whole_shop() -> str:
    """Return the shop alone: a ceiling over all its callers."""
    caller: Caller | None = g.get("caller")
    return str(caller.place.shop_id) if caller is not None else "nobody"


def _address(caller: Caller) -> str:
    """Behind the app proxy the nearest address is Shopify's; the one before it is the shopper's, as Shopify saw it."""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if caller.by_proxy and chain:
        return chain[-2] if len(chain) > 1 else chain[-1]
    return request.remote_addr or "nobody"


def rest_s() -> int:
    """Return for how many seconds a caller over the limit should rest."""
    over = limiter.current_limit
    return max(1, math.ceil(over.reset_at - time.time())) if over is not None else 60


limiter = Limiter(client, strategy="moving-window")


def watch(app: Flask, settings: Settings) -> None:
    """Count in Redis; in this process's memory where there is none, or while it is away."""
    app.config["RATELIMIT_STORAGE_URI"] = _storage(settings)
    if app.config["RATELIMIT_STORAGE_URI"].startswith("redis"):
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": 1, "socket_connect_timeout": 1}
    app.config["RATELIMIT_KEY_PREFIX"] = "kizuna"
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    limiter.init_app(app)


def _storage(settings: Settings) -> str:
    url = settings.redis_url
    if not url or settings.environment is Environment.TEST:
        return "memory://"
    return f"redis+{url}" if urlsplit(url).scheme == "unix" else url

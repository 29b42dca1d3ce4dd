"""Who is knocking: webhooks by the HMAC of their raw body, Shopify's redirects by the HMAC of their query."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import shopify

from integrations.platform import Refused, Request, Verified
from integrations.reading import UnreadableError, optional_instant
from integrations.shopify.translate import OWN

BODY_MAX_BYTES: Final = 4 * 1024 * 1024
TOLERANCE: Final = timedelta(seconds=90)
"""How far a signed timestamp may be from ours, in either direction. Shopify's own library takes a day."""

SIGNATURE: Final = "x-shopify-hmac-sha256"
SHOP: Final = "x-shopify-shop-domain"
TOPIC: Final = "x-shopify-topic"
DELIVERY: Final = "x-shopify-webhook-id"
EVENT: Final = "x-shopify-event-id"
TRIGGERED: Final = "x-shopify-triggered-at"

_DOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
_DOMAIN_MAX: Final = 253
_TOPIC: Final = re.compile(r"[a-z_]{1,60}[/.][a-z_]{1,60}")
_WORD: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_SECONDS: Final = re.compile(r"[0-9]{1,11}")


def shop_domain(text: str | None) -> str | None:
    """Return ``text`` if it is exactly a shop's permanent domain (``tidewell.myshopify.com``), else None."""
    return text if text and len(text) <= _DOMAIN_MAX and _DOMAIN.fullmatch(text) else None


def claimed_shop(request: Request) -> str | None:
    """Return the shop a delivery says it comes from. The header is not signed: nothing is proved by it."""
    return None if SHOP in request.doubled_headers else shop_domain(request.headers.get(SHOP))


def verify_webhook(request: Request, secrets: Sequence[str]) -> Verified | Refused:
    """Prove a delivery with any of ``secrets``; the body is hashed as it came and not read.

    Header names come in any case, so the caller has put them in lower case. A secret that is empty proves nothing.
    """
    if len(request.body) > BODY_MAX_BYTES:
        return Refused("BODY_TOO_LARGE", f"Deliveries have at most {BODY_MAX_BYTES} bytes.", 413)
    signature = request.headers.get(SIGNATURE, "")
    digests = (hmac.new(secret.encode(), request.body, hashlib.sha256).digest() for secret in secrets if secret)
    if SIGNATURE in request.doubled_headers or not _is_any(signature, map(base64.b64encode, digests)):
        return Refused("SIGNATURE_INVALID", "The signature does not fit the body and the app's secret.")
    shop, topic, delivery = claimed_shop(request), request.headers.get(TOPIC, ""), request.headers.get(DELIVERY, "")
    if request.doubled_headers & {TOPIC, DELIVERY}:
        return Refused("HEADERS_INVALID", "Topic and webhook id are sent once.", 400)
    if shop is None or not _TOPIC.fullmatch(topic) or topic.startswith(OWN) or not _WORD.fullmatch(delivery):
        return Refused("HEADERS_INVALID", "A delivery names its shop, its topic and its webhook id.", 400)
    event = request.headers.get(EVENT, "")
    return Verified(
        domain=shop,
        topic=topic,
        key=delivery,
        versioned=True,  # Shopify gives every delivery an id of its own: the same id is the same delivery
        event_id=event if _WORD.fullmatch(event) else None,
        triggered_at=_instant(request.headers.get(TRIGGERED)),
    )


def verify_query(request: Request, secrets: Sequence[str], now: datetime) -> Mapping[str, str] | Refused:
    """Prove the query of a request that a browser carries from Shopify to us, and return its parameters.

    The HMAC is Shopify's library's; besides, every name comes once, the timestamp is at most 90 s off, the shop is one.
    """
    query = dict(request.query)
    plain = all(_WORD.fullmatch(name) and value.isascii() for name, value in request.query)
    if len(query) != len(request.query) or not plain:
        return Refused("QUERY_INVALID", "Every parameter comes once and has a plain name.")
    if not _is_signed(query, secrets):
        return Refused("HMAC_INVALID", "The query was not signed by Shopify with the app's secret. Start again there.")
    if not is_recent(query.get("timestamp", ""), now):
        return Refused("TIMESTAMP_INVALID", "The link is too old. Start again from the Shopify admin.")
    if shop_domain(query.get("shop")) is None:
        return Refused("SHOP_INVALID", "The query names no shop of Shopify.")
    return query


def is_recent(seconds: str, now: datetime) -> bool:
    """Tell whether a signed Unix time is near ``now``."""
    if not _SECONDS.fullmatch(seconds):
        return False
    return abs(now.timestamp() - int(seconds)) <= TOLERANCE.total_seconds()


def _is_signed(query: Mapping[str, str], secrets: Iterable[str]) -> bool:
    """Ask Shopify's library. Its secret is an attribute of a class, so every secret gets a class of its own."""
    if "hmac" not in query:
        return False
    for secret in filter(None, secrets):
        keyed: Any = type("_Keyed", (shopify.Session,), {"secret": secret})
        if keyed.validate_hmac(dict(query)):
            return True
    return False


def _is_any(given: str, expected: Iterable[bytes]) -> bool:
    """Compare in constant time with every expected value, whichever fits."""
    try:
        said = given.encode("ascii")
    except UnicodeEncodeError:
        return False
    return any(hmac.compare_digest(said, each) for each in expected)


def _instant(text: str | None) -> datetime | None:
    try:
        return optional_instant(text, TRIGGERED)
    except UnreadableError:
        return None

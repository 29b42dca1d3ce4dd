"""Shoppers' requests through the app proxy: Shopify says which shop and which signed-in customer, in a signed query.

The signed text joins ``name=value`` without anything between, so one signature fits several readings of it: a shopper
could hide ``logged_in_customer_id=…`` in a value of their own. Therefore only expected names, each once, no ``=`` in
any value and no name that ends with another: then the text can be read in one way only.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from integrations.platform import Refused, Request
from integrations.shopify.verify import TOLERANCE, is_recent, shop_domain

CUSTOMER: Final = "logged_in_customer_id"
_SHOPIFYS: Final = frozenset({"shop", CUSTOMER, "path_prefix", "timestamp", "signature"})
_NAME: Final = re.compile(r"[a-z_]{1,40}")
_CUSTOMER: Final = re.compile(r"[1-9][0-9]{0,19}|")
_PREFIX: Final = re.compile(r"/(apps|a|community|tools)/[a-z0-9_-]{1,60}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ProxyCaller:
    """Who asks: a shop, and its customer if one is signed in.

    ``once`` names this very signature without being it, good until ``until``: keep it where a request must not be
    replayed.
    """

    shop: str
    customer_id: str | None
    once: str
    until: datetime


def verify_proxy(
    request: Request, secrets: Sequence[str], now: datetime, allowed: Collection[str] = ()
) -> ProxyCaller | Refused:
    """Prove a request of the app proxy. ``allowed`` are the endpoint's own parameter names.

    The refusals never repeat the query: it may hold what a shopper typed.
    """
    if not _reads_one_way(request, frozenset(allowed)):
        return Refused("QUERY_INVALID", "The query has unexpected, repeated or unreadable parameters.")
    query = dict(request.query)
    signature = query.pop("signature")
    text = "".join(sorted(f"{name}={value}" for name, value in query.items()))
    digests = [hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest() for secret in secrets if secret]
    if not _SIGNATURE.fullmatch(signature) or not any(hmac.compare_digest(signature, each) for each in digests):
        return Refused("SIGNATURE_INVALID", "The query was not signed by Shopify.")
    if not is_recent(query["timestamp"], now):
        return Refused("TIMESTAMP_INVALID", "The request is too old. Load the page again.")
    shop = shop_domain(query["shop"])
    if shop is None or not _CUSTOMER.fullmatch(query[CUSTOMER]) or not _PREFIX.fullmatch(query["path_prefix"]):
        return Refused("QUERY_INVALID", "The query names no shop, customer or path of Shopify.")
    return ProxyCaller(
        shop=shop,
        customer_id=query[CUSTOMER] or None,
        once=hashlib.sha256(signature.encode()).hexdigest(),
        until=datetime.fromtimestamp(int(query["timestamp"]), UTC) + TOLERANCE,
    )


def _reads_one_way(request: Request, own: frozenset[str]) -> bool:
    known = _SHOPIFYS | own
    if any(one != other and one.endswith(other) for one in known for other in known):
        raise ValueError("No parameter name may end with another: the signature would not tell them apart.")
    if not all(_NAME.fullmatch(name) for name in own):
        raise ValueError("Parameter names are small letters and underscores: other signs sort in more than one way.")
    names = [name for name, _ in request.query]
    if len(names) != len(set(names)) or not _SHOPIFYS <= set(names) <= known:
        return False
    values = "".join(value for _, value in request.query)
    return "=" not in values and not any("\ud800" <= letter <= "\udfff" for letter in values)

"""Verifies the short-lived token by which the plugin names a signed-in shopper.

``v1.<payload>.<signature>``: the payload is base64url JSON ``{"shop", "customer", "email", "exp"}``, the signature
base64url HMAC-SHA256 over ``v1.<payload>``, both without padding.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from integrations.platform import Refused
from integrations.reading import UnreadableError, email, identifier, mapping, parse

LONGEST_SECONDS: Final = 600
"""No token lives longer, whatever the store's clock says."""

_LONGEST = 2048
_END_OF_TIME = 2**40
_FORM = re.compile(r"v1\.[A-Za-z0-9_-]{2,1900}\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Shopper:
    """A signed-in customer of the store: their user id there and their account's e-mail address, if it is one."""

    customer_id: str
    email: str | None


def verify_shopper_token(token: str, secrets: Sequence[str], shop: str, now: datetime) -> Shopper | Refused:
    """Return who ``token`` names, if a secret of the shop signed it for ``shop`` and it has not run out by ``now``.

    Empty secrets prove nothing. Every refusal is 401; ``TOKEN_EXPIRED`` alone is worth fetching a new token for.
    """
    if len(token) > _LONGEST or not _FORM.fullmatch(token):
        return _MALFORMED
    signed, _, signature = token.rpartition(".")
    fits = [hmac.compare_digest(_signature(signed, secret), signature) for secret in secrets if secret]
    if not any(fits):
        return Refused("TOKEN_FORGED", "The token was not signed by this shop's plugin. Connect the store again.")
    try:
        payload = mapping(parse(_decoded(signed.removeprefix("v1."))), "payload")
        shopper = Shopper(identifier(payload.get("customer"), "customer"), email(payload.get("email")))
        left = _seconds(payload.get("exp")) - now.timestamp()
    except UnreadableError:
        return _MALFORMED
    if payload.get("shop") != shop:
        return Refused("TOKEN_OF_ANOTHER_SHOP", "The token was made for another shop.")
    return _untimely(left) or shopper


def claimed_shop(token: str) -> str | None:
    """Return our id of the shop that a token says it was made for, before anything is proved."""
    if len(token) > _LONGEST or not _FORM.fullmatch(token):
        return None
    try:
        shop = mapping(parse(_decoded(token.split(".")[1])), "payload").get("shop")
    except UnreadableError:
        return None
    return shop if isinstance(shop, str) else None


_MALFORMED = Refused("TOKEN_MALFORMED", "This is no shopper token.")


def _untimely(left: float) -> Refused | None:
    if left <= 0:
        return Refused("TOKEN_EXPIRED", "The token has run out. Fetch a new one.")
    if left > LONGEST_SECONDS:
        return Refused("TOKEN_TOO_LONG", "The token claims to live too long. Set the store's clock.")
    return None


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _END_OF_TIME:
        raise UnreadableError("exp is no time")
    return value


def _signature(signed: str, secret: str) -> str:
    proof = hmac.digest(secret.encode(), signed.encode("ascii"), "sha256")
    return urlsafe_b64encode(proof).rstrip(b"=").decode("ascii")


def _decoded(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise UnreadableError("payload is not base64url") from error

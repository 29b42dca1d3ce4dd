"""Session tokens of the embedded app: decoded by Shopify's library, then held to the minute they are good for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from shopify import session_token

from integrations.platform import Refused
from integrations.shopify.verify import shop_domain

_LEEWAY_S: Final = 10
_LIFE_MAX_S: Final = 300
_TOKEN_MAX: Final = 4096
_USER_MAX: Final = 64

_REFUSED: Final = Refused("SESSION_INVALID", "Ask App Bridge for a fresh session token and try again.")


class Session(NamedTuple):
    """Who is at the embedded app: the shop's permanent domain and the id of its staff member."""

    shop: str
    user: str


def read_session(token: str, client_id: str, secrets: Sequence[str], now: datetime) -> Session | Refused:
    """Return who a session token speaks for.

    HS256 only, signed with any of ``secrets``, for our ``client_id``; ``exp`` and ``nbf`` are required (the library
    lets them be missing) and at most 10 s off; ``iss`` and ``dest`` are one shop.
    """
    if not token or len(token) > _TOKEN_MAX or not token.isascii() or not client_id:
        return _REFUSED
    for secret in secrets:
        claims = _decoded(token, client_id, secret) if secret else None
        if claims is not None:
            return _checked(claims, client_id, now)
    return _REFUSED


def _decoded(token: str, client_id: str, secret: str) -> Mapping[str, object] | None:
    try:
        claims = session_token.decode_from_header(f"{session_token.PREFIX}{token}", client_id, secret)
    except (session_token.SessionTokenError, ValueError, TypeError, AttributeError):
        return None  # the library's own refusals, and what its reading of odd claims runs into
    return claims if isinstance(claims, dict) else None


def _checked(claims: Mapping[str, object], client_id: str, now: datetime) -> Session | Refused:
    begins, ends, user = claims.get("nbf"), claims.get("exp"), claims.get("sub")
    shop = _shop(claims)
    if shop is None or claims.get("aud") != client_id:
        return _REFUSED
    if not isinstance(user, str) or not 0 < len(user) <= _USER_MAX:
        return _REFUSED
    if not isinstance(begins, int) or not isinstance(ends, int) or not 0 <= ends - begins <= _LIFE_MAX_S:
        return _REFUSED
    at = now.timestamp()
    return Session(shop, user) if begins - _LEEWAY_S <= at < ends + _LEEWAY_S else _REFUSED


def _shop(claims: Mapping[str, object]) -> str | None:
    """Return the shop that is both issuer and destination, spelled exactly."""
    issuer, destination = claims.get("iss"), claims.get("dest")
    if not isinstance(issuer, str) or not isinstance(destination, str):
        return None
    try:
        shop = shop_domain(urlsplit(destination).netloc)
    except ValueError:
        return None
    if shop is None or destination != f"https://{shop}" or issuer.partition("/admin")[0] != destination:
        return None
    return shop

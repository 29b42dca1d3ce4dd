"""Who sits at the merchant's pages: proved by Shopify's session token, or by a cookie that a one-time link gave."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Response

from app.db import shops
from app.db.second_wall import Whose, keep_to
from app.db.unit import reading
from app.settings import Settings
from app.web.house import house
from integrations.platform import Refused

SEAT_LIFE: Final = timedelta(hours=12)
_PLATFORM: Final = "shopify"


@dataclass(frozen=True, slots=True)
class Seat:
    """``programme_id`` None: the operator before choosing a shop. ``embedded`` is the shop whose admin frames us.

    ``csrf`` is what every form of this seat carries; a seat held by token alone has none and needs none.
    """

    programme_id: UUID | None
    actor: str
    operator: bool = False
    embedded: str | None = None
    csrf: str = ""


def find_seat(request: Request) -> Seat | None:
    """Return the seat that a request proves: by bearer token, by the first document's ``id_token``, by our cookie."""
    authorization: Authorization | None = request.authorization
    if authorization is not None and authorization.type == "bearer":
        return _by_token(authorization.token or "")
    # A document in the admin's frame; a form never proves itself by its address.
    token = request.args.get("id_token")
    if token is not None and request.method == "GET":
        return _by_token(token)
    return _by_cookie(request)


def _by_token(token: str) -> Seat | None:
    shopify, works = house().shopify, house().works
    if shopify is None:
        return None
    session = shopify.session(token, works.clock())
    if isinstance(session, Refused):
        return None
    with reading(works.engine, Whose.NOBODY) as unit:
        known = shops.find(unit, _PLATFORM, session.shop)
        if known is None:
            return None
        keep_to(unit, known.programme_id)
        if shops.get(unit, known.programme_id, known.shop_id).state == "disconnected":
            return None
    return Seat(known.programme_id, f"{_PLATFORM}:{session.user}", embedded=session.shop)


# -- the cookie --------------------------------------------------------------------------------------------------------


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; over https the browser itself keeps it to this host and path."""
    return "__Host-kizuna" if _secure(settings) else "kizuna"


def _secure(settings: Settings) -> bool:
    return settings.production or settings.base_url.startswith("https://")


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    key = hashlib.sha256(b"kizuna:seat:" + settings.secret_key.encode()).digest()
    return URLSafeTimedSerializer(key, salt="seat", signer_kwargs={"digest_method": hashlib.sha256})


def _by_cookie(request: Request) -> Seat | None:
    settings = house().settings
    sealed = request.cookies.get(cookie_name(settings))
    if not sealed:
        return None
    try:
        kept: dict[str, Any] = _signer(settings).loads(sealed, max_age=int(SEAT_LIFE.total_seconds()))
    except BadSignature:
        return None
    programme_id = UUID(kept["programme"]) if kept["programme"] else None
    return Seat(programme_id, kept["actor"], kept["operator"], csrf=kept["csrf"])


def take_seat(response: Response, seat: Seat) -> None:
    """Let the browser keep a seat: out of scripts' reach, sent along from our own pages only."""
    settings = house().settings
    kept = {
        "programme": seat.programme_id.hex if seat.programme_id else None,
        "actor": seat.actor,
        "operator": seat.operator,
        "csrf": seat.csrf or secrets.token_urlsafe(24),
    }
    response.set_cookie(
        cookie_name(settings),
        str(_signer(settings).dumps(kept)),
        max_age=SEAT_LIFE,
        secure=_secure(settings),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def leave_seat(response: Response) -> None:
    """Let the browser forget its seat."""
    settings = house().settings
    response.delete_cookie(cookie_name(settings), path="/", secure=_secure(settings), httponly=True, samesite="Lax")


# -- forms -------------------------------------------------------------------------------------------------------------


def from_our_page(request: Request) -> bool:
    """Say whether a request comes from a page of ours, as far as the browser tells."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    return origin in {house().settings.base_url, request.host_url.rstrip("/")}


def may_change(request: Request, seat: Seat) -> bool:
    """Say whether a form may change anything: a page of ours made it for this very seat.

    A bearer token is put on by a script of the page, never by the browser alone, so it needs no second proof.
    """
    if seat.embedded is not None:
        return True
    given = request.form.get("csrf", "")
    return from_our_page(request) and bool(seat.csrf) and hmac.compare_digest(given.encode(), seat.csrf.encode())

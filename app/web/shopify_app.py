"""Kizuna inside the Shopify admin: the first document of the frame, and the page where App Bridge fetches a token."""

import re
from base64 import urlsafe_b64decode
from typing import Final
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response, make_response, redirect, request
from jinja2 import Environment
from werkzeug.wrappers import Response as AnyResponse

from app.db import shops
from app.db.second_wall import Whose, keep_to
from app.db.unit import reading
from app.web import headers, merchants, notices, opening, words
from app.web.house import house
from app.web.policy import ShopFrom, Who, policy
from app.web.refusals import Refusal
from integrations.platform import PlatformError, Refused
from integrations.shopify import Shopify
from integrations.shopify.verify import shop_domain

embedded = APIBlueprint("embedded", __name__, url_prefix="/shopify", enable_openapi=False)

_PLATFORM: Final = "shopify"
_PAGE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,4}")
_HOST: Final = re.compile(r"admin\.shopify\.com/store/([a-z0-9][a-z0-9-]*)")
_HANDED_ON: Final = ("id_token", "shop", "host", "embedded", "locale")
_BOUNCE: Final = Environment(autoescape=True).from_string(
    """<!doctype html>
<html>
<head>
<meta charset="utf-8">
<title>Kizuna</title>
<meta name="shopify-api-key" content="{{ client_id }}">
<script src="{{ script }}" data-api-key="{{ client_id }}"></script>
</head>
<body></body>
</html>
"""
)


def _shopify() -> Shopify:
    found = house().shopify
    if found is None:
        raise Refusal("NOT_FOUND")
    return found


def admin_url(domain: str) -> str:
    """Return where a browser opens the app inside a shop's admin."""
    settings = house().settings
    place = settings.sandbox.get(domain)
    return f"{place}/admin/apps/kizuna" if place else f"https://{domain}/admin/apps/{settings.shopify.client_id}"


@embedded.get("/app", defaults={"page": "home"})
@embedded.get("/app/<path:page>")
@policy(who=Who.ANYONE, shop=ShopFrom.SESSION_TOKEN)
def app_home(page: str) -> AnyResponse:
    """The frame's first document: with a session token the shop is known, connected if need be, and its page opens."""
    shopify, works = _shopify(), house().works
    token = request.args.get("id_token")
    if token is None:
        return _without_token()
    session = shopify.session(token, works.clock())
    if isinstance(session, Refused):
        return merchants.bounce(request.path)
    headers.embed(session.shop)
    if not _has_good_door(session.shop):
        try:
            answer = shopify.exchange(token, works.clock())
        except PlatformError as error:
            return notices.show(words.unreachable(error.code), 502)
        if isinstance(answer, Refused):
            return merchants.bounce(request.path)
        opening.keep(_PLATFORM, answer, works.clock())
    to = page if _PAGE.fullmatch(page) else "home"
    carried = {name: request.args[name] for name in _HANDED_ON if name in request.args}
    return redirect(f"/{to}?{urlencode(carried)}", 302)


def _without_token() -> AnyResponse:
    """A document asked for without a token: fetch one where App Bridge can, else go where it can."""
    shop = shop_domain(request.args.get("shop"))
    if request.args.get("embedded") == "1" or "host" in request.args:
        return merchants.bounce(request.path)
    if shop is not None:
        return redirect(admin_url(shop), 302)
    return notices.show(words.from_admin())


def _has_good_door(domain: str) -> bool:
    """Whether what we hold still opens the shop, or can be renewed without asking anybody."""
    works = house().works
    with reading(works.engine, Whose.NOBODY) as session:
        known = shops.find(session, _PLATFORM, domain)
        if known is None:
            return False
        keep_to(session, known.programme_id)
        door = shops.door(session, works.cipher, known.programme_id, known.shop_id)
        if door is None or door.shop.state != "connected":
            return False
        return door.refresh_expires_at is None or door.refresh_expires_at > works.clock()


@embedded.get("/bounce")
@policy(who=Who.ANYONE, shop=ShopFrom.NONE)
def bounce() -> Response:
    """A page that holds App Bridge alone: it fetches a session token and goes back with it, to a page of ours only."""
    back = request.args.get("shopify-reload", "")
    if not back.startswith(f"{house().settings.base_url}/"):
        raise Refusal("INVALID_REQUEST")
    domain = shop_domain(request.args.get("shop")) or _of_host(request.args.get("host", ""))
    if domain is None:
        raise Refusal("INVALID_REQUEST")
    headers.embed(domain)
    client_id = house().settings.shopify.client_id
    return make_response(_BOUNCE.render(client_id=client_id, script=headers.app_bridge(domain)))


def _of_host(host: str) -> str | None:
    """Return the shop that the admin's ``host`` parameter names."""
    try:
        found = _HOST.fullmatch(urlsafe_b64decode(host + "=" * (-len(host) % 4)).decode("ascii"))
    except ValueError:
        return None
    return shop_domain(f"{found[1]}.myshopify.com") if found else None

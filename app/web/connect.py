"""Connecting a store, for every platform: off to its consent page, back with what opens its API, a word at the end."""

import hmac
import secrets
from typing import Final

from apiflask import APIBlueprint
from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.db import connect_states, invitations, shops
from app.db.second_wall import keep_to
from app.db.unit import reading, unit_of_work
from app.web import notices, opening, words
from app.web.house import house
from app.web.incoming import incoming
from app.web.limits import CONNECT, limiter
from app.web.policy import ShopFrom, Who, policy
from app.web.refusals import Refusal
from app.web.shopify_app import admin_url
from integrations.platform import Platform, PlatformError, Refused

connect = APIBlueprint("connect", __name__, url_prefix="/connect", enable_openapi=False)

_COOKIE: Final = "kizuna_connect"
_SHOPIFY: Final = "shopify"


def _platform(name: str) -> Platform:
    found = house().works.platforms.get(name)
    if found is None:
        raise Refusal("NOT_FOUND")
    return found


@connect.get("/<platform>/begin")
@limiter.limit(CONNECT)
@policy(who=Who.ANYONE, shop=ShopFrom.NONE)
def begin(platform: str) -> AnyResponse:
    """Send the merchant to the store's consent page with a new state, bound to the store and to this browser."""
    origin, works = _platform(platform), house().works
    asked, now, state = incoming(body=False), works.clock(), secrets.token_urlsafe(32)
    answer = origin.begin(asked, state=state, now=now)
    if isinstance(answer, Refused):
        return notices.show(words.refused(answer), answer.status)
    domain = answer.domain or asked.one("shop") or ""
    invited = request.args.get("invitation")
    invitation = invitations.digest(invited) if invited else None
    with unit_of_work(works.engine) as session:
        if invitation is not None and invitations.good(session, invitation, now) is None:
            return notices.show(words.not_begun(), 400)
        connect_states.begin(session, state, platform, domain, now, invitation=invitation)
    response = redirect(answer.url, 302)
    response.set_cookie(
        _COOKIE,
        connect_states.digest(state),
        max_age=connect_states.LIFE,
        path="/connect",
        secure=house().settings.base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return response


@connect.get("/<platform>/finish")
@policy(who=Who.ANYONE, shop=ShopFrom.STATE)
def finish(platform: str) -> AnyResponse:
    """The merchant's browser comes back with the store's answer: once, and only the browser that began."""
    origin, works = _platform(platform), house().works
    asked = incoming(body=False)
    state = origin.answered_state(asked)
    kept = request.cookies.get(_COOKIE, "")
    if state is None or not hmac.compare_digest(connect_states.digest(state), kept.encode("utf-8", "replace").decode()):
        return notices.show(words.not_begun(), 400)
    with unit_of_work(works.engine) as session:
        row = connect_states.use(session, state, platform, works.clock(), once=True)
    if row is None:
        return notices.show(words.not_begun(), 400)
    try:
        answer = origin.finish(asked, domain=row.domain, now=works.clock())
    except PlatformError as error:
        return notices.show(words.unreachable(error.code), 502)
    if isinstance(answer, Refused):
        return notices.show(words.refused(answer), answer.status)
    opening.keep(platform, answer, works.clock(), state=state)
    if platform == _SHOPIFY:
        return redirect(admin_url(row.domain), 302)
    return notices.show(words.connected(answer.profile.name, None))


@connect.post("/<platform>/finish")
@policy(who=Who.ANYONE, shop=ShopFrom.STATE)
def take_keys(platform: str) -> Response:
    """The store itself posts what opens it, before the browser returns: exactly 200, or the store forgets the keys.

    It may come again while the state lasts (the consent link opened twice): the newest keys win. They are proved
    against the store the state is bound to before anything is kept.
    """
    origin, works = _platform(platform), house().works
    asked = incoming()
    state = origin.answered_state(asked)
    with reading(works.engine) as session:
        row = connect_states.use(session, state, platform, works.clock(), once=False) if state else None
    if state is None or row is None:
        raise Refusal("INVALID_REQUEST", detail="The connection was not begun here, or too long ago. Begin again.")
    try:
        answer = origin.finish(asked, domain=row.domain, now=works.clock())
    except PlatformError as error:
        raise Refusal("UNAVAILABLE", status=502, detail=f"The store could not be asked: {error.code}.") from None
    if isinstance(answer, Refused):
        raise Refusal(answer.code, status=answer.status, detail=answer.reason)
    opening.keep(platform, answer, works.clock(), state=state)
    return Response(status=200)


@connect.get("/<platform>/done")
@policy(who=Who.ANYONE, shop=ShopFrom.STATE)
def done(platform: str) -> Response:
    """Tell the merchant how it ended. The store's word for it proves nothing: what was kept says so."""
    _platform(platform)
    works = house().works
    state = request.args.get("user_id", "")
    with reading(works.engine) as session:
        row = connect_states.find(session, state, platform)
        found = shops.by_id(session, row.shop_id) if row is not None and row.shop_id is not None else None
        if found is not None:
            keep_to(session, found.programme_id)
            shop = shops.get(session, found.programme_id, found.shop_id)
            trouble = connect_states.trouble(session, found.programme_id, found.shop_id)
            return notices.show(words.connected(shop.name, trouble))
    if row is None or row.expires_at <= works.clock():
        return notices.show(words.not_begun(), 400)
    return notices.show(words.nothing_connected(f"/connect/{platform}/begin?store=https://{row.domain}"))

"""Everybody who may knock, with good proofs and bad ones, and which routes are theirs."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import jwt
from flask import Flask
from werkzeug.test import TestResponse

from app.web.house import EXTENSION
from app.web.policy import ShopFrom, Who
from app.web.seats import Seat, cookie_name, take_seat
from jobs.works import Works
from tests.walls.calls import FRESH, Route
from tests.walls.neighbours import Neighbour
from tests.web.pages.conftest import BASE
from tests.web.pages.test_embedded import session_token
from tests.web.shops import CLIENT_SECRET, WEBHOOK_SECRET, Clock, proxied, token

Given = dict[str, Any]
_HOST: Final = BASE.removeprefix("https://")
_CSRF: Final = "the word of this seat's forms"


@dataclass
class Street:
    """Three shops of three programmes, and the app that serves them."""

    app: Flask
    works: Works
    clock: Clock
    tidewell: Neighbour
    mado: Neighbour
    stranger: Neighbour
    asked: int = 0

    def catch_up(self) -> None:
        """Let the clock stand where the real one does: the libraries that read session tokens look at that one."""
        self.clock.now = max(self.clock.now, datetime.fromtimestamp(int(time.time()), UTC))

    def fresh(self) -> str:
        """Return a key that nobody has used."""
        self.asked += 1
        return f"{self.asked:032x}"


@dataclass(frozen=True, slots=True)
class Role:
    """``at`` is the shop it belongs to; ``may`` says which routes are its own; ``dress`` puts its proofs on."""

    name: str
    at: Callable[[Street], Neighbour]
    may: Callable[[Route], bool]
    dress: Callable[[Street, Given], Given] = field(default=lambda _street, given: given)
    seat: Callable[[Street], Seat | None] = field(default=lambda _street: None)

    def __str__(self) -> str:
        return self.name

    def ask(self, street: Street, route: Route, ids: Mapping[str, str]) -> TestResponse:
        """Ask a route with these ids and this role's proofs."""
        street.catch_up()
        client = street.app.test_client(use_cookies=True)
        seat = self.seat(street)
        if seat is not None:
            name, value = _cookie(street.app, seat)
            client.set_cookie(name, value, domain=_HOST, secure=True)
        named = {**ids, FRESH: street.fresh()}
        given = self.dress(street, _given(street.app, route, named, seat))
        return client.open(method=route.method, base_url=BASE, **given)


def _given(app: Flask, route: Route, named: Mapping[str, str], seat: Seat | None) -> Given:
    call = route.call
    address = {name: text.format_map(named) for name, text in call.address.items() if name in route.rule.arguments}
    with app.test_request_context(base_url=BASE):
        path = app.url_map.bind(_HOST, url_scheme="https").build(route.endpoint, address, method=route.method)
    accept = "text/html" if route.endpoint.startswith("pages.") else "application/json"
    given: Given = {
        "path": path,
        "query_string": {name: text.format_map(named) for name, text in call.query.items()},
        "headers": {"Accept": accept},
    }
    if call.form is not None:
        given["data"] = {name: text.format_map(named) for name, text in call.form.items()}
        given["headers"]["Origin"] = BASE
        if seat is not None:
            given["data"]["csrf"] = seat.csrf
    if call.json is not None:
        filled = {k: v.format_map(named) if isinstance(v, str) else v for k, v in call.json.items()}
        given["data"] = json.dumps(filled).encode()
        given["content_type"] = "application/json"
    return given


def _cookie(app: Flask, seat: Seat) -> tuple[str, str]:
    response = app.response_class()
    with app.test_request_context(base_url=BASE):
        take_seat(response, seat)
        name = cookie_name(app.extensions[EXTENSION].settings)
    return name, response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]


# -- proofs ------------------------------------------------------------------------------------------------------------


def _bearer(make: Callable[[Street], str]) -> Callable[[Street, Given], Given]:
    def dress(street: Street, given: Given) -> Given:
        given["headers"]["Authorization"] = f"Bearer {make(street)}"
        return given

    return dress


def _by_proxy(
    customer: Callable[[Street], str | None], secret: str = CLIENT_SECRET, ago: timedelta = timedelta()
) -> Callable[[Street, Given], Given]:
    """Let Shopify's proxy sign the query; those of wishes are a second apart, for one signature carries one wish."""

    def dress(street: Street, given: Given) -> Given:
        if not given["path"].startswith("/proxy/"):
            return given
        if "/redemptions" in given["path"]:
            street.clock.pass_(seconds=1)
        own = tuple(given["query_string"].items())
        at = street.clock.now - ago
        url = proxied("", customer=customer(street), at=at, own=own, secret=secret)
        given["query_string"] = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        return given

    return dress


def _naming_the_shop(street: Street, given: Given) -> Given:
    if given["path"].startswith("/storefront/"):
        given["query_string"] = {**given["query_string"], "shop": street.mado.ids["shop"]}
    return given


def _signed(street: Street, given: Given) -> Given:
    del street
    if "/webhooks/" in given["path"]:
        signature = base64.b64encode(hmac.digest(WEBHOOK_SECRET.encode(), given["data"], "sha256")).decode()
        given["headers"] |= {"X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Signature": signature}
    return given


def _shopper(street: Street, **how: Any) -> str:  # noqa: ANN401 - what `token` takes
    return token(street.mado.shop, street.mado.customer, **{"at": street.clock.now, **how})


def _session(street: Street, **claims: object) -> str:
    """Return a session token that is a little old already, for the app's clock may be ahead of the library's."""
    return session_token(street.clock.now, **{"nbf": int(street.clock.now.timestamp()) - 30, **claims})  # type: ignore[arg-type]


def _unsigned(street: Street) -> str:
    good = _session(street)
    claims = jwt.decode(good, options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none")


def _unsigned_shopper(street: Street) -> str:
    return f"{_shopper(street).rpartition('.')[0]}.{'A' * 43}"


def _long_ago(street: Street) -> int:
    return int(street.clock.now.timestamp()) - 3600


def _tidewell(street: Street) -> Neighbour:
    return street.tidewell


def _mado(street: Street) -> Neighbour:
    return street.mado


def _open(*whos: Who, shop: ShopFrom | None = None) -> Callable[[Route], bool]:
    """Return what is open to anyone, and to these; ``shop``: where routes of the storefront must learn theirs."""

    def may(route: Route) -> bool:
        policy = route.policy
        return policy.who is Who.ANYONE or (policy.who in whos and (shop is None or policy.shop is shop))

    return may


def _seat(*, operator: bool, chosen: bool) -> Callable[[Street], Seat]:
    def seat(street: Street) -> Seat:
        programme_id = street.tidewell.shop.programme_id if chosen else None
        return Seat(programme_id, "operator" if operator else "shopify:1", operator, csrf=_CSRF)

    return seat


_PAGES: Final = (Who.MERCHANT,)
_SHOPPERS: Final = (Who.VISITOR, Who.SHOPPER)

ROLES: Final[Sequence[Role]] = (
    Role("nobody", _tidewell, _open()),
    Role(
        "a visitor by the proxy", _tidewell, _open(Who.VISITOR, shop=ShopFrom.PROXY), _by_proxy(lambda _: None)
    ),
    Role(
        "a shopper by the proxy", _tidewell, _open(*_SHOPPERS, shop=ShopFrom.PROXY),
        _by_proxy(lambda street: street.tidewell.customer),
    ),
    Role("a visitor of a store", _mado, _open(Who.VISITOR, shop=ShopFrom.TOKEN), _naming_the_shop),
    Role("a shopper of a store", _mado, _open(*_SHOPPERS, shop=ShopFrom.TOKEN), _bearer(_shopper)),
    Role("a store", _mado, _open(Who.PLATFORM), _signed),
    Role("a merchant", _tidewell, _open(*_PAGES), seat=_seat(operator=False, chosen=True)),
    Role(
        "staff in the admin", _tidewell, _open(*_PAGES), _bearer(_session)
    ),
    Role("the operator before choosing", _tidewell, _open(Who.OPERATOR), seat=_seat(operator=True, chosen=False)),
    Role("the operator", _tidewell, _open(*_PAGES, Who.OPERATOR), seat=_seat(operator=True, chosen=True)),
    # -- proofs that prove nothing -------------------------------------------------------------------------------------
    Role(
        "a session token for another app", _tidewell, _open(),
        _bearer(lambda street: _session(street, aud="somebody-else")),
    ),
    Role("a session token without a signature", _tidewell, _open(), _bearer(_unsigned)),
    Role(
        "a session token that ran out", _tidewell, _open(),
        _bearer(lambda street: _session(street, exp=_long_ago(street), nbf=_long_ago(street) - 60)),
    ),
    Role(
        "a session token of another key", _tidewell, _open(),
        _bearer(lambda street: _session(street, secret="shpss_" + "00" * 16)),
    ),
    Role("a shopper's token without a signature", _mado, _open(), _bearer(_unsigned_shopper)),
    Role(
        "a shopper's token that ran out", _mado, _open(),
        _bearer(lambda street: token(street.mado.shop, street.mado.customer, at=street.clock.now.replace(year=2020))),
    ),
    Role(
        "a shopper's token of another key", _mado, _open(), _bearer(lambda street: _shopper(street, secret="00" * 32))
    ),
    Role(
        "a shopper's token for another shop", _mado, _open(),
        _bearer(lambda street: token(street.stranger.shop, street.mado.customer, at=street.clock.now)),
    ),
    Role(
        "a proxied query of another key", _tidewell, _open(),
        _by_proxy(lambda street: street.tidewell.customer, secret="shpss_" + "00" * 16),
    ),
    Role(
        "a proxied query of an hour ago", _tidewell, _open(),
        _by_proxy(lambda street: street.tidewell.customer, ago=timedelta(hours=1)),
    ),
)  # fmt: skip

"""Who asks at a storefront: the shop, and its signed-in customer where there is one. Only signatures say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from flask import g, request
from sqlalchemy.orm import Session

from app.db import places, shops
from app.db.places import Place
from app.db.second_wall import keep_to
from app.db.unit import reading
from app.web.house import house
from app.web.incoming import incoming
from app.web.policy import Policy, ShopFrom, Who
from app.web.refusals import Refusal
from app.web.secrets import still_good
from integrations.platform import Refused
from integrations.woocommerce.shopper import Shopper, claimed_shop, verify_shopper_token

_OWN_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {"history": ("before",)}
"""What an operation takes in its query beside what Shopify puts there."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``customer_id`` is the shop's own; ``once`` names the very signature of a proxied request."""

    place: Place
    customer_id: str | None
    email: str | None = None
    by_proxy: bool = False
    once: str | None = None
    until: datetime | None = None


def caller() -> Caller:
    """Return who asks; the guard has found out."""
    found: Caller = g.caller
    return found


def customer(asking: Caller) -> str:
    """Return the customer id of a shopper; the guard let nobody else in."""
    if asking.customer_id is None:
        raise Refusal("NOT_SIGNED_IN")
    return asking.customer_id


def guard(policy: Policy) -> None:
    """Find out who asks. Raises Refusal: UNKNOWN_SHOP, NOT_SIGNED_IN, INVALID_REQUEST for what is not signed."""
    if policy.who is Who.SHOPPER and policy.shop is ShopFrom.TOKEN and "Authorization" not in request.headers:
        raise Refusal("NOT_SIGNED_IN")
    found = _by_proxy() if policy.shop is ShopFrom.PROXY else _directly()
    if policy.who is Who.SHOPPER and found.customer_id is None:
        raise Refusal("NOT_SIGNED_IN")
    g.caller = found


def _by_proxy() -> Caller:
    shopify, works = house().shopify, house().works
    if shopify is None:
        raise Refusal("UNKNOWN_SHOP")
    proved = shopify.verify_proxy(incoming(body=False), works.clock(), _own_parameters())
    if isinstance(proved, Refused):
        raise Refusal("INVALID_REQUEST", status=proved.status, detail=proved.reason)
    with reading(works.engine) as session:
        place = _connected(places.place(session, shopify.name, proved.shop))
    return Caller(place, proved.customer_id, by_proxy=True, once=proved.once, until=proved.until)


def _own_parameters() -> tuple[str, ...]:
    return _OWN_PARAMETERS.get((request.endpoint or "").rpartition(".")[2], ())


def _directly() -> Caller:
    """A page of a WooCommerce store asks us across origins: with its plugin's token, or only for what is public."""
    header = request.headers.get("Authorization")
    asked = incoming(body=False).query
    names, named = [name for name, _ in asked], [value for name, value in asked if name == "shop"]
    if len(names) != len(set(names)) or not set(names) <= {"shop", *_own_parameters()}:
        raise Refusal("INVALID_REQUEST")
    with reading(house().works.engine) as session:
        if header is None:
            place = _connected(places.place(session, "woocommerce", named[0] if named else None))
            found = Caller(place, None)
        else:
            found = _with_token(session, header)
            if named and named[0] != str(found.place.shop_id):
                raise Refusal("INVALID_REQUEST")
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins(found.place):
        raise Refusal("INVALID_REQUEST", status=403, detail="The shop's own pages only.")
    return found


def _with_token(session: Session, header: str) -> Caller:
    works = house().works
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Refusal("NOT_SIGNED_IN")
    place = places.place(session, "woocommerce", claimed_shop(token))
    secrets: Sequence[str] = ()
    if place is not None:
        keep_to(session, place.programme_id)
        door = shops.door(session, works.cipher, place.programme_id, place.shop_id)
        secrets = still_good(door.values, "shopper_secret", works.clock()) if door is not None else ()
    proved = verify_shopper_token(token, secrets, str(place.shop_id) if place else "", works.clock())
    if place is None or not isinstance(proved, Shopper):
        raise Refusal("NOT_SIGNED_IN", detail=proved.reason if isinstance(proved, Refused) else None)
    return Caller(place, proved.customer_id, proved.email)


def _connected(place: Place | None) -> Place:
    if place is None or not place.connected:
        raise Refusal("UNKNOWN_SHOP")
    return place


def home(place: Place) -> str:
    """Return the address of a shop's storefront as a browser opens it, without a slash at its end."""
    url = (place.home_url or f"https://{place.domain}").rstrip("/")
    parts = urlsplit(url)
    sandbox = house().settings.sandbox.get(parts.hostname or "")
    return url if sandbox is None else f"{sandbox}{parts.path}"


def origins(place: Place) -> frozenset[str]:
    """Return the origins of a shop's own pages."""
    host = place.domain.partition("/")[0]
    names = {host, host.removeprefix("www."), f"www.{host.removeprefix('www.')}"}
    at_home = urlsplit(home(place))
    sandbox = house().settings.sandbox.get(host)
    return frozenset({f"https://{name}" for name in names}) | {
        f"{at_home.scheme}://{at_home.netloc}",
        *([sandbox] if sandbox else ()),
    }


def is_shops_origin(session: Session, origin: str) -> bool:
    """Say whether some store's pages live at an origin: asked before a browser's first question is answered."""
    parts = urlsplit(origin)
    if any(place == origin for place in house().settings.sandbox.values()):
        return True
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.port not in {None, 443} or not host.isprintable():
        return False
    bare = host.removeprefix("www.")
    return places.is_shop_host(session, "woocommerce", [host, bare, f"www.{bare}"])

"""What we ask of a shop: its profile, one order or customer whole, and the orders that changed since a time."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from app.loyalty.facts import Thing
from integrations.platform import (
    Changes,
    Credentials,
    Delivery,
    PlatformError,
    Refetch,
    ShopProfile,
    Version,
    Versions,
)
from integrations.reading import UnreadableError, currency_code, instant, mapping, text
from integrations.shopify.amounts import gid, nodes, number
from integrations.shopify.client import Admin, Answer
from integrations.shopify.documents import (
    CHANGED_ORDERS,
    CUSTOMER,
    ORDER,
    ORDER_LINES,
    ORDER_VERSIONS,
    PRODUCTS,
    REFUND,
    SHOP_PROFILE,
)
from integrations.shopify.orders import locale
from integrations.shopify.payments import is_paid_by_credit
from integrations.shopify.translate import CUSTOMER as CUSTOMER_TOPIC
from integrations.shopify.translate import GONE
from integrations.shopify.translate import ORDER as ORDER_TOPIC

OVERLAP: Final = timedelta(minutes=10)
"""Changes are asked for again from a little before: ``updated_at`` is when a change began, not when it can be seen."""
_PAGE: Final = {"size": 10, "lines": 5, "ways": 1, "refunds": 1}
_VERSIONS: Final = 250
_WHOLE: Final = {"lines": 50, "ways": 10, "refunds": 50, "payments": 20}
_FILED: Final = {"collections": 150}
_PRODUCTS_AT_ONCE: Final = 5
_LINES: Final = 50
_PAGES_MAX: Final = 20  # of lines; Shopify has 500 to an order


class Fetching:
    """Questions to one shop. ``Delivery.body`` is what its GraphQL said, under the names of its webhooks."""

    def __init__(self, admin: Admin, credentials: Credentials) -> None:
        self._admin, self._credentials = admin, credentials

    def profile(self) -> ShopProfile:
        """Return what the shop says of itself. Raises PlatformError; ``SHOP_MISMATCH`` when it is another."""
        try:
            shop = mapping(self._ask(SHOP_PROFILE).data.get("shop"), "shop")
            home = mapping(shop.get("primaryDomain"), "primaryDomain")
            spoken = home.get("localization")
            profile = ShopProfile(
                domain=str(shop.get("myshopifyDomain")),
                name=text(shop.get("name")),
                currency=currency_code(shop.get("currencyCode"), "currencyCode"),
                zone=text(shop.get("ianaTimezone")),
                locale=(locale(spoken.get("defaultLocale")) if isinstance(spoken, dict) else None) or "en",
                external_id=number(shop.get("id"), "id"),
                prices_include_tax=shop.get("taxesIncluded") is True,
                home_url=text(home.get("url")) or None,
            )
        except UnreadableError:
            raise PlatformError("BAD_ANSWER") from None
        if profile.domain != self._credentials.domain:
            raise PlatformError("SHOP_MISMATCH", permanent=True)
        return profile

    def refetch(self, wanted: Refetch) -> list[Delivery]:
        """Ask for one thing. Raises PlatformError; ``NOT_FOUND`` for an order, which may be deleted or too old to see.

        (Without ``read_all_orders`` a shop shows no order older than 60 days: absence is no deletion.)
        """
        if wanted.thing in {Thing.ORDER, Thing.GOODS}:
            order = self._order(gid("Order", wanted.id))
            if wanted.thing is Thing.GOODS:
                order = {**order, "products": self._products(order)}
            return [_delivery(ORDER_TOPIC, wanted.id, order)]
        if wanted.thing is Thing.CUSTOMER:
            answer = self._ask(CUSTOMER, id=gid("Customer", wanted.id))
            customer = answer.data.get("customer")
            if customer is None:
                gone = {"thing": wanted.thing.value, "id": wanted.id, "at": _said_at(answer)}
                return [_delivery(GONE, wanted.id, gone)]
            return [_delivery(CUSTOMER_TOPIC, wanted.id, _object(customer))]
        raise PlatformError("NOT_FETCHABLE", permanent=True)  # reviews are not the shop's own

    def changes(self, since: datetime, cursor: str | None) -> Changes:
        """Return a page of orders changed since ``since`` and a little before, the longest unchanged first."""
        page = self._ask(CHANGED_ORDERS, query=_changed_since(since - OVERLAP), after=cursor, **_PAGE)
        try:
            orders = mapping(page.data.get("orders"), "orders")
            whole = [self._whole(order) for order in nodes(orders, "orders")]
            deliveries = [_delivery(ORDER_TOPIC, number(order.get("id"), "id"), order) for order in whole]
            return Changes(deliveries, _next(orders))
        except UnreadableError:
            raise PlatformError("BAD_ANSWER") from None

    def versions(self, since: datetime, cursor: str | None) -> Versions:
        """Return a page of how old the orders are that changed since ``since``, the longest unchanged first.

        Test orders and those of nobody are left out: they earn nothing, so it does not matter how old they are.
        """
        page = self._ask(ORDER_VERSIONS, query=_changed_since(since), after=cursor, size=_VERSIONS)
        try:
            orders = mapping(page.data.get("orders"), "orders")
            return Versions([_version(order) for order in nodes(orders, "orders") if _earns(order)], _next(orders))
        except UnreadableError:
            raise PlatformError("BAD_ANSWER") from None

    def _whole(self, order: Mapping[str, object]) -> Mapping[str, object]:
        """Return ``order`` if the page holds all of it, else ask for it alone."""
        more = [_next(mapping(order.get(name), name)) for name in ("line_items", "shipping_lines")]
        partly = any(more) or order.get("refunds") or is_paid_by_credit(order)
        return self._order(str(order.get("gid"))) if partly else order

    def _order(self, id_: str) -> Mapping[str, object]:
        """Return an order with all its lines and refunds."""
        found = self._ask(ORDER, id=id_, **_WHOLE).data.get("order")
        if found is None:
            raise PlatformError("NOT_FOUND", permanent=True)
        try:
            order = dict(_object(found))
            order["line_items"] = self._all("order", "line_items", ORDER_LINES, id_, order)
            order["refunds"] = [self._refund(str(each.get("gid"))) for each in nodes(order.get("refunds"), "refunds")]
        except UnreadableError:
            raise PlatformError("BAD_ANSWER") from None
        return order

    def _products(self, order: Mapping[str, object]) -> list[object]:
        """Return how the catalogue files an order's products; those that are gone are left out."""
        try:
            told = [line.get("product") for line in nodes(order.get("line_items"), "line_items")]
            ids = sorted({number(product.get("id"), "product.id") for product in told if isinstance(product, dict)})
            found: list[object] = []
            for start in range(0, len(ids), _PRODUCTS_AT_ONCE):
                some = [gid("Product", each) for each in ids[start : start + _PRODUCTS_AT_ONCE]]
                answer = self._ask(PRODUCTS, ids=some, **_FILED).data.get("nodes")
                found += [mapping(each, "nodes[]") for each in answer if each] if isinstance(answer, list) else []
        except UnreadableError:
            raise PlatformError("BAD_ANSWER") from None
        return found

    def _refund(self, id_: str) -> Mapping[str, object]:
        refund = dict(_object(self._ask(REFUND, id=id_, lines=_LINES, after=None).data.get("refund")))
        refund["refund_line_items"] = self._all("refund", "refund_line_items", REFUND, id_, refund)
        return refund

    def _all(self, thing: str, name: str, document: str, id_: str, begun: Mapping[str, object]) -> list[object]:
        """Return every item of the connection ``name``, beginning with the page that is in ``begun``."""
        page = mapping(begun.get(name), name)
        found: list[object] = list(nodes(page, name))
        for _ in range(_PAGES_MAX):
            after = _next(page)
            if after is None:
                return found
            more = _object(self._ask(document, id=id_, lines=_LINES, after=after).data.get(thing))
            page = mapping(more.get(name), name)
            found += nodes(page, name)
        raise PlatformError("TOO_LARGE", permanent=True)

    def _ask(self, document: str, **variables: object) -> Answer:
        return self._admin.read(self._credentials, document, **variables)


def _changed_since(since: datetime) -> str:
    begin = since.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return f"updated_at:>='{begin}'"


def _earns(order: Mapping[str, object]) -> bool:
    return order.get("test") is not True and bool(order.get("customer") or order.get("email"))


def _version(order: Mapping[str, object]) -> Version:
    return Version(
        id=number(order.get("id"), "id"),
        placed_at=instant(order.get("processed_at"), "processed_at"),
        updated_at=instant(order.get("updated_at"), "updated_at"),
    )


def _object(value: object) -> Mapping[str, object]:
    try:
        return mapping(value, "answer")
    except UnreadableError:
        raise PlatformError("BAD_ANSWER") from None


def _next(connection: Mapping[str, object]) -> str | None:
    """Return where the next page begins, or None after the last."""
    page = mapping(connection.get("pageInfo"), "pageInfo")
    cursor = page.get("endCursor")
    return cursor if page.get("hasNextPage") is True and isinstance(cursor, str) else None


def _said_at(answer: Answer) -> str:
    if answer.at is None:
        raise PlatformError("BAD_ANSWER")
    return answer.at.isoformat()


def _delivery(topic: str, id_: str, body: Mapping[str, object]) -> Delivery:
    """Put an answer into the shape of a delivery; its key is what it says, so that saying it again is no news."""
    packed = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str).encode()
    return Delivery(topic, f"{id_}:{hashlib.sha256(packed).hexdigest()}", packed)

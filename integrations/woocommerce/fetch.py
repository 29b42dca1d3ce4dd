"""Asks a store: for one thing a delivery told half of, and for what changed since an instant."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Self, assert_never

from app.loyalty.facts import Thing
from integrations.platform import Changes, Delivery, PlatformError, Refetch
from integrations.reading import (
    UnreadableError,
    instant,
    items,
    mapping,
    optional_identifier,
    optional_instant,
)
from integrations.woocommerce import topics
from integrations.woocommerce.client import PAGE_SIZE, Client, StoreRefused, listed, thing
from integrations.woocommerce.customers import tagging
from integrations.woocommerce.orders import RENEWS

_Thing = Mapping[str, object]

_LINE: Final = ("id", "product_id", "variation_id", "quantity", "subtotal", "total", "total_tax")
_ORDER: Final[Mapping[str, Sequence[str] | None]] = {
    **dict.fromkeys(("id", "number", "status", "currency", "customer_id", "shipping_total"), None),
    **dict.fromkeys(("created_via", "payment_method"), None),
    **dict.fromkeys(("date_created_gmt", "date_modified_gmt", "date_paid_gmt"), None),
    "billing": ("first_name", "last_name", "email"),
    "line_items": _LINE,
    "fee_lines": ("id", "total"),
    "coupon_lines": ("code",),
    "meta_data": ("key", "value"),
    "refunds": ("id", "total"),
}
"""What we read of an order, field by field, and inside those that hold more. Addresses and the like stay there."""

_REFUND: Final[Mapping[str, Sequence[str] | None]] = {
    **dict.fromkeys(("id", "amount", "date_created_gmt"), None),
    "line_items": (*_LINE, "meta_data"),
    "shipping_lines": ("total", "total_tax"),
    "fee_lines": ("total", "total_tax"),
}
_PRODUCT: Final[Mapping[str, Sequence[str] | None]] = {
    "id": None,
    "categories": ("id", "slug"),
    "tags": ("id", "slug"),
}
_CUSTOMER: Final = dict.fromkeys(("id", "email", "first_name", "last_name", "role", "date_created_gmt", "meta_data"))
_REVIEW: Final = dict.fromkeys(("id", "product_id", "status", "reviewer_email", "rating", "date_created_gmt"))

_ORDERS, _TRASH, _REVIEWS = "orders", "trash", "reviews"
_PHASES: Final = (_ORDERS, _TRASH, _REVIEWS)
_FORM: Final = "%Y-%m-%dT%H:%M:%S"


def refetch(wanted: Refetch, client: Client) -> Iterator[Delivery]:
    """Ask for one thing as it is now; that it is not there is an answer too. Raises PlatformError."""
    try:
        yield _asked(wanted, client)
    except StoreRefused as error:
        if not error.unknown_thing:
            raise
        if error.date is None:
            raise PlatformError("ANSWER_WITHOUT_DATE") from None
        thing_ = Thing.ORDER if wanted.thing is Thing.GOODS else wanted.thing
        gone = {"thing": thing_.value, "id": wanted.id, "at": error.date.strftime(_FORM)}
        yield _delivery(topics.FETCHED_GONE, gone)


def _asked(wanted: Refetch, client: Client) -> Delivery:
    match wanted.thing:
        case Thing.ORDER:
            return _delivery(topics.FETCHED_ORDER, _whole(wanted.id, client))
        case Thing.GOODS:
            whole = _whole(wanted.id, client)
            return _delivery(topics.FETCHED_ORDER, {**whole, "products": _products(whole["order"], client)})
        case Thing.CUSTOMER:
            customer = thing(client.get(f"customers/{wanted.id}", {"_fields": ",".join(_CUSTOMER)}))
            return _delivery("customer.updated", _customer_essence(customer))
        case Thing.REVIEW:
            review = thing(client.get(f"products/reviews/{wanted.id}", {"_fields": ",".join(_REVIEW)}))
            return _delivery(topics.FETCHED_REVIEW, _essence(review, _REVIEW))
        case Thing.EVENT:
            raise PlatformError("NOTHING_TO_ASK", permanent=True)
        case _:
            assert_never(wanted.thing)


def _whole(order_id: str, client: Client) -> dict[str, object]:
    """Return an order with its refunds line by line."""
    order = thing(client.get(f"orders/{order_id}", {"_fields": ",".join(_ORDER)}))
    refunds = list(client.pages(f"orders/{order_id}/refunds")) if order.get("refunds") else []
    return {"order": _order_essence(order), "refunds": [_essence(refund, _REFUND) for refund in refunds]}


def _products(order: object, client: Client) -> list[object]:
    """Return how the catalogue files an order's products; those that are gone are left out."""
    try:
        lines = items(mapping(order, "order").get("line_items"), "line_items")
        named = {optional_identifier(line.get("product_id"), "product_id") for line in lines}
    except UnreadableError:
        raise PlatformError("ANSWER_UNEXPECTED") from None
    ids = sorted(each for each in named if each)
    found: list[object] = []
    for start in range(0, len(ids), PAGE_SIZE):
        some = ids[start : start + PAGE_SIZE]
        asked = {"include": ",".join(some), "per_page": str(PAGE_SIZE), "_fields": ",".join(_PRODUCT)}
        found += [_essence(product, _PRODUCT) for product in listed(client.get("products", asked))]
    return found


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a poll stands: which list, changed after when, which page of that."""

    phase: str
    after: datetime
    page: int = 1

    @classmethod
    def read(cls, cursor: str) -> Self:
        phase, _, rest = cursor.partition("|")
        after, _, page = rest.partition("|")
        if phase not in _PHASES or not page.isascii() or not page.isdigit():
            raise PlatformError("CURSOR_UNKNOWN", permanent=True)
        try:
            return cls(phase, instant(after, "cursor"), int(page))
        except UnreadableError:
            raise PlatformError("CURSOR_UNKNOWN", permanent=True) from None

    def __str__(self) -> str:
        return f"{self.phase}|{self.after.astimezone(UTC):{_FORM}}|{self.page}"


def changes(since: datetime, cursor: str | None, client: Client) -> Changes:
    """Return one page of what changed since: orders, then trashed ones (``any`` leaves them out), then new reviews.

    Lists move while they are read: an order that changes goes to the end, and all behind its old place moves up. So the
    next page of orders is asked for by the last instant seen, not by number; only a page that is all one second is
    counted on. What comes twice for it is the same delivery. Raises PlatformError.
    """
    place = _Cursor.read(cursor) if cursor is not None else _Cursor(_ORDERS, since)
    found = _page(place, client)
    deliveries = [_told(place.phase, item) for item in found]
    following = _following(place, found, since)
    return Changes(deliveries, str(following) if following else None)


def _page(place: _Cursor, client: Client) -> Sequence[_Thing]:
    after = format(place.after.astimezone(UTC), _FORM)
    paging = {"per_page": str(PAGE_SIZE), "page": str(place.page), "dates_are_gmt": "true", "order": "asc"}
    if place.phase == _REVIEWS:
        # Reviews know no change, only when they were written; the plugin tells the rest.
        asked = {"after": f"{after}Z", "status": "all", "orderby": "date_gmt", "_fields": ",".join(_REVIEW)}
        return listed(client.get("products/reviews", paging | asked))
    asked = {"modified_after": after, "orderby": "modified", "_fields": ",".join(_ORDER)}
    status = {"status": "trash"} if place.phase == _TRASH else {}
    return listed(client.get("orders", paging | asked | status))


def _following(place: _Cursor, found: Sequence[_Thing], since: datetime) -> _Cursor | None:
    """Return where to go on, None after the last list."""
    if len(found) < PAGE_SIZE:
        later = _PHASES[_PHASES.index(place.phase) + 1 :]
        return _Cursor(later[0], since) if later else None
    last = _last_change(found[-1]) if place.phase != _REVIEWS else None
    after = last - timedelta(seconds=1) if last else place.after
    return replace(place, after=after, page=1) if after > place.after else replace(place, page=place.page + 1)


def _last_change(order: _Thing) -> datetime | None:
    try:
        return optional_instant(order.get("date_modified_gmt"), "date_modified_gmt")
    except UnreadableError:
        return None


def _told(phase: str, item: _Thing) -> Delivery:
    if phase == _REVIEWS:
        return _delivery(topics.FETCHED_REVIEW, _essence(item, _REVIEW))
    return _delivery("order.updated", _order_essence(item))


def _delivery(topic: str, value: object) -> Delivery:
    """Return a delivery whose body, and so its key, is the same whenever the thing is."""
    body = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str).encode()
    return Delivery(topic=topic, key=sha256(body).hexdigest(), body=body)


def _essence(whole: _Thing, fields: Mapping[str, Sequence[str] | None]) -> dict[str, object]:
    """Return of a thing what we read of it. What is not as it should be is left for ``translate`` to refuse."""
    return {field: _inner(whole[field], inside) for field, inside in fields.items() if field in whole}


def _order_essence(order: _Thing) -> dict[str, object]:
    """Return of an order what we read of it; of what plugins hung on it, whether it renews a subscription."""
    kept = _essence(order, _ORDER)
    meta = kept.get("meta_data")
    if isinstance(meta, list):
        kept["meta_data"] = [each for each in meta if isinstance(each, dict) and each.get("key") == RENEWS]
    return kept


def _customer_essence(customer: _Thing) -> dict[str, object]:
    """Return of a customer what we read of it; of what plugins hung on it, the shop's tags alone."""
    kept = _essence(customer, _CUSTOMER)
    kept.pop("meta_data", None)
    tagged = tagging(customer)
    return kept | ({"meta_data": tagged} if tagged else {})


def _inner(value: object, inside: Sequence[str] | None) -> object:
    if inside is None or not isinstance(value, (dict, list)):
        return value
    try:
        parts = items(value, "part") if isinstance(value, list) else [mapping(value, "part")]
    except UnreadableError:
        return value
    kept = [{name: part[name] for name in inside if name in part} for part in parts]
    return kept if isinstance(value, list) else kept[0]

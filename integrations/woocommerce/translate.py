"""Turns what WooCommerce delivers into facts: pure, and every refusal is a value."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from app.loyalty.facts import Customer, Gone, Review, SignUp, Thing
from integrations.places import first_place
from integrations.platform import Ignored, Malformed, Refetch, ShopProfile, Translation
from integrations.reading import (
    UnreadableError,
    email,
    identifier,
    instant,
    items,
    mapping,
    optional_identifier,
    optional_instant,
    parse,
    text,
    word,
)
from integrations.woocommerce import topics
from integrations.woocommerce.customers import written_on
from integrations.woocommerce.orders import IGNORED_STATUSES, names_refunds, order_fact

_STARS = 5


def translate(topic: str, body: bytes, _shop: ShopProfile) -> Translation:
    """Return the facts in ``body``. Never raises for what a body may contain."""
    reader = _READERS.get(topic)
    if reader is None:
        return Ignored("TOPIC_NOT_USED")
    try:
        delivered = mapping(parse(body), "body")
        if _is_error(delivered):
            return Ignored("DELETED_BEFORE_DELIVERY")
        return reader(delivered)
    except UnreadableError as error:
        return Malformed(str(error))


def _is_error(body: Mapping[str, object]) -> bool:
    """Whether the store signed an error instead of the thing: it was deleted between the event and its delivery."""
    return "id" not in body and isinstance(body.get("code"), str) and "message" in body


def _order(body: Mapping[str, object]) -> Translation:
    _expect(body, "line_items", "billing")
    if word(body.get("status"), "status") in IGNORED_STATUSES:
        return Ignored("NOT_ORDERED_YET")
    if names_refunds(body):
        # The order tells how much went back, not for what: the shop is asked.
        return Refetch(Thing.ORDER, identifier(body.get("id"), "id"))
    return (order_fact(body, ()),)


def _fetched_order(body: Mapping[str, object]) -> Translation:
    order = mapping(body.get("order"), "order")
    _expect(order, "line_items", "billing")
    if word(order.get("status"), "status") in IGNORED_STATUSES:
        return Ignored("NOT_ORDERED_YET")
    products = items(body["products"], "products") if "products" in body else None
    return (order_fact(order, items(body.get("refunds"), "refunds"), products),)


def _deleted(thing: Thing) -> Callable[[Mapping[str, object]], Translation]:
    def read(body: Mapping[str, object]) -> Translation:
        return Refetch(thing, identifier(body.get("id"), "id"))

    return read


def _gone(body: Mapping[str, object]) -> Translation:
    thing = word(body.get("thing"), "thing")
    if thing not in set(Thing):
        raise UnreadableError("thing is unknown")
    return (Gone(Thing(thing), identifier(body.get("id"), "id"), instant(body.get("at"), "at")),)


def _customer(body: Mapping[str, object]) -> Translation:
    _expect(body, "role", "email")
    name = " ".join(filter(None, (text(body.get("first_name")), text(body.get("last_name"))))) or None
    customer = Customer(
        id=identifier(body.get("id"), "id"),
        email=email(body.get("email")),
        name=name,
        place=first_place(body, "shipping", "billing"),
        tags=written_on(body),
    )
    return (SignUp(customer, instant(body.get("date_created_gmt"), "date_created_gmt")),)


def _bridged_review(*, approved: bool) -> Callable[[Mapping[str, object]], Translation]:
    """Read what the plugin fired. ``changed_gmt`` is when: the review's version."""

    def read(body: Mapping[str, object]) -> Translation:
        arg = mapping(body.get("arg"), "arg")
        customer = Customer(
            id=optional_identifier(arg.get("customer_id"), "arg.customer_id"), email=email(arg.get("email"))
        )
        if customer.id is None and customer.email is None:
            return Ignored("NOBODY_NAMED")
        at = instant(arg.get("date_gmt"), "arg.date_gmt")
        review = Review(
            id=identifier(arg.get("id"), "arg.id"),
            customer=customer,
            product=identifier(arg.get("product_id"), "arg.product_id"),
            at=at,
            updated_at=optional_instant(arg.get("changed_gmt"), "arg.changed_gmt") or at,
            approved=approved,
            rating=_rating(arg.get("rating")),
        )
        return (review,)

    return read


def _fetched_review(body: Mapping[str, object]) -> Translation:
    """Read a polled review. It has no version and no account, so it yields to whatever the plugin said of it."""
    address = email(body.get("reviewer_email"))
    if address is None:
        return Ignored("NOBODY_NAMED")
    at = instant(body.get("date_created_gmt"), "date_created_gmt")
    review = Review(
        id=identifier(body.get("id"), "id"),
        customer=Customer(id=None, email=address),
        product=identifier(body.get("product_id"), "product_id"),
        at=at,
        updated_at=at - timedelta(seconds=1),
        approved=body.get("status") == "approved",
        rating=_rating(body.get("rating")),
    )
    return (review,)


def _rating(value: object) -> int | None:
    """Return one to five stars, None for anything else: a review may have none."""
    try:
        stars = int(str(value))
    except ValueError:
        return None
    return stars if 1 <= stars <= _STARS else None


def _expect(body: Mapping[str, object], *fields: str) -> None:
    """Refuse a body of another kind than its topic says: the topic is a header, which the signature does not cover."""
    for field in fields:
        if field not in body:
            raise UnreadableError(f"{field} is missing")


_READERS: Mapping[str, Callable[[Mapping[str, object]], Translation]] = {
    "order.created": _order,
    "order.updated": _order,
    "order.restored": _order,
    "customer.created": _customer,
    "customer.updated": _customer,
    **{topic: _deleted(thing) for topic, thing in topics.DELETED.items()},
    topics.REVIEW_APPROVED: _bridged_review(approved=True),
    topics.REVIEW_WITHDRAWN: _bridged_review(approved=False),
    topics.FETCHED_ORDER: _fetched_order,
    topics.FETCHED_REVIEW: _fetched_review,
    topics.FETCHED_GONE: _gone,
}

"""From what Shopify sends, and from what we fetch of it, to facts: one table of topics, nothing raised for any body."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from app.loyalty.facts import (
    Customer,
    Duty,
    Event,
    Gone,
    Merger,
    Permitted,
    PrivacyRequest,
    SignUp,
    Thing,
    Uninstalled,
)
from integrations.places import first_place
from integrations.platform import ANOTHER_SHOP, Ignored, Malformed, Refetch, ShopProfile, Translation
from integrations.reading import UnreadableError, email, instant, mapping, parse, tags, word
from integrations.shopify.amounts import number, optional_number
from integrations.shopify.orders import read_customer, read_order

OWN: Final = "kizuna/"
"""Topics of what we fetched ourselves begin so; no webhook may."""
ORDER: Final = "kizuna/order"
CUSTOMER: Final = "kizuna/customer"
GONE: Final = "kizuna/gone"
NEWSLETTER: Final = "newsletter"
"""The event that a customer's consent to the shop's e-mails is."""

Body = Mapping[str, object]


def translate(topic: str, body: bytes, shop: ShopProfile) -> Translation:
    """Return what ``body`` says under ``topic``. The reasons name fields, never what stands in them."""
    if topic in _UNREAD:
        return Ignored(_UNREAD[topic])
    read = _TOPICS.get(topic)
    if read is None:
        return Ignored("nothing depends on this topic")
    try:
        return read(mapping(parse(body), "the body"), shop)
    except UnreadableError as error:
        return Malformed(str(error))


def _order(body: Body, shop: ShopProfile) -> Translation:
    return (read_order(body, shop),)


def _order_edit(body: Body, _: ShopProfile) -> Translation:
    """An edit names its order and the pieces that came and went, not the order."""
    return Refetch(Thing.ORDER, number(mapping(body.get("order_edit"), "order_edit").get("order_id"), "order_id"))


def _refund(body: Body, _: ShopProfile) -> Translation:
    """A refund alone does not tell what the order was."""
    return Refetch(Thing.ORDER, number(body.get("order_id"), "order_id"))


def _customer_gone(body: Body, _: ShopProfile) -> Translation:
    """A deletion has no time of its own: Shopify is asked, and when it no longer knows, that is the time."""
    return Refetch(Thing.CUSTOMER, number(body.get("id"), "id"))


def _customer(body: Body, _: ShopProfile) -> Translation:
    """A customer has an account from the first sign-in on, which sends ``customers/update`` with the state ``enabled``.

    (Since October 2026 for both kinds of Shopify's customer accounts:
    https://shopify.dev/changelog/first-sign-ins-to-new-customer-accounts-now-set-customer-state-and-send-customers-enable)
    Any other customer is an address somebody typed, at the checkout or in the admin. The sign-up is dated
    ``created_at``, which all later changes tell alike, so that it stays where it was.
    """
    if str(body.get("state")).lower() != "enabled":
        return Ignored("a customer without an account")
    at = instant(body.get("created_at"), "created_at")
    customer = replace(
        read_customer(body, body.get("locale")),
        place=first_place(body, "default_address"),
        # Webhooks of a customer leave them out, or hold an empty text; GraphQL has the list.
        tags=tags(body["tags"]) if isinstance(body.get("tags"), list) else None,
    )
    proved = customer.email is not None and body.get("verified_email") is True
    return (SignUp(customer=customer, at=at, proved=proved),)


def _tagged(body: Body, _: ShopProfile) -> Translation:
    """Tags came or went: since 2025-01 a customer's webhook leaves them out, so the shop is asked which there are now.

    https://shopify.dev/changelog/new-customer-s-webhook-and-changes-to-existing-customer-s-webhooks-payload
    """
    return Refetch(Thing.CUSTOMER, number(body.get("customerId"), "customerId"))


def _merger(body: Body, _: ShopProfile) -> Translation:
    """Two records of a customer were made one; only where it succeeded (a merge can fail, or still be going on)."""
    if str(body.get("status")).lower() != "completed":
        return Ignored("the customers were not merged")
    kept = number(body.get("admin_graphql_api_customer_kept_id"), "customer_kept_id")
    return (Merger(kept, number(body.get("admin_graphql_api_customer_deleted_id"), "customer_deleted_id")),)


def _consent(body: Body, _: ShopProfile) -> Translation:
    """A customer wants the shop's e-mails: something done once. Whoever takes that back keeps what it earned."""
    consent = mapping(body.get("email_marketing_consent"), "email_marketing_consent")
    if str(consent.get("state")).lower() != "subscribed":
        return Ignored("no consent to e-mail")
    customer = Customer(number(body.get("customer_id"), "customer_id"))
    at = instant(consent.get("consent_updated_at"), "consent_updated_at")
    return (Event(f"{NEWSLETTER}:{customer.id}", customer, NEWSLETTER, at),)


def _gone(body: Body, _: ShopProfile) -> Translation:
    try:
        thing = Thing(str(body.get("thing")))
    except ValueError:
        raise UnreadableError("thing is no thing") from None
    return (Gone(thing, number(body.get("id"), "id"), instant(body.get("at"), "at")),)


def _uninstalled(body: Body, shop: ShopProfile) -> Translation:
    """The body is the shop itself, as it was left; it has no time of the leaving."""
    _is_of(body.get("myshopify_domain"), shop)
    return (Uninstalled(),)


def _permitted(body: Body, _: ShopProfile) -> Translation:
    """The owner allowed more or less. Messages may overtake each other: every new token says it again."""
    scopes = body.get("current")
    if not isinstance(scopes, list):
        raise UnreadableError("current is no list")
    return (Permitted(tuple(sorted({word(scope, "current[]") for scope in scopes}))),)


def _privacy(duty: Duty) -> Callable[[Body, ShopProfile], Translation]:
    def read(body: Body, shop: ShopProfile) -> Translation:
        _is_of(body.get("shop_domain"), shop)
        if duty is Duty.SHOP_ERASE:
            return (PrivacyRequest(duty),)
        person = mapping(body.get("customer"), "customer")
        id_, address = optional_number(person.get("id"), "customer.id"), email(person.get("email"))
        if id_ is None and address is None:
            raise UnreadableError("customer names nobody")
        return (PrivacyRequest(duty, Customer(id=id_, email=address)),)

    return read


def _is_of(domain: object, shop: ShopProfile) -> None:
    """The header that names the shop is not signed, the body is."""
    if domain != shop.domain:
        raise UnreadableError(ANOTHER_SHOP)


_TOPICS: Final[Mapping[str, Callable[[Body, ShopProfile], Translation]]] = {
    "orders/create": _order,
    "orders/paid": _order,
    "orders/updated": _order,
    "orders/cancelled": _order,
    "orders/edited": _order_edit,
    "refunds/create": _refund,
    "customers/create": _customer,
    "customers/update": _customer,
    "customers/delete": _customer_gone,
    "customers/merge": _merger,
    "customer.tags_added": _tagged,
    "customer.tags_removed": _tagged,
    "customers_email_marketing_consent/update": _consent,
    "app/uninstalled": _uninstalled,
    "app/scopes_update": _permitted,
    "customers/data_request": _privacy(Duty.CUSTOMER_DATA),
    "customers/redact": _privacy(Duty.CUSTOMER_ERASE),
    "shop/redact": _privacy(Duty.SHOP_ERASE),
    ORDER: _order,
    CUSTOMER: _customer,
    GONE: _gone,
}
_UNREAD: Final = {
    "bulk_operations/finish": "no bulk operation was started",
}
HANDLED: Final = frozenset({*_TOPICS, *_UNREAD})
"""Every topic that is known, if only to be left alone; tests hold ``shopify.app.toml`` and the docs against it."""

"""Carries out effects as coupons. The code is the idempotency key: a store takes each code once."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, assert_never

from app.loyalty.effects import DisableDiscount, DiscountKind, Effect, GrantCredit, IssueDiscount, SyncMember
from app.loyalty.facts import Customer
from app.loyalty.money import to_major
from integrations.platform import Performed, PlatformError, ReauthorizeError
from integrations.reading import UnreadableError, email, identifier, items
from integrations.woocommerce.client import Client, StoreRefused, listed, thing

REFERENCE: Final = "_kizuna_reference"
"""The coupon's meta that says which redemption it belongs to."""

_TAKEN: Final = "woocommerce_rest_coupon_code_already_exists"
_SHARES: Final = frozenset({DiscountKind.PERCENTAGE, DiscountKind.FREE_PRODUCT})
_BASIS_POINTS: Final = Decimal(100)

_Coupon = Mapping[str, object]


def perform(effect: Effect, client: Client) -> Performed:
    """Carry out one effect; doing it again does it once. Raises PlatformError."""
    match effect:
        case IssueDiscount():
            return _issue(effect, client)
        case DisableDiscount():
            return _disable(effect, client)
        case GrantCredit():
            # WooCommerce itself keeps no money for a customer; the capability says so before anybody asks.
            raise PlatformError("NO_CREDIT_HERE", permanent=True)
        case SyncMember():
            # Nothing to show at the store: WooCommerce has no tags, the widget asks us, and writing to a customer would
            # make the store send us that customer again, each time.
            return Performed()
        case _:
            assert_never(effect)


def _issue(effect: IssueDiscount, client: Client) -> Performed:
    """Make the coupon, or adopt it where an earlier try made it. A coupon that is not as wished is deleted again."""
    wished = _wished(effect, _restriction(effect.customer, client))
    try:
        coupon = thing(client.post("coupons", wished))
    except ReauthorizeError:
        raise
    except PlatformError as error:
        taken = isinstance(error, StoreRefused) and error.store_code == _TAKEN
        if error.code == "UNREACHABLE" or (error.permanent and not taken):
            raise
        found = _find(client, effect.code)
        if found is None:
            raise PlatformError("COUPON_UNKNOWN") if taken else error from None
        if not _is_ours(found, effect.reference):
            raise PlatformError("CODE_TAKEN", permanent=True) from None
        coupon = found
    number = _number(coupon)
    if not _agrees(coupon, wished):
        client.delete(f"coupons/{number}")
        raise PlatformError("COUPON_NOT_AS_WISHED", permanent=True)
    return Performed(number)


def _disable(effect: DisableDiscount, client: Client) -> Performed:
    """Delete the coupon for good: a trashed one could come back, and a cancelled order revives a used one."""
    number = effect.external_id
    if number is None:
        found = _find(client, effect.code)
        if found is None or not _is_ours(found, effect.reference):
            return Performed()
        number = _number(found)
    try:
        client.delete(f"coupons/{number}")
    except StoreRefused as error:
        if not error.unknown_thing:
            raise
    return Performed(number)


def _wished(effect: IssueDiscount, addresses: Sequence[str]) -> dict[str, object]:
    """Return the coupon to be made. A coupon has no day it starts on: it is good at once.

    Its end is ``date_expires`` with a Z: without one it would be local time; ``date_expires_gmt`` is not listened to.
    """
    ends_at = effect.ends_at.astimezone(UTC).replace(microsecond=0) if effect.ends_at else None
    return {
        **_one_piece(effect),
        "code": effect.code.lower(),
        "description": effect.title,
        "discount_type": "percent" if effect.kind in _SHARES else "fixed_cart",
        "amount": _amount(effect),
        "free_shipping": effect.kind is DiscountKind.FREE_SHIPPING,
        "individual_use": not effect.beside,  # a coupon there knows no classes: alone, or beside any other
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "email_restrictions": list(addresses),
        "minimum_amount": str(to_major(effect.minimum_minor, effect.currency)),
        "date_expires": ends_at.strftime("%Y-%m-%dT%H:%M:%SZ") if ends_at else None,
        "meta_data": [{"key": REFERENCE, "value": effect.reference}],
    }


def _one_piece(effect: IssueDiscount) -> dict[str, object]:
    """Return what limits a coupon to one piece of one product (a variation has an id like a product's)."""
    if effect.kind is not DiscountKind.FREE_PRODUCT:
        return {}
    id_ = effect.variant or effect.product or ""
    if not id_.isdecimal():
        raise PlatformError("PRODUCT_UNKNOWN", permanent=True)
    return {"product_ids": [int(id_)], "limit_usage_to_x_items": 1}


def _amount(effect: IssueDiscount) -> str:
    match effect.kind:
        case DiscountKind.AMOUNT_OFF:
            return str(to_major(effect.value, effect.currency))
        case DiscountKind.PERCENTAGE:
            return str(Decimal(effect.value) / _BASIS_POINTS)
        case DiscountKind.FREE_PRODUCT:
            return "100"
        case DiscountKind.FREE_SHIPPING:
            return "0"
        case _:
            assert_never(effect.kind)


def _restriction(customer: Customer | None, client: Client) -> tuple[str, ...]:
    """Return the address the coupon is bound to: the account's, asked for where it is not known; nobody's for anybody.

    It keeps a code from being passed on by accident and proves nothing: an address is typed freely at the checkout.
    What protects a code is that nobody can guess it.
    """
    if customer is None:
        return ()
    address = customer.email
    if address is None and customer.id is not None:
        address = email(thing(client.get(f"customers/{customer.id}")).get("email"))
    return (address.lower(),) if address else ()


def _find(client: Client, code: str) -> _Coupon | None:
    """Return the coupon of a code, None if there is none. Raises PlatformError."""
    found = listed(client.get("coupons", {"code": code.lower()}))
    return next((coupon for coupon in found if str(coupon.get("code")).lower() == code.lower()), None)


def _is_ours(coupon: _Coupon, reference: str) -> bool:
    try:
        metas = items(coupon.get("meta_data"), "meta_data")
    except UnreadableError:
        return False
    return any(meta.get("key") == REFERENCE and meta.get("value") == reference for meta in metas)


def _agrees(coupon: _Coupon, wished: Mapping[str, object]) -> bool:
    """Whether the store made what was wished. It drops addresses and amounts it cannot read without saying so."""
    same = ["discount_type", "free_shipping", "individual_use", "usage_limit", "usage_limit_per_user"]
    same += [field for field in ("product_ids", "limit_usage_to_x_items") if field in wished]
    addresses = coupon.get("email_restrictions")
    expires = str(wished["date_expires"]).rstrip("Z") if wished["date_expires"] else None
    return (
        all(coupon.get(field) == wished[field] for field in same)
        and isinstance(addresses, list)
        and [str(address).lower() for address in addresses] == wished["email_restrictions"]
        and all(_same_amount(coupon.get(field), str(wished[field])) for field in ("amount", "minimum_amount"))
        and (coupon.get("date_expires_gmt") or None) == expires
    )


def _same_amount(made: object, wished: str) -> bool:
    """Compare as finely as the store shows it, which may be with fewer decimals than it was given."""
    try:
        shown, meant = Decimal(str(made)), Decimal(wished)
        return shown == meant or (
            shown > 0 and meant.quantize(Decimal(1).scaleb(int(shown.as_tuple().exponent)), ROUND_HALF_UP) == shown
        )
    except (InvalidOperation, ValueError):
        return False


def _number(coupon: _Coupon) -> str:
    try:
        return identifier(coupon.get("id"), "id")
    except UnreadableError:
        raise PlatformError("ANSWER_UNEXPECTED") from None

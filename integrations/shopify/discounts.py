"""Discount codes: made once whatever happens on the way, recognised as ours, made unusable again.

Shopify has no idempotency key for them, but a code exists once in a shop. So a code that is ``TAKEN``, or whose
creation was not answered, is looked up: it is ours when its title ends with our reference. What we make carries it
there, because a title is written and read with the discount itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from app.loyalty.effects import Beside, DisableDiscount, DiscountKind, IssueDiscount
from app.loyalty.money import to_major
from integrations.platform import Credentials, Performed, PlatformError
from integrations.reading import UnreadableError, items, mapping
from integrations.shopify.amounts import gid
from integrations.shopify.client import DOUBTFUL, Admin, UserError
from integrations.shopify.documents import (
    CREATE_DISCOUNT,
    CREATE_FREE_SHIPPING,
    DEACTIVATE_DISCOUNT,
    DISCOUNT_BY_CODE,
)

_TITLE_MAX: Final = 255
_WHOLE: Final = 10_000  # basis points
_NEAR: Final = Decimal("0.000001")
_SUMS: Final = frozenset({DiscountKind.AMOUNT_OFF, DiscountKind.FREE_PRODUCT})

_USUALLY_BESIDE: Final[Mapping[DiscountKind, tuple[Beside, ...]]] = {
    DiscountKind.AMOUNT_OFF: (Beside.SHIPPING,),
    DiscountKind.PERCENTAGE: (Beside.SHIPPING,),
    DiscountKind.FREE_SHIPPING: (Beside.ORDER, Beside.PRODUCT),
    DiscountKind.FREE_PRODUCT: (Beside.ORDER, Beside.SHIPPING),
}
"""What the shop's other discounts may be, beside a code whose reward does not say."""

CLOCKS_APART: Final = timedelta(minutes=1)
"""How far a shop's clock may be behind ours: a code works the moment it is shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """A discount that has the code: its id, title, state, what it takes off (share or amount) and for whom."""

    id: str
    title: str
    status: str
    kind: DiscountKind | None
    value: Decimal
    customers: tuple[str, ...] | None

    def carries(self, reference: str) -> bool:
        """Tell whether we made it, for ``reference``."""
        return self.title.endswith(_mark(reference))

    def gives(self, effect: IssueDiscount) -> bool:
        """Tell whether it gives what was wished, to whom it was wished."""
        wanted = (
            None if effect.customer is None or effect.customer.id is None else (gid("Customer", effect.customer.id),)
        )
        kind = DiscountKind.AMOUNT_OFF if effect.kind is DiscountKind.FREE_PRODUCT else effect.kind
        return self.kind is kind and abs(self.value - _value(effect)) < _NEAR and self.customers == wanted


def issue(effect: IssueDiscount, admin: Admin, credentials: Credentials) -> Performed:
    """Make the code, or adopt it if it was made before. Raises PlatformError.

    ``CODE_TAKEN``: the code is somebody else's. ``CODE_DIFFERS``: it is ours, but gives something else.
    """
    document = CREATE_FREE_SHIPPING if effect.kind is DiscountKind.FREE_SHIPPING else CREATE_DISCOUNT
    try:
        made = admin.write(credentials, document, discount=discount_input(effect))
        return Performed(_made_id(made))
    except PlatformError as error:
        if error.code not in {"TAKEN", *DOUBTFUL}:
            raise
        found = find(effect.code, admin, credentials)
        if found is None:
            if isinstance(error, UserError):  # taken, but not to be seen yet
                raise PlatformError("CODE_UNSEEN") from None
            raise
    if not found.carries(effect.reference):
        raise PlatformError("CODE_TAKEN", permanent=True)
    if not found.gives(effect):
        raise PlatformError("CODE_DIFFERS", permanent=True)
    return Performed(found.id)


def disable(effect: DisableDiscount, admin: Admin, credentials: Credentials) -> Performed:
    """Make the code unusable; also done where there is none, or none of ours. Raises PlatformError."""
    if effect.external_id is not None:
        try:
            admin.write(credentials, DEACTIVATE_DISCOUNT, id=effect.external_id)
            return Performed(effect.external_id)
        except UserError:
            pass  # removed or ended by the merchant, perhaps: the look-up tells
    found = find(effect.code, admin, credentials)
    if found is None or not found.carries(effect.reference) or found.status == "EXPIRED":
        return Performed(effect.external_id)
    admin.write(credentials, DEACTIVATE_DISCOUNT, id=found.id)
    return Performed(found.id)


def find(code: str, admin: Admin, credentials: Credentials) -> Found | None:
    """Look a code up, in any case of its letters. Raises PlatformError."""
    try:
        node = admin.read(credentials, DISCOUNT_BY_CODE, code=code).data.get("codeDiscountNodeByCode")
        return None if node is None else _found(mapping(node, "node"))
    except UnreadableError:
        raise PlatformError("BAD_ANSWER") from None


def discount_input(effect: IssueDiscount) -> dict[str, object]:
    """Return the variables of a creation: personal, single-use, and combined as the reward says.

    Unless it says so, goods are discounted as an order discount, once, beside the shop's shipping discounts only; free
    shipping goes beside any discount of goods. Everyone may use a code without a customer, still once.
    """
    shipping = effect.kind is DiscountKind.FREE_SHIPPING
    beside = _USUALLY_BESIDE[effect.kind] if effect.beside is None else effect.beside
    given: dict[str, object] = {
        "title": _title(effect),
        "code": effect.code,
        "startsAt": _iso(effect.starts_at - CLOCKS_APART),
        "endsAt": None if effect.ends_at is None else _iso(effect.ends_at),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
        "combinesWith": {f"{each.value}Discounts": each in beside for each in Beside},
    }
    if effect.customer is not None and effect.customer.id is not None:
        given["context"] = {"customers": {"add": [gid("Customer", effect.customer.id)]}}
    if effect.minimum_minor > 0:
        least = _decimal(to_major(effect.minimum_minor, effect.currency))
        given["minimumRequirement"] = {"subtotal": {"greaterThanOrEqualToSubtotal": least}}
    if shipping:
        return {**given, "destination": {"all": True}}
    if effect.kind is DiscountKind.PERCENTAGE:
        value: dict[str, object] = {"percentage": float(_value(effect))}  # a share, no money: the API's type is Float
    else:
        value = {"discountAmount": {"amount": _decimal(_value(effect)), "appliesOnEachItem": False}}
    return {**given, "customerGets": {"value": value, "items": _items(effect)}}


def _items(effect: IssueDiscount) -> dict[str, object]:
    """Return what goods are discounted: all, or the one product (or variant) that is given.

    A code of Shopify's cannot be limited to one piece. Its price taken off once, split over all pieces, is the same for
    one piece and no more for twenty.
    """
    if effect.variant is not None:
        return {"products": {"productVariantsToAdd": [gid("ProductVariant", effect.variant)]}}
    if effect.product is not None:
        return {"products": {"productsToAdd": [gid("Product", effect.product)]}}
    return {"all": True}


def _value(effect: IssueDiscount) -> Decimal:
    """Return a share (0 to 1), an amount in major units, or 0 for shipping."""
    if effect.kind is DiscountKind.PERCENTAGE:
        return Decimal(effect.value) / _WHOLE
    return to_major(effect.value, effect.currency) if effect.kind in _SUMS else Decimal(0)


def _mark(reference: str) -> str:
    return f" · {reference}"


def _title(effect: IssueDiscount) -> str:
    mark = _mark(effect.reference)
    return effect.title[: _TITLE_MAX - len(mark)] + mark


def _made_id(result: Mapping[str, object]) -> str:
    node = result.get("codeDiscountNode")
    id_ = node.get("id") if isinstance(node, dict) else None
    if not isinstance(id_, str):
        raise PlatformError("BAD_ANSWER")
    return id_


def _found(node: Mapping[str, object]) -> Found:
    discount = mapping(node.get("codeDiscount"), "codeDiscount")
    kind, value = _terms(discount)
    id_, title, status = node.get("id"), discount.get("title"), discount.get("status")
    if not isinstance(id_, str):
        raise UnreadableError("id is no word")
    return Found(
        id=id_,
        title=title if isinstance(title, str) else "",
        status=status if isinstance(status, str) else "",
        kind=kind,
        value=value,
        customers=_customers(discount.get("context")),
    )


def _terms(discount: Mapping[str, object]) -> tuple[DiscountKind | None, Decimal]:
    if discount.get("__typename") == "DiscountCodeFreeShipping":
        return DiscountKind.FREE_SHIPPING, Decimal(0)
    if discount.get("__typename") != "DiscountCodeBasic":
        return None, Decimal(0)
    value = mapping(mapping(discount.get("customerGets"), "customerGets").get("value"), "value")
    if value.get("__typename") == "DiscountPercentage":
        return DiscountKind.PERCENTAGE, _number(value.get("percentage"))
    if value.get("__typename") == "DiscountAmount":
        return DiscountKind.AMOUNT_OFF, _number(mapping(value.get("amount"), "amount").get("amount"))
    return None, Decimal(0)


def _customers(context: object) -> tuple[str, ...] | None:
    """Return the ids of the customers a discount is for; None where it is for all."""
    if not isinstance(context, dict) or context.get("__typename") != "DiscountCustomers":
        return None
    return tuple(str(each.get("id")) for each in items(context.get("customers"), "customers"))


def _number(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise UnreadableError("no number") from None


def _decimal(value: Decimal) -> str:
    return f"{value:f}"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

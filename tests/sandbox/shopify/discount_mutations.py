"""Discount codes that an app makes and ends by GraphQL; what does not fit is refused as userErrors, as documented."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.sandbox.money import minor_units
from tests.sandbox.records import CodeKind, DiscountCode
from tests.sandbox.shopify import nodes
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.mutations import Json, refused
from tests.sandbox.shopify.writing import number_of
from tests.sandbox.store import Kind

_LONGEST_CODE = 255
_CLASSES = {"order": "orderDiscounts", "product": "productDiscounts", "shipping": "shippingDiscounts"}


class DiscountMutations:
    """One app's discounts at one store. Whoever calls holds the store's lock, so that a code is made once."""

    def __init__(self, face: Shopify) -> None:
        """Serve one store."""
        self.store = face.store

    def create_basic(self, given: Mapping[str, Any]) -> Json:
        """Make an amount or a percentage off."""
        value = (given.get("customerGets") or {}).get("value") or {}
        amount = (value.get("discountAmount") or {}).get("amount")
        percentage = value.get("percentage")
        at = ("basicCodeDiscount",)
        errors = self._common_errors(given, "basicCodeDiscount")
        if (amount is None) == (percentage is None):
            errors.append(refused((*at, "customerGets", "value"), "INVALID", "Value must be one of the options"))
        elif percentage is not None and not 0 < percentage <= 1:
            errors.append(
                refused(
                    (*at, "customerGets", "value", "percentage"), "VALUE_OUTSIDE_RANGE", "Value must be within 0 and 1"
                )
            )
        if "items" not in (given.get("customerGets") or {}):
            errors.append(refused((*at, "customerGets", "items"), "BLANK", "Items can't be blank"))
        kind = CodeKind.AMOUNT if percentage is None else CodeKind.PERCENTAGE
        return self._create(
            given,
            errors,
            kind,
            amount=minor_units(amount, self.store.shop.currency) if amount is not None else 0,
            percent=Decimal(str(percentage or 0)),
        )

    def create_free_shipping(self, given: Mapping[str, Any]) -> Json:
        """Make free delivery."""
        errors = self._common_errors(given, "freeShippingCodeDiscount")
        if not given.get("destination"):
            errors.append(refused(("freeShippingCodeDiscount", "destination"), "BLANK", "Destination can't be blank"))
        return self._create(given, errors, CodeKind.FREE_SHIPPING, amount=0, percent=Decimal(0))

    def deactivate(self, global_id: str) -> Json:
        """End a discount now."""
        code = self.store.codes.get(number_of(global_id, "DiscountCodeNode") or 0)
        if code is None:
            return {"codeDiscountNode": None, "userErrors": [refused(("id",), "INVALID", "Discount does not exist.")]}
        with self.store.change() as change:
            code.enabled = False
            code.ends_at = min(code.ends_at or change.now, change.now)
            code.updated_at = change.now
            change.put(code)
            change.tell(Kind.CODE_UPDATED, code.id)
        return {"codeDiscountNode": nodes.discount_node(self.store, code), "userErrors": []}

    def _common_errors(self, given: Mapping[str, Any], at: str) -> list[Json]:
        name = str(given.get("code") or "")
        errors = [
            refused((at, field), "BLANK", f"{field.capitalize()} can't be blank")
            for field in ("title", "code", "startsAt", "context")
            if not given.get(field)
        ]
        if len(name) > _LONGEST_CODE:
            errors.append(refused((at, "code"), "TOO_LONG", "Code is too long (maximum is 255 characters)"))
        if name and self.store.code(name) is not None:
            errors.append(refused((at, "code"), "TAKEN", "Code must be unique. Please try a different code."))
        context = given.get("context") or {}
        if context and len([value for value in context.values() if value]) != 1:
            errors.append(refused((at, "context"), "INVALID", "Context must be exactly one of the options"))
        owners = (context.get("customers") or {}).get("add") or []
        strangers = [o for o in owners if (number_of(o, "Customer") or 0) not in self.store.customers]
        field = (at, "context", "customers")
        return errors + [refused(field, "INVALID", f"Customer {one} does not exist") for one in strangers]

    def _create(
        self, given: Mapping[str, Any], errors: list[Json], kind: CodeKind, *, amount: int, percent: Decimal
    ) -> Json:
        if errors:
            return {"codeDiscountNode": None, "userErrors": errors}
        combines = given.get("combinesWith") or {}
        least = ((given.get("minimumRequirement") or {}).get("subtotal") or {}).get("greaterThanOrEqualToSubtotal")
        owners = (given["context"].get("customers") or {}).get("add") or []
        with self.store.change() as change:
            code = DiscountCode(
                id=change.next_id("code"),
                code=given["code"],
                kind=kind,
                created_at=change.now,
                updated_at=change.now,
                amount=amount,
                percent=percent,
                title=given["title"],
                starts_at=_instant(given["startsAt"]),
                ends_at=_instant(given.get("endsAt")),
                usage_limit=given.get("usageLimit"),
                limit_per_customer=1 if given.get("appliesOncePerCustomer") else None,
                customer_ids=[number_of(owner, "Customer") or 0 for owner in owners],
                minimum=minor_units(least, self.store.shop.currency) if least is not None else 0,
                goods=_goods((given.get("customerGets") or {}).get("items") or {}),
                combines=[name for name, field in _CLASSES.items() if combines.get(field)],
            )
            change.put(code)
            change.tell(Kind.CODE_CREATED, code.id)
        return {"codeDiscountNode": nodes.discount_node(self.store, code), "userErrors": []}


def _goods(items: Mapping[str, Any]) -> list[int]:
    """Return the ids of the products and variants a discount is for; none where it is for all."""
    chosen = items.get("products") or {}
    products = [number_of(one, "Product") or 0 for one in chosen.get("productsToAdd") or ()]
    return products + [number_of(one, "ProductVariant") or 0 for one in chosen.get("productVariantsToAdd") or ()]


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None

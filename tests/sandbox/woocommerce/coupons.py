"""wc/v3 coupons: made, looked up by code, changed and deleted, with the traps a real store has."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from flask import Blueprint, Response, request

from tests.sandbox.money import minor_units
from tests.sandbox.records import CodeKind, DiscountCode, Meta
from tests.sandbox.store import Change, Kind
from tests.sandbox.woocommerce import goods
from tests.sandbox.woocommerce.face import Woo
from tests.sandbox.woocommerce.replies import (
    RestError,
    blueprint,
    invalid,
    missing,
    moment,
    page,
    payload,
    reply,
)
from tests.sandbox.woocommerce.writing import Json

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KINDS = ("percent", "fixed_cart", "fixed_product")


class CouponsApi:
    """Coupons."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo
        self.store = woo.store

    def blueprint(self) -> Blueprint:
        """The routes."""
        return blueprint(
            "coupons",
            "/coupons",
            self.woo.keys,
            self.woo.shop,
            [
                ("GET", "", self.index),
                ("POST", "", self.create),
                ("GET", "/<int:code_id>", self.get),
                ("PUT POST PATCH", "/<int:code_id>", self.update),
                ("DELETE", "/<int:code_id>", self.delete),
            ],
        )

    def index(self) -> Response:
        """Coupons, newest first; by code without regard to case."""
        name = request.args.get("code")
        with self.store.lock:
            live = [code for code in self.store.codes.values() if code.enabled]
            found = [code for code in live if name is None or code.code.lower() == name.lower()]
            found.sort(key=lambda code: (code.created_at, code.id), reverse=True)
            return page(found, lambda code: goods.coupon_body(self.store, code))

    def create(self) -> Response:
        """Make a coupon; of several at once with one code, one is made."""
        given = payload()
        name = str(given.get("code") or "").strip().lower()
        if not name:
            raise missing("code")
        with self.store.change() as change:
            taken = self.store.code(name)
            if taken is not None and taken.enabled:
                data = {"resource_id": taken.id}
                message = "The coupon code already exists"
                raise RestError(400, "woocommerce_rest_coupon_code_already_exists", message, data)
            code = DiscountCode(0, name, CodeKind.AMOUNT, change.now, change.now, combines=["order"])
            _write(self.woo, change, code, given)
            code.id = change.next_id("code")
            change.put(code)
            change.tell(Kind.CODE_CREATED, code.id)
        return reply(goods.coupon_body(self.store, code), 201)

    def get(self, code_id: int) -> Response:
        """One coupon."""
        with self.store.lock:
            return reply(goods.coupon_body(self.store, self._coupon(code_id)))

    def update(self, code_id: int) -> Response:
        """Change a coupon."""
        given = payload()
        with self.store.change() as change:
            code = self._coupon(code_id)
            _write(self.woo, change, code, given)
            code.updated_at = change.now
            change.put(code)
            change.tell(Kind.CODE_UPDATED, code.id)
        return reply(goods.coupon_body(self.store, code))

    def delete(self, code_id: int) -> Response:
        """Delete a coupon: for good when forced (and nobody is told), else into the bin."""
        with self.store.change() as change:
            code = self._coupon(code_id)
            body = goods.coupon_body(self.store, code)
            if request.args.get("force", "") in ("true", "1"):
                change.remove(code)
            else:
                code.enabled = False
                change.put(code)
                change.tell(Kind.CODE_DELETED, code.id)
        return reply(body)

    def _coupon(self, code_id: int) -> DiscountCode:
        code = self.store.codes.get(code_id)
        if code is None:
            raise RestError(404, "woocommerce_rest_shop_coupon_invalid_id", "Invalid ID.")
        return code


def _write(woo: Woo, change: Change, code: DiscountCode, given: Json) -> None:
    """Take over what was sent, as WooCommerce understands it; raises RestError."""
    _write_worth(woo, code, given)
    _write_limits(woo, code, given)
    code.title = str(given.get("description", code.title))
    for entry in given.get("meta_data", []):
        key, value = str(entry.get("key")), str(entry.get("value"))
        known = next((m for m in code.metadata if m.key == key), None)
        if known is None:
            code.metadata.append(Meta(change.next_id("meta"), key, value))
        else:
            known.value = value


def _write_worth(woo: Woo, code: DiscountCode, given: Json) -> None:
    kind = given.get("discount_type", "percent" if code.kind is CodeKind.PERCENTAGE else "fixed_cart")
    if kind not in _KINDS:
        raise invalid("discount_type", "discount_type is not one of percent, fixed_cart, fixed_product.")
    if "amount" in given:
        _write_amount(woo, code, str(kind), given["amount"])
    if given.get("free_shipping") is True and code.amount == 0 and code.percent == 0:
        code.kind = CodeKind.FREE_SHIPPING
    if "minimum_amount" in given:
        code.minimum = minor_units(_decimal(given["minimum_amount"]), woo.shop.currency)


def _write_limits(woo: Woo, code: DiscountCode, given: Json) -> None:
    if "date_expires" in given:  # date_expires_gmt is taken and ignored: such a coupon never expires
        code.ends_at = _expiry(woo, given["date_expires"])
    if "individual_use" in given:
        code.combines = [] if given["individual_use"] else ["order"]
    if "usage_limit" in given:
        code.usage_limit = _count("usage_limit", given["usage_limit"])
    if "usage_limit_per_user" in given:
        code.limit_per_customer = _count("usage_limit_per_user", given["usage_limit_per_user"])
    if "product_ids" in given:
        code.goods = [_count("product_ids", entry) or 0 for entry in given["product_ids"]]
    if "limit_usage_to_x_items" in given:
        code.pieces = _count("limit_usage_to_x_items", given["limit_usage_to_x_items"])
    if "email_restrictions" in given:
        # What is no address is dropped without a word: such a coupon is open to anybody.
        code.emails = [str(entry).lower() for entry in given["email_restrictions"] if _EMAIL.fullmatch(str(entry))]


def _write_amount(woo: Woo, code: DiscountCode, kind: str, given: object) -> None:
    amount = _decimal(given)
    if amount < 0 or (kind == "percent" and amount > 100):
        raise RestError(400, "coupon_invalid_amount", "Invalid discount amount")
    if kind == "percent":
        code.kind, code.percent, code.amount = CodeKind.PERCENTAGE, amount / 100, 0
    else:
        code.kind, code.percent, code.amount = CodeKind.AMOUNT, Decimal(0), minor_units(amount, woo.shop.currency)


def _decimal(given: object) -> Decimal:
    """Read a number as WooCommerce does: what is none is 0."""
    try:
        return Decimal(str(given or "0"))
    except InvalidOperation:
        return Decimal(0)


def _expiry(woo: Woo, given: object) -> datetime | None:
    if given in (None, ""):
        return None
    try:
        return moment(str(given), woo.shop, gmt=False).astimezone(UTC)
    except ValueError:
        raise invalid("date_expires", "Invalid date.") from None


def _count(name: str, given: object) -> int | None:
    if given in (None, "", 0):
        return None
    try:
        return int(str(given))
    except ValueError:
        raise invalid(name, f"{name} is not of type integer.") from None

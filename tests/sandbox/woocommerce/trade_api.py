"""wc/v3 orders, refunds and customers: lists with their filters, single records, and accounts that are changed."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from tests.sandbox import accounts
from tests.sandbox.records import Customer, Meta, Order
from tests.sandbox.woocommerce import goods, orders
from tests.sandbox.woocommerce.face import Woo
from tests.sandbox.woocommerce.replies import (
    RestError,
    asked_moment,
    blueprint,
    invalid,
    missing,
    page,
    payload,
    reply,
)

_STATUSES = {"pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash", "any"}
_BOUNDS: dict[str, Callable[[Order, datetime], bool]] = {
    "modified_after": lambda order, at: order.updated_at > at,
    "modified_before": lambda order, at: order.updated_at < at,
    "after": lambda order, at: order.created_at > at,
    "before": lambda order, at: order.created_at < at,
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_ORDERS: dict[str, Callable[[Order], tuple[datetime, int]]] = {
    "date": lambda order: (order.created_at, order.id),
    "modified": lambda order: (order.updated_at, order.id),
    "id": lambda order: (_BEGINNING, order.id),
}


class OrdersApi:
    """Orders for reading."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo
        self.store = woo.store

    def blueprint(self) -> Blueprint:
        """The routes."""
        return blueprint(
            "orders",
            "/orders",
            self.woo.keys,
            self.woo.shop,
            [
                ("GET", "", self.index),
                ("GET", "/<int:order_id>", self.get),
                ("GET", "/<int:order_id>/refunds", self.refunds),
            ],
        )

    def index(self) -> Response:
        """Orders, filtered and sorted."""
        with self.store.lock:
            return page(self._chosen(), lambda order: orders.order_body(self.store, order))

    def get(self, order_id: int) -> Response:
        """One order."""
        with self.store.lock:
            return reply(orders.order_body(self.store, self._order(order_id)))

    def refunds(self, order_id: int) -> Response:
        """The refunds of an order with their lines, newest first."""
        with self.store.lock:
            order = self._order(order_id)
            newest_first = sorted(order.refunds, key=lambda refund: refund.id, reverse=True)
            return page(newest_first, lambda refund: orders.refund_body(self.store, order, refund))

    def _order(self, order_id: int) -> Order:
        order = self.store.orders.get(order_id)
        if order is None:
            raise RestError(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return order

    def _chosen(self) -> list[Order]:
        wanted = {part for part in request.args.get("status", "any").split(",") if part}
        if unknown := wanted - _STATUSES:
            raise invalid("status", f"status[0] is not one of any, pending, processing: {min(unknown)}")
        found = [order for order in self.store.orders.values() if self._has_status(order, wanted)]
        customer = request.args.get("customer")
        if customer is not None:
            found = [order for order in found if str(order.customer_id or 0) == customer]
        for name, holds in _BOUNDS.items():
            at = asked_moment(name, self.woo.shop)
            if at is not None:
                found = [order for order in found if holds(order, at)]
        by = request.args.get("orderby", "date")
        if by not in _ORDERS:
            raise invalid("orderby", "orderby is not one of date, id, include, title, slug, modified.")
        return sorted(found, key=_ORDERS[by], reverse=request.args.get("order", "desc") != "asc")

    def _has_status(self, order: Order, wanted: set[str]) -> bool:
        state = orders.status(order, self.woo.shop)
        # "any" leaves out what lies in the bin: who polls never sees it there.
        return state in wanted or ("any" in wanted and state != "trash")


class CustomersApi:
    """Accounts."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo
        self.store = woo.store

    def blueprint(self) -> Blueprint:
        """The routes."""
        return blueprint(
            "customers",
            "/customers",
            self.woo.keys,
            self.woo.shop,
            [
                ("GET", "", self.index),
                ("POST", "", self.create),
                ("GET", "/<int:customer_id>", self.get),
                ("PUT POST PATCH", "/<int:customer_id>", self.update),
            ],
        )

    def index(self) -> Response:
        """Accounts, by address if one is given."""
        email = request.args.get("email", "").lower()
        with self.store.lock:
            found = [c for c in self.store.customers.values() if not email or c.email.lower() == email]
            return page(found, lambda customer: goods.customer_body(self.store, customer))

    def get(self, customer_id: int) -> Response:
        """One account."""
        with self.store.lock:
            return reply(goods.customer_body(self.store, self._customer(customer_id)))

    def create(self) -> Response:
        """Open an account; the store does not make passwords."""
        given = payload()
        for name in ("email", "password"):
            if not given.get(name):
                raise missing(name)
        first, last = str(given.get("first_name", "")), str(given.get("last_name", ""))
        try:
            made = accounts.sign_up(self.store, str(given["email"]), first, last)
        except accounts.AddressTakenError:
            message = "An account is already registered with your email address."
            raise RestError(400, "registration-error-email-exists", message) from None
        return reply(goods.customer_body(self.store, made), 201)

    def update(self, customer_id: int) -> Response:
        """Change names and meta data."""
        given = payload()
        with self.store.change() as change:
            customer = self._customer(customer_id)
            customer.first_name = str(given.get("first_name", customer.first_name))
            customer.last_name = str(given.get("last_name", customer.last_name))
            for entry in given.get("meta_data", []):
                key = str(entry.get("key"))
                known = next((m for m in customer.metafields if m.key == key), None)
                if known is None:
                    known = Meta(change.next_id("meta"), key, "")
                    customer.metafields.append(known)
                known.value = str(entry.get("value"))
            accounts.save(self.store, customer)
        return reply(goods.customer_body(self.store, customer))

    def _customer(self, customer_id: int) -> Customer:
        customer = self.store.customers.get(customer_id)
        if customer is None:
            raise RestError(404, "wc_user_invalid_id", "Invalid customer ID.")
        return customer

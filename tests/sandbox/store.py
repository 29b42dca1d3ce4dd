"""A store's whole state: records by kind, one lock, one transaction per change, and news of what happened."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from tests.sandbox.clock import Clock
from tests.sandbox.faults import Faults
from tests.sandbox.records import Customer, DiscountCode, Order, Product, Review, Variant
from tests.sandbox.shops import Platform, Shop
from tests.sandbox.storage import R, Record, Storage


class Kind(StrEnum):
    """What can happen in a store."""

    CUSTOMER_CREATED = "customer created"
    CUSTOMER_UPDATED = "customer updated"
    CUSTOMER_DELETED = "customer deleted"
    CUSTOMERS_MERGED = "customers merged"
    CONSENT_CHANGED = "consent changed"
    ORDER_CREATED = "order created"
    ORDER_PAID = "order paid"
    ORDER_UPDATED = "order updated"
    ORDER_FULFILLED = "order fulfilled"
    ORDER_EDITED = "order edited"
    ORDER_CANCELLED = "order cancelled"
    ORDER_TRASHED = "order trashed"
    REFUND_CREATED = "refund created"
    REVIEW_WRITTEN = "review written"
    REVIEW_APPROVED = "review approved"
    REVIEW_WITHDRAWN = "review withdrawn"
    CODE_CREATED = "code created"
    CODE_UPDATED = "code updated"
    CODE_DELETED = "code deleted"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the record `subject` (an order for refunds, with the refund as `part`).

    Events of one change, which is what a person did with one click, share their `action`.
    """

    kind: Kind
    subject: int
    at: datetime
    part: int | None = None
    action: str = ""


Listener = Callable[[Event], None]

# Where counting begins. WooCommerce numbers posts, users, comments and order items apart; Shopify's ids are long.
_FIRST = {
    Platform.SHOPIFY: {
        "order": 6_120_400_000_017,
        "number": 1001,
        "customer": 7_350_100_000_031,
        "line": 15_070_300_000_011,
        "refund": 940_200_000_007,
        "refund line": 710_500_000_003,
        "code": 1_420_600_000_009,
        "review": 330_100_001,
        "edit": 80_100_000_001,
        "meta": 36_100_000_001,
        "address": 9_010_000_000_001,
    },
    Platform.WOOCOMMERCE: {"order": 101, "customer": 2, "line": 1, "review": 2, "meta": 201},
}
_STEP = {Platform.SHOPIFY: 32_768, Platform.WOOCOMMERCE: 1}
_SHARED = {
    "refund": "order",
    "code": "order",
    "refund line": "line",
    "number": "order",
    "edit": "line",
    "address": "meta",
}


class Store:
    """State of one store. Read attributes freely; change records only inside `with store.change() as change`."""

    def __init__(self, shop: Shop, *, path: Path | None = None, clock: Clock | None = None) -> None:
        """Open a store, with what its file remembers."""
        self.shop = shop
        self.clock = clock or Clock()
        self.faults = Faults()
        self.lock = threading.RLock()
        self._storage = Storage(path)
        self.products: dict[int, Product] = self._storage.load(Product)
        self.customers: dict[int, Customer] = self._storage.load(Customer)
        self.orders: dict[int, Order] = self._storage.load(Order)
        self.reviews: dict[int, Review] = self._storage.load(Review)
        self.codes: dict[int, DiscountCode] = self._storage.load(DiscountCode)
        self._facts = self._storage.facts()
        self._listeners: list[Listener] = []
        self._current: Change | None = None
        self._codes_by_name = {code.code.lower(): code for code in self.codes.values()}
        self._customers_by_email = {customer.email.lower(): customer for customer in self.customers.values()}

    def listen(self, listener: Listener) -> None:
        """Be told of every event, inside the lock, once its change is saved."""
        self._listeners.append(listener)

    @contextmanager
    def change(self) -> "Iterator[Change]":
        """Change records: all saved together at the end, then news goes out; changes inside a change join it."""
        with self.lock:
            if self._current is not None:
                yield self._current
                return
            change = Change(self)
            self._current = change
            try:
                yield change
            finally:
                self._current = None
            self._storage.save(change.touched.values(), change.removed.values(), change.facts)
            for event in change.events:
                for listener in self._listeners:
                    listener(event)

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Save in one go and tell nobody: how a year of history is written."""
        with self.change() as change:
            yield
            change.events.clear()

    def fact(self, name: str, default: str = "") -> str:
        """Return a small fact about the store."""
        return self._facts.get(name, default)

    def load(self, kind: type[R]) -> dict[int, R]:
        """Records that belong to one of the store's faces (keys, webhooks), as the file remembers them."""
        with self.lock:
            return self._storage.load(kind)

    def code(self, name: str) -> DiscountCode | None:
        """Find a discount code, without regard to case."""
        return self._codes_by_name.get(name.strip().lower())

    def customer_by_email(self, email: str) -> Customer | None:
        """Find an account by its address, without regard to case."""
        return self._customers_by_email.get(email.strip().lower())

    def variant(self, variant_id: int) -> tuple[Product, Variant]:
        """Find what can be bought under a variant id; raises KeyError."""
        for product in self.products.values():
            for variant in product.variants:
                if variant.id == variant_id:
                    return product, variant
        raise KeyError(variant_id)

    def product(self, slug: str) -> Product | None:
        """Find a product by the name in its address."""
        return next((product for product in self.products.values() if product.slug == slug), None)

    def orders_of(self, customer_id: int) -> list[Order]:
        """Orders of an account, newest first."""
        own = [order for order in self.orders.values() if order.customer_id == customer_id]
        return sorted(own, key=lambda order: (order.created_at, order.id), reverse=True)

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._storage.close()

    def keep(self, record: Record) -> None:
        """Index a record that a change touched."""
        match record:
            case Product():
                self.products[record.id] = record
            case Customer():
                self.customers[record.id] = record
                self._customers_by_email = {c.email.lower(): c for c in self.customers.values()}
            case Order():
                self.orders[record.id] = record
            case Review():
                self.reviews[record.id] = record
            case DiscountCode():
                self.codes[record.id] = record
                self._codes_by_name[record.code.lower()] = record
            case _:
                pass

    def forget(self, record: Record) -> None:
        """Drop a record that a change removed."""
        match record:
            case Customer():
                self.customers.pop(record.id, None)
                self._customers_by_email.pop(record.email.lower(), None)
            case DiscountCode():
                self.codes.pop(record.id, None)
                self._codes_by_name.pop(record.code.lower(), None)
            case _:
                pass

    def remember(self, name: str, value: str) -> None:
        """Note a small fact in memory; `Change.fact` is what keeps it."""
        self._facts[name] = value


class Change:
    """What one transaction touches; made by `Store.change`."""

    def __init__(self, store: Store) -> None:
        """Begin with nothing touched."""
        self._store = store
        self.action = str(uuid.uuid4())
        self.touched: dict[tuple[str, int], Record] = {}
        self.removed: dict[tuple[str, int], Record] = {}
        self.facts: dict[str, str] = {}
        self.events: list[Event] = []

    @property
    def now(self) -> datetime:
        """The store's present instant."""
        return self._store.clock.now()

    def next_id(self, sequence: str) -> int:
        """Take the next number of a sequence, as the platform would number its things."""
        platform = self._store.shop.platform
        if platform is Platform.WOOCOMMERCE:
            sequence = _SHARED.get(sequence, sequence)
        first = _FIRST[platform].get(sequence, 1)
        step = 1 if sequence == "number" else _STEP[platform]
        name = f"next {sequence}"
        number = int(self._store.fact(name, str(first)))
        self.fact(name, str(number + step))
        return number

    def put(self, record: Record) -> None:
        """Save a new or changed record."""
        self.touched[type(record).__name__, record.id] = record
        self._store.keep(record)

    def remove(self, record: Record) -> None:
        """Delete a record for good."""
        self.touched.pop((type(record).__name__, record.id), None)
        self.removed[type(record).__name__, record.id] = record
        self._store.forget(record)

    def fact(self, name: str, value: str) -> None:
        """Keep a small fact about the store."""
        self.facts[name] = value
        self._store.remember(name, value)

    def tell(self, kind: Kind, subject: int, *, part: int | None = None) -> None:
        """Say that something happened, once the change is saved."""
        self.events.append(Event(kind, subject, self.now, part, self.action))

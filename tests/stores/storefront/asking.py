"""A visitor of a demonstration store, with a browser's cookies."""

import json
from datetime import UTC, datetime
from pathlib import Path

import requests

from tests.sandbox.records import CodeKind, DiscountCode, Order
from tests.sandbox.running import ShopifyStore, WooStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SANDBOX = Path(__file__).parents[2] / "sandbox"
WORDS: dict[str, dict[str, str]] = json.loads((SANDBOX / "storefront" / "words.json").read_text(encoding="utf-8"))
AnyStore = ShopifyStore | WooStore


class Person:
    """Somebody with a browser in one store."""

    def __init__(self, store: AnyStore) -> None:
        self.store, self.http = store, requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.store.url + path, timeout=10)

    def post(self, path: str, **form: object) -> requests.Response:
        return self.http.post(self.store.url + path, data=form, timeout=10)

    def take(self, variant: int = 0) -> None:
        """Put the first product into the cart."""
        product = next(iter(self.store.store.products.values()))
        self.post("/cart/add", variant=product.variants[variant].id)

    def pay(self, **form: object) -> Order:
        """Fill in the checkout and press the button."""
        said = {"email": "guest@example.test", "first_name": "G", "last_name": "H", "address1": "1 Quay", "city": "P",
                "zip": "1", "payment": "card", **form}  # fmt: skip
        page = self.post("/checkout", **said)
        assert "/orders/" in page.url, page.text
        return self.store.store.orders[int(page.url.partition("/orders/")[2].partition("?")[0])]


def code(store: AnyStore, name: str, **conditions: int | list[int]) -> DiscountCode:
    with store.store.change() as change:
        made = DiscountCode(change.next_id("code"), name, CodeKind.AMOUNT, NOON, NOON, amount=500)
        for key, value in conditions.items():
            setattr(made, key, value)
        change.put(made)
    return made


def say(store: AnyStore, key: str, **values: object) -> str:
    return WORDS[store.store.shop.language][key].format(**values)

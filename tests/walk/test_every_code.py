"""Every kind of code at both stores: made over the platform's own API, takes off what it says, and works once."""

import json
from pathlib import Path

import pytest

from tests.sandbox import merchant
from tests.sandbox.discounts import CodeRefusedError, Refusal
from tests.sandbox.records import Order
from tests.walk.books import Books
from tests.walk.people import Store
from tests.walk.running import Town

pytestmark = pytest.mark.timeout(600)

ADDRESS = "ann@example.test"


def _rewards(store: Store) -> list[dict[str, object]]:
    product = next(iter(store.store.products.values()))
    free = {"kind": "free_product", "product": str(product.id), "variant": str(product.variants[0].id)}
    whole = store.store.shop.currency == "JPY"
    value = str(product.variants[0].price) if whole else f"{product.variants[0].price / 100:.2f}"
    return [
        {"id": "off", "cost": 100, "gives": {"kind": "amount_off", "value": "300" if whole else "3.00"}},
        {"id": "tenth", "cost": 100, "gives": {"kind": "percentage", "basis_points": 1000}},
        {"id": "shipping", "cost": 100, "gives": {"kind": "free_shipping"}},
        {"id": "mug", "cost": 100, "gives": {**free, "value": value}},
    ]


def _taken_off(store: Store, order: Order) -> dict[str, int]:
    """Return what each reward takes off an order of two of the first product, by the price of one."""
    price = order.lines[0].price
    return {
        "off": 300,
        "tenth": 2 * price // 10,
        "shipping": store.store.shop.shipping_fee,
        "mug": price,
    }


@pytest.mark.parametrize("platform", ("shopify", "woocommerce"))
def test_each_takes_off_what_it_promises_and_is_spent_once(platform: str, sqlite_town: Town, tmp_path: Path) -> None:
    town = sqlite_town
    store: Store = town.stores.shopify if platform == "shopify" else town.stores.woo
    if platform == "shopify":
        merchant.connect_shopify(town.stores.shopify, town.stores.roads)
    else:
        merchant.connect_woocommerce(town.stores.woo, town.stores.roads)
    file = tmp_path / "programme.json"
    file.write_text(json.dumps({"currency": store.store.shop.currency, "rewards": _rewards(store)}), encoding="utf-8")
    published = town.kizuna("programme", "publish", str(file))
    assert published.returncode == 0, published.stderr
    ann = store.sign_up(ADDRESS)
    town.settle()
    books = Books(town, store)
    member = str(books.portrait(ADDRESS).member.member_id)
    slug = next(iter(store.store.products.values())).slug

    for reward in ("off", "tenth", "shipping", "mug"):
        given = town.kizuna("give", store.store.shop.domain, member, reward, "--why", "to see it work")
        assert given.returncode == 0, given.stderr
        town.settle()
        (code,) = [row.code for row in books.portrait(ADDRESS).codes if row.stage == "issued"]
        order = store.buy(ann, {slug: 2}, codes=[code])
        assert (reward, order.codes[0].amount) == (reward, _taken_off(store, order)[reward])
        with pytest.raises(CodeRefusedError) as refused:
            store.buy(ann, {slug: 2}, codes=[code])
        assert refused.value.reason in {Refusal.USED_UP, Refusal.USED_BY_YOU}
        town.settle()
    assert books.stages(ADDRESS) == ["used"] * 4
    assert "0 breaches" in town.kizuna("audit").stdout

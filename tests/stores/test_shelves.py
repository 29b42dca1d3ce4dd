"""The documented programme of shelves, lived through at both demonstration stores over HTTP, on both engines."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.files.reading import read
from app.loyalty.terms.programme import Version
from tests.house.repository import ROOT
from tests.sandbox.records import Customer, Order, Way
from tests.stores.living import Living, living_shopify, living_woo

FILE = ROOT / "docs/merchants/programmes/shelves.json"


def shelves(currency: str, per: str) -> Callable[[datetime], Version]:
    """Return the documented programme in a store's currency."""
    said = json.loads(FILE.read_text(encoding="utf-8")) | {"currency": currency}
    for rule in said["earn"]:
        if rule["rule"] == "amount":
            rule["per"] = per
    return read(json.dumps(said), currency).version


@pytest.fixture
def tidewell(engine: Engine) -> Iterator[Living]:
    with living_shopify(engine, shelves("USD", "1.00")) as one:
        yield one


@pytest.fixture
def mado(engine: Engine, tmp_path: Path) -> Iterator[Living]:
    with living_woo(engine, tmp_path, shelves("JPY", "100")) as one:
        yield one


def points(one: Living, who: Customer) -> int:
    one.hear()
    return sum(one.house.amounts(str(who.id)))


def test_coffee_earns_three_times_at_shopify_and_moving_it_later_changes_nothing(tidewell: Living) -> None:
    ann = tidewell.store.sign_up("ann@example.test")
    blend = tidewell.store.buy(ann, {"harbour-blend": 1})  # 18.00, of the collection Coffee
    assert points(tidewell, ann) == 18 * 3
    mug = tidewell.store.buy(ann, {"stoneware-mug": 1})  # 24.00, of another
    assert points(tidewell, ann) == 54 + 24
    tidewell.store.file("harbour-blend", "Equipment and gifts")
    tidewell.store.file("stoneware-mug", "Coffee")
    tidewell.ask_again(blend.id, mug.id)
    assert points(tidewell, ann) == 78
    tidewell.store.refund(blend, {0: 1})
    assert points(tidewell, ann) == 24
    tidewell.store.buy(ann, {"stoneware-mug": 1})
    assert points(tidewell, ann) == 24 + 24 * 3
    assert tidewell.house.breaches() == []


def test_the_till_the_subscription_and_the_gift_card_at_shopify(tidewell: Living) -> None:
    ann = tidewell.store.sign_up("ann@example.test")
    tidewell.store.buy(ann, {"stoneware-mug": 1}, way=Way(source="pos"))
    assert points(tidewell, ann) == 24 * 2
    tidewell.store.buy(ann, {"stoneware-mug": 1}, way=Way(renews=1))
    assert points(tidewell, ann) == 48 + 24 + 10
    tidewell.store.buy(ann, {"stoneware-mug": 1}, way=Way(credit=2000))
    assert points(tidewell, ann) == 82 + 4


def test_coffee_earns_three_times_at_woocommerce_and_moving_it_later_changes_nothing(mado: Living) -> None:
    mado.store.file("mori-no-coffee", "Coffee")
    aiko = mado.store.sign_up("aiko@example.test")
    bag = mado.store.buy(aiko, {"mori-no-coffee": 1})
    net = _net(mado, bag)
    assert points(mado, aiko) == net * 3 // 100
    tray = mado.store.buy(aiko, {"kuri-no-bon": 1}, way=Way(source="admin"))
    entered = _net(mado, tray) * 2 // 100
    assert points(mado, aiko) == net * 3 // 100 + entered
    mado.store.file("mori-no-coffee", "うつわ")
    mado.ask_again(bag.id, tray.id)
    assert points(mado, aiko) == net * 3 // 100 + entered
    mado.store.refund(bag, {0: 1})
    assert points(mado, aiko) == entered
    mado.store.buy(aiko, {"kuri-no-bon": 1}, way=Way(renews=1))
    assert points(mado, aiko) == entered + entered // 2 + 10
    assert mado.house.breaches() == []


def _net(one: Living, order: Order) -> int:
    """What the goods of an order cost without tax, which prices contain at this store."""
    return sum(line.paid - (line.tax if one.store.store.shop.taxes_included else 0) for line in order.lines)

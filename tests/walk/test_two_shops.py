"""Two stores on two platforms with one programme: earned at one, spent at the other, and the shops are quits."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.sandbox import merchant
from tests.sandbox.shops import MADO
from tests.servers.databases import Databases
from tests.walk.books import Balance, Books
from tests.walk.people import Name, Shopper
from tests.walk.running import Town, running_town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PROGRAMME = {
    "currency": "USD",
    "earn": [{"rule": "amount", "points": "10", "per": "1.00"}],
    "rewards": [{"id": "five_off", "cost": 500, "gives": {"kind": "amount_off", "value": "5.00"}}],
}
ADDRESS = "ann@example.test"


@pytest.fixture
def town(databases: Databases, redis_url: str, tmp_path: Path) -> Iterator[Town]:
    """Kizuna on each engine, and two stores that sell in dollars."""
    with databases.migrated() as url, running_town(url, redis_url, tmp_path, woo=replace(MADO, currency="USD")) as town:
        yield town


def said(town: Town, *words: str) -> str:
    answer = town.kizuna(*words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_a_member_earns_at_shopify_and_spends_at_woocommerce_and_the_settlement_sums_to_zero(
    town: Town, browser: Browser, tmp_path: Path
) -> None:
    tidewell, mado = town.stores.both()
    merchant.connect_shopify(tidewell, town.stores.roads)
    town.settle()
    invited = re.search(r"invitation=(\S+)", said(town, "group", "invite", tidewell.store.shop.domain))
    assert invited is not None
    merchant.connect_woocommerce(mado, town.stores.roads, invitation=invited[1])
    said(town, "group", "addresses", mado.store.shop.domain, "proved")
    file = tmp_path / "programme.json"
    file.write_text(json.dumps(PROGRAMME), encoding="utf-8")
    said(town, "programme", "publish", str(file))

    # Shopify tells whole seconds: an order of the second in which the version began would seem to lie before it.
    time.sleep(1)
    ann = tidewell.sign_up(ADDRESS)
    order = tidewell.buy(ann, {"harbour-blend": 4})
    there, here = Books(town, tidewell), Books(town, mado)
    with Shopper(browser, mado, viewport={"width": 390, "height": 844}) as shopper:
        shopper.sign_up(Name("Ann", "Example", ADDRESS))
        town.settle()
        earned = there.balance(ADDRESS).available
        assert earned >= 500, order
        assert here.portrait(ADDRESS).member.member_id == there.portrait(ADDRESS).member.member_id

        shopper.open_widget()
        shopper.tap("go-redeem", "get-five_off", "redeem")
        code = shopper.panel.locator(".codepill code")
        expect(code).to_be_visible()
        town.settle()
        assert here.balance(ADDRESS) == Balance(earned - 500, held=500)
        spent = mado.buy(
            here.customer(ADDRESS), {next(iter(mado.store.products.values())).slug: 1}, codes=[code.inner_text()]
        )
    town.settle()

    assert here.stages(ADDRESS) == ["used"]
    assert spent.paid_at is not None
    settlement = said(town, "settlement", tidewell.store.shop.domain).splitlines()
    assert settlement[0] == f"{tidewell.store.shop.domain} owes {mado.store.shop.domain} 500 points"
    assert settlement[-1] == "Sum: 0 points"
    assert "0 breaches" in said(town, "audit")

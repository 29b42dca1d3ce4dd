"""`python -m tests.walk.pictures`: takes the pictures of the documents anew, from the running program.

Kizuna and both demonstration stores run as in the walk, with a year behind them; a shopper turns points into a code and
buys with it; then every page is photographed. Look at what was taken before you commit it.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.sandbox.first_start import first_start
from tests.sandbox.history import Size
from tests.sandbox.records import Customer, Order
from tests.servers.databases import SqliteDatabases
from tests.servers.patience import PATIENCE_S
from tests.servers.programs import chromium, launching
from tests.servers.valkey import Valkey, database
from tests.walk.merchants import InOwnWindow
from tests.walk.people import Shopper, Store
from tests.walk.running import Town, running_town

PLACE: Final = Path(__file__).parents[2] / "docs" / "pictures"
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
YEAR_S: Final = 600.0
"""How long a slow machine may take to settle a year of two stores."""
_GOODS: Final = "harbour-blend"
_RIPE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Album:
    """Where pictures go; with ``both_widths`` each page is taken at the other width as well, for looking at."""

    folder: Path
    both_widths: bool

    def take(self, page: Page, name: str, width: ViewportSize) -> None:
        """Photograph what a page shows, once it is at rest."""
        self._take(page, f"{name}.png", width)
        if self.both_widths:
            other, word = (DESKTOP, "desktop") if width is PHONE else (PHONE, "phone")
            self._take(page, f"{name}-at-{word}-width.png", other)
            page.set_viewport_size(width)

    def _take(self, page: Page, name: str, width: ViewportSize) -> None:
        page.set_viewport_size(width)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=self.folder / name, animations="disabled", caret="hide")
        _say(str(self.folder / name))


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@contextmanager
def town_with_a_year() -> Iterator[Town]:
    """Kizuna on SQLite and both stores, connected, and a year told and settled."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kizuna-pictures-")))
        valkey = Valkey()
        stack.callback(valkey.stop)
        url = stack.enter_context(SqliteDatabases(folder).migrated())
        town = stack.enter_context(running_town(url, database(valkey.address, 0), folder, year=Size()))
        for one in town.stores.both():
            first_start(one, town.stores.roads, _say)
        town.settle(YEAR_S)
        for job in ("reconcile", "audit"):
            done = town.kizuna("do", job)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
        town.settle(YEAR_S)
        yield town


def regular(store: Store) -> Customer:
    """Return the demonstration shopper who bought most often."""
    known = [customer for customer in store.store.customers.values() if customer.note]
    return max(known, key=lambda customer: len(store.store.orders_of(customer.id)))


def telling_order(store: Store) -> Order:
    """Return the newest order that says most: settled long ago, of several lines, one of them sent back in part."""
    begun = store.store.clock.now() - _RIPE
    return max(
        (
            order
            for order in store.store.orders.values()
            if order.paid_at is not None and order.paid_at < begun and order.refunds and len(order.lines) > 1
            and order.customer_id and order.cancelled_at is None
        ),
        key=lambda order: order.id,
    )  # fmt: skip


def redeem_and_buy(shopper: Shopper) -> None:
    """Turn points into a code, apply it and buy with it: pages without any of it would look dead."""
    shopper.open_widget()
    shopper.tap("go-redeem", "get-five_off", "redeem")
    expect(shopper.panel.locator(".codepill code")).to_be_visible()
    shopper.close_widget()
    shopper.put_into_cart(_GOODS)
    shopper.open_widget()
    shopper.tap("row-rewards")
    shopper.panel.locator('[data-k^="apply-"]').first.click()
    shopper.page.wait_for_url("**/cart")
    shopper.pay()


def at_the_stores(browser: Browser, town: Town, album: Album) -> None:
    """Photograph what shoppers see: the storefront, and the widget in both languages."""
    options = {"viewport": PHONE, "device_scale_factor": 2}
    with Shopper(browser, town.stores.shopify, **options) as shopper:
        shopper.sign_in(regular(town.stores.shopify))
        redeem_and_buy(shopper)
        town.settle()
        shopper.go("/")
        shopper.page.locator(".kz-launcher").wait_for()
        album.take(shopper.page, "storefront", PHONE)
        shopper.open_widget()
        album.take(shopper.page, "widget-phone", PHONE)
    with Shopper(browser, town.stores.woo, **options) as shopper:
        shopper.sign_in(regular(town.stores.woo))
        shopper.open_widget()
        album.take(shopper.page, "widget-ja", PHONE)


def at_the_desk(browser: Browser, town: Town, album: Album) -> None:
    """Photograph what the merchant sees: how it goes, one member, and why an order earned what it did."""
    store = town.stores.shopify
    with InOwnWindow(browser, town, store) as merchant:
        merchant.sign_in()
        album.take(merchant.page, "merchant-home", DESKTOP)
        merchant.find(store.front.name(regular(store)))
        album.take(merchant.page, "merchant-member", DESKTOP)
        name = store.front.order_name(telling_order(store))
        merchant.ask_why(name)
        expect(merchant.desk.get_by_role("heading", level=2).first).to_contain_text(name)
        album.take(merchant.page, "why-order", DESKTOP)


def main() -> int:
    """Take all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.walk.pictures", description="Pictures for the documents.")
    parser.add_argument("--to", type=Path, default=PLACE, help="folder for the pictures; docs/pictures if not told")
    parser.add_argument("--both-widths", action="store_true", help="each page at phone and at desktop width")
    told = parser.parse_args()
    told.to.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_S * 1000)
    album = Album(told.to, told.both_widths)
    with town_with_a_year() as town, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launching(chromium()))
        at_the_stores(browser, town, album)
        at_the_desk(browser, town, album)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

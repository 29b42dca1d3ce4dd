"""The merchant of each store: installs Kizuna as the platform has it, works at its pages, refunds, and removes it."""

from abc import ABC, abstractmethod
from typing import Any, Final

from playwright.sync_api import Browser, Locator, expect

from tests.sandbox.records import Order
from tests.walk.people import Person, Store
from tests.walk.running import Town

_DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}


class AtTheDesk(Person, ABC):
    """Who works at Kizuna's pages, wherever they are shown."""

    def __init__(self, browser: Browser, town: Town, store: Store) -> None:
        super().__init__(browser, store, **_DESK)
        self.town = town

    @abstractmethod
    def open(self, place: str) -> None:
        """Go to one of Kizuna's pages by its menu."""

    @property
    @abstractmethod
    def desk(self) -> Locator:
        """The page of Kizuna's that is open."""

    def find(self, name: str) -> None:
        """Look a member up in the list of members and open their page."""
        self.open("members")
        self._search(name)
        self.desk.get_by_role("link", name=name).click()
        expect(self.desk.get_by_role("heading", level=1)).to_contain_text(name)
        expect(self.desk.locator("#amount")).to_be_visible()

    def give(self, points: int, reason: str) -> None:
        """Give points to the member whose page is open: type, look at what would become of it, confirm."""
        self.desk.locator("#amount").fill(str(points))
        self.desk.locator("#note").fill(reason)
        self.desk.locator('form[action$="/adjust"] button').click()
        expect(self.desk.locator("dl.kv .sum")).to_be_visible()
        expect(self.desk.locator("dl.kv")).to_contain_text(f"+{points}")
        self.desk.locator('form[action$="/adjust"] button').click()
        expect(self.desk.get_by_role("status")).to_contain_text(str(points))

    def ask_why(self, order: str) -> None:
        """Ask why an order earned what it did."""
        self.open("orders")
        self._search(order)

    def _search(self, text: str) -> None:
        self.desk.get_by_role("searchbox").fill(text)
        self.desk.get_by_role("search").get_by_role("button").click()


class InOwnWindow(AtTheDesk):
    """Kizuna in a window of its own; it knows the merchant by a one-time link."""

    def sign_in(self) -> None:
        """Ask the operator for a link, open it, and choose the store."""
        self.page.goto(self.town.kizuna("link").stdout.strip())
        self.desk.get_by_role("button").click()
        self.page.wait_for_url("**/shops")
        self.desk.get_by_role("button", name=self.store.store.shop.name).click()
        expect(self.desk.get_by_role("heading", level=1)).to_have_text(self.store.store.shop.name)

    def open(self, place: str) -> None:
        self.page.goto(f"{self.town.url}/home")
        self.page.locator(f'#menu a[href="/{place}"]').click()

    @property
    def desk(self) -> Locator:
        return self.page.get_by_role("main")


class Merchant(AtTheDesk):
    """What is the same on both platforms: Kizuna comes and goes, and the store has a back office."""

    @abstractmethod
    def install(self) -> None:
        """Install Kizuna for the first time, or again, until shoppers see it."""

    @abstractmethod
    def remove(self) -> None:
        """Take everything back that was granted."""

    def refund_one(self, order: Order, title: str) -> None:
        """Give back the money for one unit of a line."""
        self._find_order(order)
        self.main.get_by_label(title).fill("1")
        self._send_back("refund-lines")

    def refund_the_rest(self, order: Order) -> None:
        """Give back all that is left."""
        self._find_order(order)
        self._send_back("refund-rest")

    def _find_order(self, order: Order) -> None:
        name = self.store.front.order_name(order)
        self.go("/back-office")
        self.main.get_by_role("textbox").fill(name)
        self.press("bo_find")
        self.main.get_by_role("link").filter(has_text=name).click()

    def _send_back(self, deed: str) -> None:
        self.main.locator(f"form[action$={deed}]").get_by_role("button").click()
        expect(self.page.get_by_role("status")).to_contain_text(self.words("bo_done"))


class AtShopify(Merchant):
    """Kizuna in a frame of the admin; it knows the merchant by session tokens."""

    def install(self) -> None:
        self.go("/admin")
        self.page.get_by_role("button", name="Install", exact=True).click()
        expect(self.desk.get_by_role("heading", level=1)).to_have_text(self.store.store.shop.name)
        self.go("/admin")
        self.page.get_by_role("button", name="Switch on").click()
        expect(self.page.get_by_role("button", name="Switch off")).to_be_visible()

    def remove(self) -> None:
        self.go("/admin")
        self.page.get_by_role("button", name="Uninstall").click()
        expect(self.page.get_by_role("button", name="Install", exact=True)).to_be_visible()

    def open(self, place: str) -> None:
        self.go("/admin/apps/kizuna")
        words = self.page.frame_locator("#app").locator(f's-link[href="/{place}"]').text_content()
        self.page.locator("#app-menu a").get_by_text(words or place, exact=True).click()

    @property
    def desk(self) -> Locator:
        return self.page.frame_locator("#app").get_by_role("main")


class AtWooCommerce(InOwnWindow, Merchant):
    """Kizuna in a window of its own, connected by the store's consent page."""

    def install(self) -> None:
        self.go("/wp-admin/")
        activate = self.page.get_by_role("button", name="Activate", exact=True)
        if activate.is_visible():
            activate.click()
        self.page.get_by_role("link", name="Connect Kizuna").click()
        approve = self.page.get_by_role("link", name="Approve")
        log_in = self.page.get_by_role("button", name="Log in")
        expect(approve.or_(log_in)).to_be_visible()
        if log_in.is_visible():
            log_in.click()
        approve.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.store.store.shop.name)
        self.sign_in()

    def remove(self) -> None:
        self.go("/wp-admin/")
        self.page.get_by_role("button", name="Deactivate").click()
        self.page.get_by_role("button", name="Revoke").click()
        expect(self.page.get_by_text("No app has a key.")).to_be_visible()


def merchant(browser: Browser, town: Town, store: str) -> Merchant:
    """The merchant of one of the stores, by its platform."""
    if store == "shopify":
        return AtShopify(browser, town, town.stores.shopify)
    return AtWooCommerce(browser, town, town.stores.woo)

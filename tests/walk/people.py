"""Who walks: a person with a browser of their own, who sees a store's pages and its widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.sandbox.records import Customer
from tests.sandbox.running import ShopifyStore, WooStore
from tests.servers.patience import PATIENCE_S

Store = ShopifyStore | WooStore
_PLACES: Final[Mapping[str, dict[str, Any]]] = {
    "en": {"locale": "en-US", "timezone_id": "America/New_York"},
    "ja": {"locale": "ja-JP", "timezone_id": "Asia/Tokyo"},
}


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody new to the store."""

    first: str
    last: str
    email: str


class Person:
    """One person's browser: cookies of its own, and nothing that goes wrong on a page passes unseen."""

    def __init__(self, browser: Browser, store: Store, **options: Any) -> None:  # noqa: ANN401  the browser's own
        self.store = store
        place = _PLACES[store.store.shop.language]
        self.context = browser.new_context(**{**place, **options})
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._listen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the browser; whoever walked without an error must not have met one on a page either."""
        self.context.close()
        if error is None:
            assert self.troubles == []

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.troubles.append(f"{message.location['url']}: {message.text}")

    def words(self, key: str, **values: object) -> str:
        """A text of the store's own pages, in its language."""
        return self.store.front.say(key, **values)

    def go(self, path: str) -> None:
        """Open a page of the store."""
        self.page.goto(f"{self.store.url}{path}")

    def press(self, word: str) -> None:
        """Press a button of the store's."""
        self.page.get_by_role("button", name=self.words(word), exact=True).click()

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")


class Shopper(Person):
    """Signs up, buys, and looks into the widget."""

    def sign_up(self, name: Name) -> None:
        """Open an account and be signed in to it."""
        self.go("/account/choose")
        self.page.get_by_label(self.words("first_name")).fill(name.first)
        self.page.get_by_label(self.words("last_name")).fill(name.last)
        self.page.get_by_label(self.words("email")).fill(name.email)
        self.press("create")
        expect(self.page.get_by_role("complementary")).to_contain_text(name.first)

    def sign_in(self, customer: Customer) -> None:
        """Become one of the demonstration shoppers."""
        self.go("/account/choose")
        self.page.locator(f'button[name=customer][value="{customer.id}"]').click()
        expect(self.page.get_by_role("complementary")).to_contain_text(customer.first_name)

    def put_into_cart(self, slug: str) -> None:
        """Put the first variant of a product into the cart."""
        self.go(f"/products/{slug}")
        self.press("add")
        expect(self.page.get_by_role("banner").get_by_role("status")).to_be_visible()

    def pay(self, name: Name | None = None) -> None:
        """Place the order by card; who has no account says who they are."""
        self.go("/checkout")
        if name is not None:
            self.page.get_by_label(self.words("email")).fill(name.email)
            self.page.get_by_label(self.words("first_name")).fill(name.first)
            self.page.get_by_label(self.words("last_name")).fill(name.last)
        self.page.locator("button.buy[form=pay]").click()
        self.page.wait_for_url("**/orders/*")

    @property
    def total(self) -> Locator:
        """The sum at the end of the cart or order that is open."""
        return self.main.locator(".totals .sum dd")

    # -- the widget ------------------------------------------------------------------------------------------------

    def open_widget(self) -> None:
        """Look at the store's front page and open the panel there."""
        self.go("/")
        self.page.locator(".kz-launcher").click()
        self.panel.locator(".balance, .hello, .state").first.wait_for()

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    def tap(self, *keys: str) -> None:
        """Tap what is marked with these keys in the panel, one after the other: they are the same in every language."""
        for key in keys:
            self.panel.locator(f'[data-k="{key}"]').click()

    def sees(self, *texts: str) -> None:
        """Read these texts in the panel."""
        for text in texts:
            expect(self.panel).to_contain_text(text)

    def close_widget(self) -> None:
        """Close the panel."""
        self.page.keyboard.press("Escape")
        expect(self.panel).to_be_hidden()

    def clipboard(self) -> str:
        """What was copied last."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))

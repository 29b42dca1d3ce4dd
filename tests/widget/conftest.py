"""A store with the widget in a real browser: `storefront(...)` opens one, and nothing it throws goes unnoticed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

from tests.widget.canned import Store, serving

SIZES: Final[dict[str, dict[str, Any]]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
NOW: Final = "2026-11-22T12:00:00Z"
"""What browsers here believe: the examples' dates are told from this day."""
_PLACES: Final = {"en": ("en-GB", "America/New_York"), "ja": ("ja-JP", "Asia/Tokyo")}


class Storefront:
    """One store page in one browser, with what a shopper does on it."""

    def __init__(self, store: Store, context: BrowserContext) -> None:
        self.store = store
        self.context = context
        self.page: Page = context.new_page()
        self.thrown: list[str] = []
        self.said: list[str] = []
        self.page.on("pageerror", lambda error: self.thrown.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)

    @property
    def launcher(self) -> Locator:
        return self.page.locator(".kz-launcher")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def body(self) -> Locator:
        return self.page.locator(".kz-body")

    def key(self, name: str) -> Locator:
        """What is marked with this key, a button mostly: the same in every language."""
        return self.page.locator(f'[data-k="{name}"]')

    def until(self, condition: str) -> None:
        """Wait until an expression is true. Playwright's own way evaluates text, which this store's policy forbids."""
        self.page.evaluate(
            f"new Promise((done) => {{ const look = () => ({condition}) ? done() : setTimeout(look, 20); look() }})"
        )

    def visit(self, path: str = "/") -> "Storefront":
        self.page.goto(self.store.page(path))
        return self

    def open(self) -> "Storefront":
        """Tap the launcher and wait for the panel to have an answer."""
        self.launcher.click()
        self.panel.wait_for()
        self.body.locator(".balance, .hello, .state").first.wait_for()
        return self

    def go(self, *keys: str) -> "Storefront":
        for name in keys:
            self.key(name).click()
        return self


def fixed_clock(now: str) -> str:
    """A script that stops the calendar and leaves timers and measurements alone."""
    return f"""(() => {{
      const at = Date.parse({now!r}), Real = Date;
      globalThis.Date = class extends Real {{
        constructor(...given) {{ given.length ? super(...given) : super(at); }}
        static now() {{ return at; }}
      }};
    }})();"""


Opener = Callable[..., Storefront]


@pytest.fixture
def storefront(browser: Browser) -> Iterator[Opener]:
    """Opens stores: `storefront("ja", "phone", signed_in=False, attributes={...})`. Checks them at the end."""
    opened: list[Storefront] = []
    with ExitStack() as stack:

        def open_one(
            locale: str = "en",
            size: str = "phone",
            *,
            signed_in: bool = True,
            attributes: dict[str, str] | None = None,
            prepare: Callable[[Store], object] | None = None,
            now: str = NOW,
            **options: Any,  # noqa: ANN401  the browser's own
        ) -> Storefront:
            store = Store(locale=locale, signed_in=signed_in, attributes=attributes or {})
            if prepare:
                prepare(store)
            stack.enter_context(serving(store))
            tag, zone = _PLACES[locale]
            context = browser.new_context(**{"locale": tag, "timezone_id": zone, **SIZES[size], **options})
            stack.callback(context.close)
            context.add_init_script(fixed_clock(now))
            stack.callback(store.held.set)
            opened.append(Storefront(store, context))
            return opened[-1]

        yield open_one
        for one in opened:
            assert one.thrown == []
            assert [text for text in one.said if "Content Security Policy" in text] == []

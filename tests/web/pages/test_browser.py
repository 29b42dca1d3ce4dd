"""The pages in a real browser: readable by everyone, quiet, nothing inline, and at home in a store's admin."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect
from werkzeug.serving import make_server

from app.db.cipher import Cipher
from app.db.unit import make_engine
from app.factory import create_app
from app.settings import read
from app.web.house import EXTENSION
from app.web.seats import Seat, cookie_name, take_seat
from integrations import platforms, sources
from jobs.works import Works
from tests.servers.databases import SqliteDatabases
from tests.web.pages.conftest import new_link
from tests.web.pages.desk import a_desk
from tests.web.pages.hearing import a_hearing
from tests.web.pages.story import Story, a_year, a_year_in_japan, found
from tests.web.pages.test_embedded import session_token
from tests.web.shops import CLIENT_ID, CLIENT_SECRET, Clock, Rung

pytestmark = pytest.mark.browser

TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN: Final = """async (tags) => {
  const { violations, passes } = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
  return {
    passed: passes.length,
    violations: violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
  };
}"""
SIZES: Final[dict[str, dict[str, Any]]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
LOCALES: Final = {"en": "en-GB", "ja": "ja-JP"}
INLINE: Final = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Site:
    """The installation on loopback, with two shops that lived and one that was just connected."""

    address: str
    app: Flask
    works: Works
    tidewell: Story
    mado: Story
    young: Story

    def shop(self, language: str) -> Story:
        return self.mado if language == "ja" else self.tidewell

    def paths(self, language: str) -> dict[str, str]:
        """Return every kind of page by a name for its picture."""
        story = self.shop(language)
        member_id = story.member("201" if language == "ja" else "101")
        number, nothing = ("20391", "20391") if language == "ja" else ("10391", "10455")
        return {
            "home": "/home",
            "members": "/members",
            "members-none": "/members?q=zzz",
            "member": f"/members/{member_id}",
            "member-everything": f"/members/{member_id}?everything=1",
            "reverse": f"/members/{member_id}/adjust?reverses={'a' * 32}",
            "orders": "/orders",
            "order": f"/orders?number={number}",
            "order-nothing": f"/orders?number={nothing}",
            "order-unknown": "/orders?number=99999",
            "programme": "/programme",
            "activity": "/activity",
            "referrals": "/referrals",
            "hearing": "/hearing",
            "cases": "/cases",
            "activity-none": "/activity?kind=expired",
            "sign-in": "/sign-in",
        }


@pytest.fixture(scope="module")
def site(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real server; the pages do not care which database is behind."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = read(
        {
            "KIZUNA_ENV": "test",
            "KIZUNA_DATA": str(tmp_path_factory.mktemp("site")),
            "KIZUNA_BASE_URL": address,
            "KIZUNA_SHOPIFY_CLIENT_ID": CLIENT_ID,
            "KIZUNA_SHOPIFY_CLIENT_SECRET": CLIENT_SECRET,
        }
    )
    with sqlite_databases.migrated() as url:
        works = Works(
            engine=make_engine(url),
            cipher=Cipher(settings.encryption_keys, settings.secret_key),
            platforms=platforms(settings),
            sources=sources(settings),
            clock=Clock(),
            bell=Rung(),
            address=address,
        )
        young = found(works, "woocommerce", domain="young.example")
        mado, tidewell = a_year_in_japan(works), a_year(works)
        app = create_app(settings, works)
        server = make_server("127.0.0.1", port, app, threaded=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield Site(address, app, works, tidewell, mado, young)
        server.shutdown()
        serving.join()
        server.server_close()
        works.engine.dispose()


class Watched:
    """A page whose every complaint is noticed."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        self.complaints.append(message.text)


def seat(site: Site, context: BrowserContext, programme_id: UUID | None) -> None:
    """Put a signed-in seat's cookie into a browser."""
    response = site.app.response_class()
    with site.app.test_request_context(base_url=site.address):
        take_seat(response, Seat(programme_id, "operator", operator=True))
    name = cookie_name(site.app.extensions[EXTENSION].settings)
    value = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    context.add_cookies([{"name": name, "value": value, "url": site.address}])


def opened(
    site: Site, browser: Browser, language: str, size: str, scheme: str = "light"
) -> tuple[BrowserContext, Page]:
    context = browser.new_context(locale=LOCALES[language], color_scheme=scheme, **SIZES[size])  # type: ignore[arg-type]
    seat(site, context, site.shop(language).programme_id)
    return context, context.new_page()


# -- every page, seen by everyone --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    (("en", "desktop", "light"), ("en", "phone", "dark"), ("ja", "desktop", "dark"), ("ja", "phone", "light")),
)
def test_every_page_can_be_read_by_everyone(
    site: Site, browser: Browser, node_modules: Path, tmp_path: Path, language: str, size: str, scheme: str
) -> None:
    axe = (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")
    context, page = opened(site, browser, language, size, scheme)
    found: dict[str, list[str]] = {}
    for name, path in site.paths(language).items():
        page.goto(site.address + path)
        page.screenshot(path=tmp_path / f"{name}-{language}-{size}-{scheme}.png", full_page=True)
        page.evaluate(axe)
        result = page.evaluate(RUN, TAGS)
        assert result["passed"] > 15, name
        if result["violations"]:
            found[name] = result["violations"]
    context.close()

    assert found == {}
    assert len(list(tmp_path.glob("*.png"))) == len(site.paths(language))


def aside(site: Site, tell: Callable[[Story], Story], name: str) -> Story:
    """Let a shop of its own live through a story, and leave the clock as it was for the others."""
    clock = site.works.clock.now  # type: ignore[attr-defined]
    shop = tell(found(site.works, domain=f"{name}.myshopify.com"))
    site.works.clock.now = clock  # type: ignore[attr-defined]
    return shop


def look_at(page: Page, node_modules: Path, picture: Path) -> None:
    """Keep a picture of a page; everybody can read it, and nothing sticks out at its side."""
    page.screenshot(path=picture, full_page=True)
    page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    assert page.evaluate(RUN, TAGS)["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("size", "scheme"), (("desktop", "light"), ("phone", "dark")))
def test_what_customers_say_can_be_read_by_everyone(
    site: Site, browser: Browser, node_modules: Path, tmp_path: Path, size: str, scheme: str
) -> None:
    shop = aside(site, a_hearing, f"hearing-{size}")
    for language, locale in LOCALES.items():
        context = browser.new_context(locale=locale, color_scheme=scheme, **SIZES[size])  # type: ignore[arg-type]
        seat(site, context, shop.programme_id)
        page = context.new_page()
        page.goto(f"{site.address}/hearing?span=all")
        look_at(page, node_modules, tmp_path / f"hearing-{language}-{size}.png")
        page.goto(f"{site.address}/cases")
        look_at(page, node_modules, tmp_path / f"cases-{language}-{size}.png")
        page.locator("ul.rows a").nth(1).click()
        look_at(page, node_modules, tmp_path / f"case-{language}-{size}.png")
        page.goto(f"{site.address}/members/{shop.member('300')}")
        look_at(page, node_modules, tmp_path / f"member-{language}-{size}.png")
        page.locator("a[href*='/notes/']").first.click()
        page.get_by_role("heading", level=1).wait_for()
        look_at(page, node_modules, tmp_path / f"note-{language}-{size}.png")
        context.close()


@pytest.mark.parametrize(("size", "scheme"), (("desktop", "light"), ("phone", "dark")))
def test_the_referral_desk_with_cases_can_be_read_by_everyone(
    site: Site, browser: Browser, node_modules: Path, tmp_path: Path, size: str, scheme: str
) -> None:
    shop = aside(site, a_desk, f"desk-{size}")
    context = browser.new_context(locale="en-GB", color_scheme=scheme, **SIZES[size])  # type: ignore[arg-type]
    seat(site, context, shop.programme_id)
    page = context.new_page()
    for view in ("waiting", "decided", "all"):
        page.goto(f"{site.address}/referrals?view={view}")
        look_at(page, node_modules, tmp_path / f"referrals-{view}-{size}.png")
    page.goto(f"{site.address}/referrals")
    page.get_by_label("Reason").fill("They live in one house")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    context.close()


def test_nothing_is_inline_and_no_page_complains(site: Site, browser: Browser) -> None:
    for language in LOCALES:
        context, _ = opened(site, browser, language, "desktop")
        watched = Watched(context)
        for name, path in site.paths(language).items():
            answer = watched.page.goto(site.address + path)
            assert answer is not None
            assert INLINE.findall(answer.text()) == [], name
            assert watched.page.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius") == "14px"
        context.close()
        assert watched.complaints == []


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("width", (320, 390, 768, 1280))
def test_no_page_scrolls_sideways(site: Site, browser: Browser, language: str, width: int) -> None:
    context, page = opened(site, browser, language, "desktop")
    page.set_viewport_size({"width": width, "height": 800})
    wide = []
    for name, path in site.paths(language).items():
        page.goto(site.address + path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)
    context.close()

    assert wide == []


def test_empty_pages_teach_and_can_be_read(site: Site, browser: Browser, node_modules: Path) -> None:
    axe = (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")
    context, page = opened(site, browser, "en", "desktop")
    context.clear_cookies()
    seat(site, context, site.young.programme_id)
    for path in ("/home", "/members", "/activity", "/activity?kind=redeemed", "/orders"):
        page.goto(site.address + path)
        assert page.locator(".knot").count() >= 1, path
        page.evaluate(axe)
        assert page.evaluate(RUN, TAGS)["violations"] == []
    context.close()


# -- what people do ----------------------------------------------------------------------------------------------------


def test_a_link_leads_to_the_shop_and_points_are_given_by_keyboard(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB", **SIZES["desktop"])
    watched = Watched(context)
    page = watched.page
    link = new_link(site.works, None)
    page.goto(site.address + link)
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/shops")
    page.locator("li", has_text="tidewell.myshopify.com").get_by_role("button").click()
    page.wait_for_url("**/home")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Members").click()
    page.get_by_role("searchbox", name="Search members").fill("jonas")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Jonas Petrov").click()
    before = int(page.locator(".split4 dd").first.inner_text().replace(",", ""))
    page.get_by_role("textbox", name="Points").fill("25")
    page.get_by_label("Reason").fill("Thank you for the photos")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Add 25 points for Jonas Petrov?").wait_for()
    page.get_by_role("button", name="Add 25 points").click()
    page.get_by_role("status").get_by_text("25 points added.").wait_for()
    after = int(page.locator(".split4 dd").first.inner_text().replace(",", ""))
    complaints = watched.complaints
    context.close()

    assert after == before + 25
    assert complaints == []


def test_the_menu_opens_on_a_phone_and_closes_by_escape(site: Site, browser: Browser) -> None:
    context, page = opened(site, browser, "en", "phone")
    page.goto(f"{site.address}/home")
    menu = page.get_by_role("navigation", name="Main")
    hidden = menu.is_visible()
    page.get_by_role("button", name="Menu").click()
    shown = menu.is_visible()
    page.keyboard.press("Escape")
    closed = menu.is_visible()
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("link", name="Programme").click()
    page.wait_for_url("**/programme")
    context.close()

    assert (hidden, shown, closed) == (False, True, False)


def test_the_answer_for_a_customer_can_be_copied(site: Site, browser: Browser) -> None:
    context, page = opened(site, browser, "en", "desktop")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.address}/orders?number=10391")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()

    assert copied.startswith("Order #10391 earned 345 points.")


def test_the_pages_work_without_scripts(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False, **SIZES["phone"])
    seat(site, context, site.tidewell.programme_id)
    page = context.new_page()
    page.goto(f"{site.address}/orders?number=10391")
    copies = page.get_by_role("button", name="Copy").count()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Members").click()
    page.wait_for_url("**/members")
    context.close()

    assert copies == 0


# -- in a store's admin ------------------------------------------------------------------------------------------------


def test_in_the_admin_pages_are_moved_through_without_cookies(site: Site, browser: Browser) -> None:
    """App Bridge's part is played by a few lines: a fresh token on every fetch of our own origin."""
    context = browser.new_context(locale="en-GB", **SIZES["desktop"])
    watched = Watched(context)
    page = watched.page
    minted = {"tokens": 0}

    def token() -> str:
        minted["tokens"] += 1
        return session_token(datetime.fromtimestamp(time.time(), UTC))

    def bridge(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body=BRIDGE)

    context.expose_function("mintToken", token)
    context.route("https://cdn.shopify.com/**", bridge)
    site.works.clock.now = datetime.fromtimestamp(int(time.time()), UTC)  # type: ignore[attr-defined]
    try:
        page.goto(f"{site.address}/home?id_token={token()}&shop=tidewell.myshopify.com&embedded=1&locale=en")
        side_bars = page.locator("nav.side").count()
        kept_token = "id_token" in page.url
        page.get_by_role("link", name="All activity").click()
        page.get_by_role("heading", name="Activity", level=1).wait_for()
        page.get_by_role("link", name="Jonas Petrov").first.click()
        page.get_by_role("heading", name="Jonas Petrov").wait_for()
        page.get_by_role("textbox", name="Points").fill("5")
        page.get_by_label("Reason").fill("From the admin")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Add 5 points").click()
        page.get_by_role("status").get_by_text("5 points added.").wait_for()
        at_member = re.search(r"/members/[0-9a-f-]{36}\?done=", page.url)
        page.go_back()
        page.get_by_role("heading", name="Adjust points").first.wait_for()
        focused = page.evaluate("document.activeElement.id")
        cookies = context.cookies()
        requests = minted["tokens"]
    finally:
        # The clock goes back when nothing is asked any more: what is on its way would meet tokens of another day.
        context.close()
        site.works.clock.now = Clock().now  # type: ignore[attr-defined]

    assert (side_bars, kept_token, cookies, focused) == (0, False, [], "main")
    assert at_member is not None
    assert requests >= 6
    assert watched.complaints == []


BRIDGE: Final = """
const plain = window.fetch.bind(window);
window.fetch = async (input, init) => {
  const request = new Request(input, init);
  request.headers.set('Authorization', `Bearer ${await window.mintToken()}`);
  return plain(request);
};
window.shopify = { idToken: () => window.mintToken(), loading: () => {} };
"""

"""What the app's widget and pages need of the demonstration stores, in a real browser where it matters."""

import re
import string
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.sandbox.drawings import drawing, names
from tests.sandbox.history import Size
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.running import Stores, running_stores
from tests.stores.storefront.asking import NOON, SANDBOX, WORDS, Person


def test_tidewell_prints_the_apps_real_embed_once_it_is_installed_and_switched_on(stores: Stores) -> None:
    shop, visitor = stores.shopify, Person(stores.shopify)
    before = visitor.get("/").text
    shop.face.install()
    shop.face.switch_embed(on=True)
    page = visitor.get("/").text
    assert "<kizuna-rewards" not in before
    assert 'data-api="/apps/kizuna/api"' in page
    assert 'data-signed-in="false"' in page
    script = re.search(r'<script src="(/extensions/[^"]+loader\.js)" defer>', page)
    assert script is not None
    assert visitor.get(script[1]).status_code == 200
    visitor.post("/account/sign-in", customer=shop.sign_up("maya@example.test").id)
    assert 'data-signed-in="true"' in visitor.get("/").text


def test_mado_prints_the_plugins_element_and_mints_a_token_for_its_own_pages_only(stores: Stores) -> None:
    shop, visitor = stores.woo, Person(stores.woo)
    assert "<kizuna-rewards" not in visitor.get("/").text
    shop.face.plugin.connect("shop-1", "http://127.0.0.1:8100", "s" * 40)
    visitor.post("/account/sign-in", customer=shop.sign_up("maya@example.test").id)
    page = visitor.get("/").text
    assert 'data-api="http://127.0.0.1:8100/storefront/api"' in page
    url = re.search(r'data-token-url="([^"]+)"', page)
    assert url is not None
    assert str(visitor.get(url[1]).json()["token"]).startswith("v1.")
    assert visitor.get("/wp-json/kizuna/v1/token").json() == {"token": None}, "without the nonce nobody is signed in"
    assert visitor.get("/wp-json/kizuna/v1/token?_wpnonce=wrong").status_code == 403
    for name in ("loader.js", "panel.js"):
        assert visitor.get(f"/wp-content/plugins/kizuna-loyalty-for-woocommerce/assets/{name}").status_code == 200


def test_pages_of_a_store_load_nothing_from_elsewhere(stores: Stores) -> None:
    stores.shopify.face.install()
    stores.shopify.face.switch_embed(on=True)
    for one in stores.both():
        visitor = Person(one)
        visitor.take()
        for path in (
            "/",
            "/cart",
            "/checkout",
            "/account",
            f"/products/{next(iter(one.store.products.values())).slug}",
        ):
            page = visitor.get(path)
            assert page.status_code == 200
            assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', page.text)
            assert page.headers["Cache-Control"] == "no-store, private"


def test_all_words_are_there_in_both_languages_with_the_same_places_for_values() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, japanese = WORDS["en"], WORDS["ja"]
    assert english.keys() == japanese.keys()
    assert [key for key in english if places(english[key]) != places(japanese[key])] == []
    used = set()
    for path in [*SANDBOX.glob("templates/shop/*.html"), *SANDBOX.glob("storefront/*.py")]:
        used |= set(re.findall(r'(?:\bt|say|tell|warn)\(\s*[\'"]([a-z_]+)[\'"]', path.read_text(encoding="utf-8")))
    assert {key for key in used if not key.endswith("_")} <= english.keys()


def test_every_picture_is_drawn_in_the_colour_of_its_product() -> None:
    assert len(names()) >= 18
    assert all("#123456" in drawing(name, "#123456") for name in names())


@pytest.mark.browser
def test_the_frame_gets_tokens_and_its_fetches_carry_them(stores: Stores, app: Listener, page: Page) -> None:
    bridge = f"{stores.shopify.url}/app-bridge.js"
    stale = iter((True, False))

    def answer(heard: Heard) -> tuple[int, str, dict[str, str]]:
        html = {"Content-Type": "text/html"}
        if heard.path == "/data":
            again = {"X-Shopify-Retry-Invalid-Session-Request": "1"} if next(stale, False) else {}
            return (401 if again else 200), "data", again
        if heard.path == "/bounce":
            return 200, f'<script src="{bridge}" data-api-key="k"></script>', html
        return (
            200,
            (
                f'<title>Points</title><meta name="shopify-api-key" content="k"><script src="{bridge}"></script>'
                "<ui-nav-menu><a href='/members'>Members</a></ui-nav-menu><p id=out></p><script>"
                "shopify.toast.show('Saved'); fetch('/data').then((r) => r.text())"
                ".then((text) => { document.getElementById('out').textContent = text; });</script>"
            ),
            html,
        )

    app.answer = answer
    stores.shopify.face.install()
    page.goto(f"{stores.shopify.url}/admin/apps/kizuna")
    frame = page.frame_locator("#app")
    frame.locator("#out", has_text="data").wait_for()
    tried = app.of("/data")
    assert [heard.headers["authorization"].startswith("Bearer ey") for heard in tried] == [True, True]
    assert tried[0].headers["authorization"] != tried[1].headers["authorization"], "the second try has a fresh token"
    assert page.locator("#toast").text_content() == "Saved"
    assert page.locator("#app-title").text_content() == "Points"
    with page.expect_response(lambda answer: urlsplit(answer.url).path == "/members"):
        page.locator("#app-menu a", has_text="Members").click()
    with page.expect_response(lambda answer: urlsplit(answer.url).path == "/after"):
        page.evaluate(
            "url => { document.getElementById('app').src = url }", f"{app.url}/bounce?shopify-reload=/after%3Fa=1"
        )
    (after,) = app.of("/after")
    assert "a=1" in after.query
    assert "id_token=ey" in after.query
    assert "shop=tidewell.myshopify.com" in after.query


@pytest.mark.browser
def test_the_admins_menu_leads_through_the_app_itself(stores: Stores, app: Listener, page: Page) -> None:
    bridge = f"{stores.shopify.url}/app-bridge.js"
    frame = (
        f'<meta name="shopify-api-key" content="k"><script src="{bridge}"></script>'
        "<s-app-nav><s-link href='/home' rel='home'>Home</s-link><s-link href='/members'>Members</s-link></s-app-nav>"
        "<p id=out></p><script>document.addEventListener('shopify:navigate', (event) => {"
        " document.getElementById('out').textContent = event.target.getAttribute('href'); });</script>"
    )
    app.answer = lambda _heard: (200, frame, {"Content-Type": "text/html"})
    stores.shopify.face.install()
    page.goto(f"{stores.shopify.url}/admin/apps/kizuna")
    page.locator("#app-menu a", has_text="Members").click()
    page.frame_locator("#app").locator("#out", has_text="/members").wait_for()
    assert app.of("/members") == [], "the frame is not loaded anew: its first token would be missing"


@pytest.mark.browser
def test_no_page_scrolls_sideways(app: Listener, page: Page) -> None:
    with running_stores(app.url, at=NOON, sending=False, year=Size(members=10, orders=40)) as stores:
        for one in stores.both():
            product = next(iter(one.store.products.values()))
            page.goto(f"{one.url}/account/choose")
            page.locator(".people button").first.click()
            page.goto(f"{one.url}/products/{product.slug}")
            page.locator(".product .buy").click()
            newest = max(one.store.orders)
            paths = ("/", "/cart", "/checkout", "/account", "/account/choose", "/back-office", "/back-office/reviews",
                     "/back-office/codes", f"/back-office/orders/{newest}", "/nowhere")  # fmt: skip
            for path in paths:
                page.goto(f"{one.url}{path}")
                for width in (320, 390, 1280):
                    page.set_viewport_size({"width": width, "height": 800})
                    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    assert over <= 0, (one.store.shop.name, path, width)

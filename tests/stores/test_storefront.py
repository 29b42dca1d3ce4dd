"""Shoppers and shopkeepers in the demonstration stores: what they click, what they are told, what the widget needs."""

import json
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page

from tests.sandbox import totals
from tests.sandbox.drawings import drawing, names
from tests.sandbox.history import Size
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.records import CodeKind, DiscountCode, Order
from tests.sandbox.running import ShopifyStore, Stores, WooStore, running_stores

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SANDBOX = Path(__file__).parents[1] / "sandbox"
WORDS: dict[str, dict[str, str]] = json.loads((SANDBOX / "storefront" / "words.json").read_text(encoding="utf-8"))
AnyStore = ShopifyStore | WooStore


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def stores(app: Listener) -> Iterator[Stores]:
    with running_stores(app.url, at=NOON, sending=False) as found:
        yield found


@pytest.fixture(params=("shopify", "woo"))
def store(request: pytest.FixtureRequest, stores: Stores) -> AnyStore:
    found: AnyStore = getattr(stores, request.param)
    return found


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


# Shopping


def test_one_click_makes_a_visitor_a_shopper_and_another_a_stranger_again(store: AnyStore) -> None:
    shopper, visitor = store.sign_up("maya@example.test", "Maya", "Lind"), Person(store)
    visitor.post("/account/sign-in", customer=shopper.id)
    assert "maya@example.test" in visitor.get("/account").text
    visitor.post("/account/sign-out")
    assert "maya@example.test" not in visitor.get("/account").text


def test_shoppers_with_a_history_are_offered_by_name(app: Listener) -> None:
    with running_stores(app.url, at=NOON, sending=False, year=Size(members=20, orders=80)) as stores:
        for one in stores.both():
            page = Person(one).get("/account/choose").text
            known = [customer for customer in one.store.customers.values() if customer.note]
            assert 4 <= len(known) <= 6
            assert all(customer.note in page for customer in known)


def test_a_new_customer_buys_and_finds_the_order_in_the_account(store: AnyStore) -> None:
    visitor = Person(store)
    visitor.post("/account/sign-up", email="new@example.test", first_name="Neu", last_name="Mann")
    visitor.take()
    order = visitor.pay(email="new@example.test")
    customer = store.store.customer_by_email("new@example.test")
    assert customer is not None
    assert order.customer_id == customer.id
    assert f"#{order.number}" in visitor.get("/account").text
    assert totals.total(order, store.store.shop) > 0
    assert say(store, "cart_count", count=1) not in visitor.get("/").text


def test_a_guest_may_open_an_account_with_the_order(store: AnyStore) -> None:
    visitor = Person(store)
    visitor.take()
    order = visitor.pay(email="fresh@example.test", create_account="yes")
    assert order.customer_id is not None
    assert store.store.customers[order.customer_id].address.address1 == "1 Quay"


def test_an_order_is_shown_to_who_placed_it_and_to_nobody_else(store: AnyStore) -> None:
    visitor, stranger = Person(store), Person(store)
    visitor.take()
    order = visitor.pay()
    assert visitor.get(f"/orders/{order.id}?key={order.key}").status_code == 200
    assert stranger.get(f"/orders/{order.id}").status_code == 404


def test_an_order_by_transfer_waits_for_the_back_office(store: AnyStore) -> None:
    visitor = Person(store)
    visitor.take()
    order = visitor.pay(payment="transfer")
    assert order.paid_at is None
    Person(store).post(f"/back-office/orders/{order.id}/pay")
    assert order.paid_at == NOON


# Codes


def test_a_code_typed_at_the_checkout_takes_off_what_it_is_worth(store: AnyStore) -> None:
    code(store, "FIVE")
    visitor = Person(store)
    visitor.take()
    page = visitor.post("/cart/code", code="five", next="/checkout").text
    assert say(store, "discount", code="FIVE") in page
    order = visitor.pay()
    assert order.codes[0].amount == 500


def test_a_code_that_is_refused_is_told_with_its_reason_and_not_kept(store: AnyStore) -> None:
    owner = store.sign_up("owner@example.test")
    code(store, "HERS", customer_ids=[owner.id])
    visitor = Person(store)
    visitor.take()
    assert say(store, "refused_unknown", code="NONSENSE") in visitor.post("/cart/code", code="nonsense").text
    assert say(store, "refused_sign_in", code="HERS") in visitor.post("/cart/code", code="hers").text
    assert visitor.pay().codes == []


def test_a_code_that_ran_out_meanwhile_is_dropped_before_paying(store: AnyStore) -> None:
    code(store, "ONCE", usage_limit=1)
    first, second = Person(store), Person(store)
    for person in (first, second):
        person.take()
        person.post("/cart/code", code="once")
    assert first.pay().codes
    assert say(store, "refused_used_up", code="ONCE") in second.get("/checkout").text
    assert second.pay().codes == []


@pytest.mark.parametrize(
    ("name", "link", "page"),
    (
        ("shopify", "/discount/FIVE?redirect=/cart", "/cart"),
        ("woo", "/cart/?kz_code=FIVE", "/cart/"),
        ("woo", "/?kz_code=FIVE&kz_ref=abc", "/?kz_ref=abc"),
    ),
)
def test_a_link_brings_its_code_into_a_cart_that_may_still_be_empty(
    stores: Stores, name: str, link: str, page: str
) -> None:
    store: AnyStore = getattr(stores, name)
    code(store, "FIVE")
    visitor = Person(store)
    assert visitor.get(link).url == store.url + page
    visitor.take()
    assert say(store, "discount", code="FIVE") in visitor.get("/cart").text


@pytest.mark.parametrize("path", ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"))
def test_links_and_forms_lead_nowhere_outside_the_store(store: AnyStore, path: str) -> None:
    shopper, visitor = store.sign_up("maya@example.test"), Person(store)
    answers = [
        visitor.http.post(f"{store.url}/account/sign-in", data={"customer": shopper.id, "next": path},
                          allow_redirects=False, timeout=5),
        visitor.http.get(f"{store.url}/discount/X", params={"redirect": path}, allow_redirects=False, timeout=5),
    ]  # fmt: skip
    assert [answer.headers["Location"] for answer in answers] == ["/account", "/"]


# Reviews and the back office


def test_a_review_is_seen_once_the_back_office_shows_it(store: AnyStore) -> None:
    product = next(iter(store.store.products.values()))
    shopper, visitor = store.sign_up("maya@example.test", "Maya", "Lind"), Person(store)
    visitor.post("/account/sign-in", customer=shopper.id)
    visitor.post(f"/products/{product.slug}/reviews", rating="4", title="Fine", body="Quite a find, this one.")
    (review,) = store.store.reviews.values()
    assert "Quite a find" not in visitor.get(f"/products/{product.slug}").text
    Person(store).post(f"/back-office/reviews/{review.id}", status="approved")
    assert "Quite a find" in visitor.get(f"/product/{product.slug}/").text
    Person(store).post(f"/back-office/reviews/{review.id}", status="trashed")
    assert "Quite a find" not in visitor.get(f"/products/{product.slug}").text


def test_the_back_office_refunds_units_amounts_and_the_rest_but_never_too_much(store: AnyStore) -> None:
    order = store.buy("guest@example.test", {next(iter(store.store.products.values())).slug: 3})
    keeper = Person(store)
    base = f"/back-office/orders/{order.id}"
    keeper.post(f"{base}/refund-lines", **{f"line-{order.lines[0].id}": "1"})
    keeper.post(f"{base}/refund-amount", amount="1")
    for nonsense in ("much", "-1", "99999999"):
        assert say(store, "bo_refund_refused") in keeper.post(f"{base}/refund-amount", amount=nonsense).text
    assert len(order.refunds) == 2
    keeper.post(f"{base}/refund-rest")
    assert totals.refundable(order, store.store.shop) == 0
    assert say(store, "state_refunded") in keeper.get(base).text


def test_the_back_office_sends_and_cancels_and_finds_orders_by_name_or_number(store: AnyStore) -> None:
    store.buy("somebody@example.test", {next(iter(store.store.products.values())).slug: 1})
    order = store.buy("guest@example.test", {next(iter(store.store.products.values())).slug: 1})
    keeper = Person(store)
    keeper.post(f"/back-office/orders/{order.id}/fulfil")
    keeper.post(f"/back-office/orders/{order.id}/cancel")
    assert (order.fulfilled_at, order.cancelled_at) == (NOON, NOON)
    found = keeper.get("/back-office?q=GUEST@").text
    assert "guest@example.test" in found
    assert "somebody@example.test" not in found


def test_every_page_of_the_back_office_opens(store: AnyStore) -> None:
    code(store, "FIVE", usage_limit=3)
    store.review("guest@example.test", next(iter(store.store.products.values())).slug)
    for path in ("", "/reviews", "/codes", "/webhooks"):
        assert Person(store).get(f"/back-office{path}").status_code == 200
    assert Person(store).get("/back-office/orders/1").status_code == 404


# What the app's widget needs of the stores


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


# App Bridge's stand-in, in a real browser


@pytest.mark.browser
def test_the_frame_gets_tokens_and_its_fetches_carry_them(stores: Stores, app: Listener, page: Page) -> None:
    bridge = f"{stores.shopify.url}/app-bridge.js"
    stale = iter((True, False))

    def answer(heard: Heard) -> tuple[int, str, dict[str, str]]:
        html = {"Content-Type": "text/html"}
        if heard.path == "/data":
            again = {"X-Shopify-Retry-Invalid-Session-Request": "1"} if next(stale) else {}
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
    page.locator("#app-menu a", has_text="Members").click()
    frame.locator("#out").wait_for()
    page.evaluate(
        "url => { document.getElementById('app').src = url }", f"{app.url}/bounce?shopify-reload=/after%3Fa=1"
    )
    frame.locator("#out").wait_for()
    page.wait_for_function("() => true")
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

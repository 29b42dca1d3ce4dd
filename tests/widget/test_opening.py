"""The launcher costs the page next to nothing, the panel is a dialog, and the store never notices that we are away."""

import pytest
from playwright.sync_api import expect

from tests.widget.canned import Answer, Store, problem
from tests.widget.conftest import Opener

pytestmark = pytest.mark.browser


def test_one_small_request_is_made_before_a_tap(storefront: Opener) -> None:
    shop = storefront().visit()
    expect(shop.launcher).to_have_text("Rewards")
    assert [one.path for one in shop.store.asked] == ["programme"]
    fetched = shop.page.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    assert sorted(set(fetched) - {"/favicon.ico"}) == ["/apps/kizuna/api/programme", "/assets/loader.js"]


def test_the_launcher_moves_nothing_on_the_page(storefront: Opener) -> None:
    shop = storefront()
    shop.page.add_init_script(
        "window.shifts = 0; const add = (list) => list.getEntries().forEach((one) => { window.shifts += one.value });"
        "new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });"
    )
    shop.visit().open()
    assert shop.page.evaluate("window.shifts") == 0
    box = shop.launcher.bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["width"] >= 44


def test_a_server_that_is_away_leaves_the_page_alone(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("GET", "programme", problem("UNAVAILABLE", 503)))
    with shop.page.expect_response("**/programme"):
        shop.visit()
    expect(shop.page.get_by_role("heading", name="A store")).to_be_visible()
    expect(shop.launcher).to_have_count(0)


def test_after_three_failures_the_server_is_left_in_peace(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("GET", "programme", Answer(b"<html>Bad gateway</html>", 502)))
    for _ in range(3):
        with shop.page.expect_response("**/programme"):
            shop.visit()
        shop.until("(sessionStorage.getItem('kizuna:away') || '').length > 0")
    before = len(shop.store.asked)
    shop.until("(sessionStorage.getItem('kizuna:away') || '').startsWith('3 ')")
    shop.visit()
    shop.page.evaluate("new Promise((done) => requestIdleCallback(() => setTimeout(done, 300), { timeout: 3000 }))")
    assert before == 3
    assert len(shop.store.asked) == before


def test_a_stalled_server_holds_up_nobody(storefront: Opener) -> None:
    def stall(store: Store) -> None:
        store.stalled.add("programme")

    shop = storefront(prepare=stall).visit()
    expect(shop.page.get_by_role("button", name="Use points")).to_be_enabled()
    assert shop.page.evaluate("document.readyState") == "complete"
    expect(shop.launcher).to_have_count(0)


def test_the_panel_is_a_labelled_dialog_with_the_page_behind_it_out_of_reach(storefront: Opener) -> None:
    shop = storefront(size="desktop").visit().open()
    expect(shop.panel).to_have_accessible_name("Tidewell Circle")
    expect(shop.page.locator("#kz-title")).to_be_focused()
    assert shop.page.locator("dialog").evaluate("one => one.matches(':modal')")
    for _ in range(30):
        shop.page.keyboard.press("Tab")
        assert shop.page.evaluate("['KIZUNA-REWARDS', 'BODY', 'HTML'].includes(document.activeElement.tagName)")


def test_escape_and_the_button_close_and_give_the_focus_back(storefront: Opener) -> None:
    shop = storefront().visit().open()
    shop.page.keyboard.press("Escape")
    expect(shop.panel).to_have_count(0)
    expect(shop.launcher).to_be_focused()
    shop.open()
    shop.panel.get_by_role("button", name="Close").click()
    expect(shop.panel).to_have_count(0)
    expect(shop.launcher).to_be_focused()


def test_a_tap_beside_the_panel_closes_it_and_one_inside_does_not(storefront: Opener) -> None:
    shop = storefront(size="desktop").visit().open()
    shop.page.locator(".kz-body .next").click()
    expect(shop.panel).to_be_visible()
    shop.page.mouse.click(200, 400)
    expect(shop.panel).to_have_count(0)


def test_a_link_of_the_store_opens_the_view_it_names(storefront: Opener) -> None:
    shop = storefront().visit()
    expect(shop.launcher).to_be_visible()
    shop.page.get_by_role("button", name="Use points").click()
    expect(shop.page.locator("#kz-title")).to_have_text("Use points")


def test_the_launcher_steps_aside_for_what_has_the_focus(storefront: Opener) -> None:
    shop = storefront().visit()
    expect(shop.launcher).to_be_visible()
    shop.page.evaluate(
        """() => {
          const field = document.createElement('input');
          Object.assign(field, { id: 'under', ariaLabel: 'x' });
          Object.assign(field.style, { position: 'fixed', right: '30px', bottom: '30px', width: '120px' });
          document.body.append(field);
        }"""
    )
    shop.page.locator("#under").focus()
    expect(shop.launcher).to_be_hidden()
    shop.page.get_by_role("link", name="Home").focus()
    expect(shop.launcher).to_be_visible()


def test_rewards_that_wait_are_told_on_the_launcher(storefront: Opener) -> None:
    shop = storefront().visit().open()
    shop.page.keyboard.press("Escape")
    expect(shop.launcher).to_have_accessible_name("Rewards, 1 reward ready")
    shop.visit()
    expect(shop.page.locator(".kz-launcher .dot")).to_be_visible()


def test_a_panel_that_does_not_arrive_can_be_asked_for_again(storefront: Opener) -> None:
    shop = storefront().visit()
    shop.page.route("**/assets/panel.js", lambda route: route.abort())
    shop.launcher.click()
    expect(shop.launcher).to_have_text("Could not open. Try again")
    shop.page.unroute_all()
    shop.open()
    expect(shop.panel).to_be_visible()


def test_a_view_fetched_later_that_does_not_arrive_can_be_asked_for_again(storefront: Opener) -> None:
    shop = storefront().visit().open()
    fetched: list[str] = []
    shop.page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[1]))
    shop.page.route("**/assets/more-en.js", lambda route: route.abort())
    shop.go("row-history")
    expect(shop.body.get_by_role("alert")).to_contain_text("We cannot be reached right now")
    shop.go("back")
    expect(shop.page.locator(".balance")).to_be_visible()
    shop.page.unroute_all()
    shop.go("row-history")
    expect(shop.body.locator(".led").first).to_be_visible()
    shop.go("back", "go-refer")
    expect(shop.body.locator(".linkbox")).to_be_visible()
    assert fetched.count("more-en.js") == 2


def test_the_theme_of_the_store_reaches_nothing_inside(storefront: Opener) -> None:
    shop = storefront().visit().open()
    figure = shop.page.locator(".balance .fig")
    style = figure.evaluate(
        "one => { const s = getComputedStyle(one); return [s.fontSize, s.textTransform, s.textAlign, s.letterSpacing] }"
    )
    assert style[:3] == ["46px", "none", "start"]
    close = shop.panel.get_by_role("button", name="Close")
    assert close.evaluate("one => getComputedStyle(one).borderTopWidth") == "0px"


def test_nothing_moves_for_those_who_asked_for_stillness(storefront: Opener) -> None:
    shop = storefront(reduced_motion="reduce").visit().open()
    moving = """() => document.querySelector('kizuna-rewards').shadowRoot.getAnimations()
        .filter((one) => one.effect.getKeyframes().some((frame) => 'transform' in frame)).length"""
    assert shop.page.evaluate(moving) == 0
    lively = storefront(reduced_motion="no-preference").visit().open()
    lively.key("row-rewards").click()
    assert lively.page.evaluate(moving) > 0  # the gleam of the code being prepared


def test_colours_of_the_system_keep_every_control_visible(storefront: Opener) -> None:
    shop = storefront(forced_colors="active").visit().open()
    for control in (shop.key("go-redeem"), shop.page.locator(".balance"), shop.page.locator(".cordbar")):
        assert control.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 1


def test_a_page_in_a_language_we_do_not_speak_gets_the_shops_own(storefront: Opener) -> None:
    shop = storefront(attributes={"locale": "fr-CA"}, locale="ja").visit()
    expect(shop.launcher).to_have_text("ポイント")
    assert shop.launcher.evaluate("one => one.parentElement.lang") == "ja"

"""Points into codes: never twice, never lost, always with a way back."""

import pytest
from playwright.sync_api import expect

from tests.widget.canned import Answer, Store, example, problem
from tests.widget.conftest import Opener, Storefront

pytestmark = pytest.mark.browser


def issued(left: int = 740) -> Answer:
    """A new code, and the balance after it."""
    answer = example("redemption_answer")
    answer["redemption"]["id"] = "red_9"
    answer["redemption"]["code"] = "TIDE-NEW1-CODE-2345"
    answer["balance"]["available"] = left
    return Answer(answer, 201)


def at_the_confirm_step(shop: Storefront) -> Storefront:
    return shop.visit().open().go("go-redeem", "get-off-5")


def test_the_price_and_what_is_left_are_said_before_points_move(storefront: Opener) -> None:
    shop = at_the_confirm_step(storefront())
    expect(shop.page.locator(".sum")).to_have_text("You pay 500You keep 740")
    expect(shop.body).to_contain_text("For orders from $25.")
    expect(shop.body).to_contain_text("Use within 30 days, once.")
    assert shop.store.calls("POST", "redemptions") == []


def test_what_costs_nothing_says_so_and_is_no_goal_to_collect_for(storefront: Opener) -> None:
    def gift(store: Store) -> None:
        for reward in store.programme["rewards"]:
            reward["cost"] = 0
        for own in store.member["rewards"]:
            own |= {"missing": 0, "affordable": True}

    shop = storefront(prepare=gift).visit().open()
    expect(shop.body).not_to_contain_text("You have enough for")
    shop.go("go-redeem")
    expect(shop.body).to_contain_text("Free for you")
    shop.go("get-off-5")
    expect(shop.page.locator(".sum")).to_be_empty()
    expect(shop.key("redeem")).to_have_text("Get $5.00 off")


def test_a_reward_is_redeemed_in_four_taps_and_its_code_is_there(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("POST", "redemptions", issued()))
    at_the_confirm_step(shop)
    shop.store.member["redemptions"].insert(0, issued().body["redemption"])
    shop.store.member["balance"]["available"] = 740
    shop.page.get_by_role("button", name="Use 500 points for $5.00 off").click()
    expect(shop.page.locator("#kz-title")).to_have_text("My rewards")
    expect(shop.page.locator("#kz-title")).to_be_focused()
    expect(shop.body).to_contain_text("TIDE-NEW1-CODE-2345")
    expect(shop.page.locator(".toast-at")).to_contain_text("500 points used, 740 left")
    (call,) = shop.store.calls("POST", "redemptions")
    assert call.body["reward"] == "off-5"
    assert set(call.body) == {"key", "reward"}
    assert shop.page.evaluate("sessionStorage.getItem('kizuna:wishes')") is None


def test_a_double_tap_is_one_redemption(storefront: Opener) -> None:
    shop = at_the_confirm_step(storefront(prepare=lambda store: store.answer("POST", "redemptions", issued())))
    shop.store.stalled.add("redemptions")
    button = shop.key("redeem")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.dispatch_event("click")
    button.press("Enter")
    shop.store.held.set()
    expect(shop.page.locator("#kz-title")).to_have_text("My rewards")
    assert len(shop.store.calls("POST", "redemptions")) == 1


def test_a_lost_answer_is_asked_for_again_with_the_same_key(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("POST", "redemptions", problem("INTERNAL", 500), issued()))
    at_the_confirm_step(shop)
    shop.key("redeem").click()
    expect(shop.body.get_by_role("alert")).to_contain_text("Trying again is safe")
    expect(shop.body.get_by_role("alert")).to_contain_text("Ref 7F2K9M")
    shop.page.get_by_role("button", name="Try again").click()
    expect(shop.page.locator("#kz-title")).to_have_text("My rewards")
    first, second = shop.store.calls("POST", "redemptions")
    assert first.body == second.body


def test_a_wish_survives_a_reload_and_is_answered_then(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("POST", "redemptions", problem("UNAVAILABLE", 503), issued()))
    at_the_confirm_step(shop)
    shop.key("redeem").click()
    expect(shop.body.get_by_role("alert")).to_be_visible()
    shop.visit().open()
    expect(shop.page.locator(".toast-at")).to_contain_text("500 points used")
    first, second = shop.store.calls("POST", "redemptions")
    assert first.body == second.body


def test_a_wish_is_never_sent_for_the_next_shopper_at_this_screen(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("POST", "redemptions", problem("UNAVAILABLE", 503)))
    at_the_confirm_step(shop)
    shop.key("redeem").click()
    expect(shop.body.get_by_role("alert")).to_be_visible()
    shop.store.member["id"] = "mem_somebody_else"
    shop.visit().open()
    shop.go("row-history")
    expect(shop.body.locator(".led").first).to_be_visible()
    assert len(shop.store.calls("POST", "redemptions")) == 1


def test_a_refusal_is_final_says_what_is_missing_and_a_new_try_is_a_new_wish(storefront: Opener) -> None:
    short = problem("INSUFFICIENT_POINTS", 409, have=300, need=500, missing=200)
    shop = storefront(prepare=lambda store: store.answer("POST", "redemptions", short))
    at_the_confirm_step(shop)
    shop.key("redeem").click()
    expect(shop.body.get_by_role("alert")).to_contain_text("You need 200 points more. Nothing was used.")
    shop.key("redeem").click()
    expect(shop.key("redeem")).not_to_have_attribute("aria-busy", "true")
    expect(shop.body.get_by_role("alert")).to_be_visible()
    first, second = shop.store.calls("POST", "redemptions")
    assert first.body["key"] != second.body["key"]


def test_what_cannot_be_afforded_says_how_much_is_missing_and_has_no_button(storefront: Opener) -> None:
    shop = storefront().visit().open().go("go-redeem")
    expect(shop.body).to_contain_text("1,500 points. You need 260 more.")
    expect(shop.body).to_contain_text("Opens with the Tide tier, $188 away.")
    expect(shop.key("get-bag")).to_have_count(0)
    expect(shop.key("get-tide-20")).to_have_count(0)
    expect(shop.key("get-shipping")).to_be_visible()


def test_a_code_being_prepared_appears_by_itself(storefront: Opener) -> None:
    waiting = example("redemption_answer", 2)
    ready = example("redemption_answer", 2)
    ready["redemption"] |= {"state": "issued", "code": "TIDE-SHIP-FREE-9999"}

    def later(store: Store) -> None:
        store.answer("GET", "redemptions/red_2", Answer(waiting), Answer(ready))

    shop = storefront(prepare=later).visit().open().go("row-rewards")
    expect(shop.body).to_contain_text("The store is making your code.")
    expect(shop.body).to_contain_text("TIDE-SHIP-FREE-9999", timeout=15_000)
    assert len(shop.store.calls("GET", "redemptions/red_2")) == 2


def test_a_code_is_copied_and_it_is_said(storefront: Opener) -> None:
    shop = storefront(permissions=["clipboard-read", "clipboard-write"]).visit().open().go("row-rewards")
    shop.body.get_by_role("button", name="Copy").click()
    expect(shop.page.locator(".toast-at")).to_have_text("Code copied")
    assert shop.page.evaluate("navigator.clipboard.readText()") == "TIDE-7QF2-KM9P-4XWD"
    expect(shop.body.get_by_role("button", name="Copied")).to_be_focused()


def test_a_code_is_copied_where_the_clipboard_is_refused(storefront: Opener) -> None:
    shop = storefront()
    shop.page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));"
        "document.addEventListener('copy', () => {"
        "  window.copied = document.querySelector('kizuna-rewards').shadowRoot.activeElement?.value;"
        "});"
    )
    shop.visit().open().go("row-rewards")
    shop.body.get_by_role("button", name="Copy").click()
    expect(shop.page.locator(".toast-at")).to_have_text("Code copied")
    assert shop.page.evaluate("window.copied") == "TIDE-7QF2-KM9P-4XWD"
    expect(shop.body.get_by_role("button", name="Copied")).to_be_focused()


def test_a_code_is_applied_by_a_link_of_the_store(storefront: Opener) -> None:
    shop = storefront().visit().open().go("row-rewards")
    link = shop.body.get_by_role("link", name="Apply to my cart")
    expect(link).to_have_attribute("href", "/discount/TIDE-7QF2-KM9P-4XWD?redirect=/cart")


def returned() -> Answer:
    """The code turned back, and the balance after it."""
    answer = example("redemption_answer")
    answer["redemption"] |= {
        "state": "returned",
        "returnable": False,
        "concluded_at": "2026-11-22T11:00:00Z",
        "apply_url": None,
    }
    answer["balance"]["available"] = 1740
    return Answer(answer)


def test_an_unused_code_turns_back_into_points_with_one_tap(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("POST", "redemptions/red_1/return", returned()))
    shop.visit().open().go("row-rewards")
    shop.store.member["redemptions"][0] = returned().body["redemption"]
    shop.store.member["balance"]["available"] = 1740
    shop.page.get_by_role("button", name="Turn back into 500 points").click()
    expect(shop.page.locator(".toast-at")).to_contain_text("500 points back, you have 1,740")
    expect(shop.body).to_contain_text("Turned back into points on 22 Nov")
    expect(shop.page.locator(".bal")).to_have_text("1,740 left")


def test_undo_takes_back_what_was_just_redeemed(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.answer("POST", "redemptions", issued()))
    shop.store.answer("POST", "redemptions/red_9/return", returned())
    at_the_confirm_step(shop)
    shop.key("redeem").click()
    shop.page.locator(".toast-at").get_by_role("button", name="Undo").click()
    expect(shop.page.locator(".toast-at")).to_contain_text("points back")
    assert len(shop.store.calls("POST", "redemptions/red_9/return")) == 1


def test_a_code_that_was_used_meanwhile_stays_and_says_why(storefront: Opener) -> None:
    shop = storefront(
        prepare=lambda store: store.answer("POST", "redemptions/red_1/return", problem("ALREADY_USED", 409))
    )
    shop.visit().open().go("row-rewards", "return-red_1")
    expect(shop.body.get_by_role("alert")).to_contain_text("This code has been used, so it stays as it is.")
    expect(shop.body).to_contain_text("TIDE-7QF2-KM9P-4XWD")


def test_a_reward_is_redeemed_by_keyboard_alone(storefront: Opener) -> None:
    shop = storefront(size="desktop", prepare=lambda store: store.answer("POST", "redemptions", issued())).visit()
    expect(shop.launcher).to_be_visible()
    keyboard = shop.page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(25):
            keyboard.press("Tab")
            if shop.page.evaluate("document.activeElement?.shadowRoot?.activeElement?.getAttribute('data-k')") == name:
                return
        raise AssertionError(name)

    shop.launcher.focus()
    keyboard.press("Enter")
    expect(shop.body.locator(".balance")).to_be_visible()
    shop.store.member["redemptions"].insert(0, issued().body["redemption"])
    for name in ("go-redeem", "get-off-5", "redeem"):
        tab_to(name)
        keyboard.press("Enter")
    expect(shop.page.locator("#kz-title")).to_have_text("My rewards")
    tab_to("copy-red_9")
    keyboard.press("Escape")
    expect(shop.launcher).to_be_focused()

"""Rewards with something to choose: how many points, and which one of several."""

import pytest
from playwright.sync_api import expect

from tests.widget.canned import Answer, Store, example, problem
from tests.widget.conftest import Opener, Storefront
from tests.widget.scenes import one_of_several, variable

pytestmark = pytest.mark.browser


def at_the_chooser(shop: Storefront) -> Storefront:
    shop.visit().open().go("go-redeem")
    expect(shop.body).to_contain_text("100 points or more, as you choose")
    return shop.go("get-chosen")


def test_points_are_chosen_by_buttons_keys_or_typing_and_their_worth_is_shown(storefront: Opener) -> None:
    shop = at_the_chooser(storefront(prepare=variable))
    read, field = shop.page.locator(".read"), shop.key("points")
    expect(shop.page.get_by_label("How many points")).to_have_value("100")
    expect(field).to_have_accessible_description("100 to 1,200")
    expect(read).to_have_text("$1.00 off100 points")
    shop.page.get_by_role("button", name="100 points more").click()
    shop.page.get_by_role("button", name="100 points more").press("Enter")
    expect(read).to_have_text("$3.00 off300 points")
    expect(shop.key("more")).to_be_focused()
    shop.page.get_by_role("button", name="100 points fewer").click()
    expect(field).to_have_value("200")
    field.press("ArrowUp")
    expect(field).to_have_value("300")
    field.press("ArrowDown")
    field.fill("８５０")  # what a Japanese keyboard types
    expect(read).to_have_text("$8.00 off800 points")
    field.press("Enter")
    expect(field).to_have_value("800")
    expect(shop.page.locator(".sum")).to_have_text("You pay 800You keep 440")
    expect(shop.key("redeem")).to_have_text("Use 800 points for $8.00 off")


def test_a_choice_stays_within_what_is_offered_and_what_one_has(storefront: Opener) -> None:
    shop = at_the_chooser(storefront(prepare=variable))
    field = shop.key("points")
    for typed, kept in (("99999", "1200"), ("5", "100"), ("nothing", "100"), ("250", "200")):
        field.fill(typed)
        field.blur()
        expect(field).to_have_value(kept)
    expect(shop.key("fewer")).to_have_attribute("aria-disabled", "false")
    field.fill("100")
    field.blur()
    expect(shop.key("fewer")).to_have_attribute("aria-disabled", "true")
    shop.key("fewer").dispatch_event("click")
    expect(field).to_have_value("100")


def test_the_points_typed_last_are_the_points_sent_and_are_sent_again_after_a_lost_answer(storefront: Opener) -> None:
    def lost(store: Store) -> None:
        variable(store)
        store.answer("POST", "redemptions", problem("INTERNAL", 500), Answer(example("redemption_answer"), 201))

    shop = at_the_chooser(storefront(prepare=lost))
    shop.key("points").fill("700")
    shop.key("redeem").click()  # straight from the field
    expect(shop.body.get_by_role("alert")).to_contain_text("Trying again is safe")
    expect(shop.key("points")).to_have_value("700")
    shop.page.get_by_role("button", name="Try again").click()
    expect(shop.page.locator("#kz-title")).to_have_text("My rewards")
    first, second = shop.store.calls("POST", "redemptions")
    assert first.body["points"] == 700
    assert first.body == second.body


def test_a_gift_that_is_no_code_is_not_spoken_of_as_one(storefront: Opener) -> None:
    def donation(store: Store) -> None:
        variable(store)
        store.programme["rewards"][0] |= {
            "deal": {"kind": "donation", "value_minor": 100, "percent": None},
            "name": {"en": "Clean rivers"},
            "min_order_minor": None,
            "limit": 2,
            "limit_days": 30,
            "member_days": 7,
            "closes_at": "2026-12-01T05:00:00Z",
        }

    shop = at_the_chooser(storefront(prepare=donation))
    expect(shop.page.locator(".slide")).to_contain_text("Clean rivers")
    expect(shop.page.locator(".read")).to_contain_text("$1.00 donated")
    for text in ("Up to 2 times for each member.", "Counted over 30 days.", "7 days or longer", "until 30 Nov"):
        expect(shop.body).to_contain_text(text)
    for text in ("For your next order", "Good for one order", "Use within", "unused code"):
        expect(shop.body).not_to_contain_text(text)


def test_a_reward_that_opens_later_says_when(storefront: Opener) -> None:
    def later(store: Store) -> None:
        store.programme["rewards"][0]["opens_at"] = "2026-11-27T14:00:00Z"
        store.member["rewards"][0]["affordable"] = False

    shop = storefront(prepare=later).visit().open().go("go-redeem")
    expect(shop.body).to_contain_text("500 points. Opens on 27 Nov.")
    expect(shop.key("get-off-5")).to_have_count(0)


def test_one_of_several_is_picked_once_and_the_pick_is_kept(storefront: Opener) -> None:
    shop = storefront(prepare=one_of_several).visit().open().go("row-rewards")
    expect(shop.body).to_contain_text("Choose one")
    picks = shop.page.locator("article.ticket").first.get_by_role("button")
    expect(picks).to_have_text(["$5.00 off", "Free delivery", "Turn back into 500 points"])
    name = shop.store.member["redemptions"][0]["id"]
    picked = example("redemption_answer")
    picked["redemption"] |= {"id": name, "name": {"en": "Free delivery"}, "code": "PICKED-2345"}
    shop.store.answer("POST", f"redemptions/{name}/pick", Answer(picked))
    shop.store.member["redemptions"][0] = picked["redemption"]
    button = shop.key(f"pick-{name}-shipping")
    button.focus()
    button.press("Enter")
    expect(shop.body).to_contain_text("PICKED-2345")
    (call,) = shop.store.calls("POST", f"redemptions/{name}/pick")
    assert call.body == {"key": name, "option": "shipping"}


@pytest.mark.parametrize("code", ("NO_ENTRY", "ACCESS_TOKEN_INVALID", "SOLD_OUT", "MEMBER_TOO_NEW", "TIER_NOT_LISTED"))
@pytest.mark.parametrize("locale", ("en", "ja"))
def test_every_refusal_of_entry_has_words(storefront: Opener, locale: str, code: str) -> None:
    def refuse(store: Store) -> None:
        store.answer("POST", "redemptions", problem(code, 409))

    shop = storefront(locale, prepare=refuse).visit().open().go("go-redeem", "get-shipping", "redeem")
    alert = shop.body.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(alert).not_to_contain_text(code)
    expect(alert).not_to_contain_text("our side" if locale == "en" else "こちらの側")

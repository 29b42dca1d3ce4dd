"""What members say of themselves and of the shop: a question, a profile, a birthday, leaving and coming back."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.widget.canned import Answer, example, problem
from tests.widget.conftest import Opener
from tests.widget.scenes import asked, celebrated, profiled, suited

pytestmark = pytest.mark.browser


def test_a_question_is_put_once_in_a_visit_and_its_answer_is_sent_as_given(storefront: Opener) -> None:
    shop = storefront(prepare=asked).visit().open()
    expect(shop.body.locator(".nudge")).to_contain_text("Answering brings 50 points")
    shop.go("ask")
    shop.key("send").click()
    expect(shop.body.get_by_role("status")).to_have_text("Choose a number first.")
    assert shop.body.locator(".scale button").count() == 11
    shop.go("score-9")
    shop.page.locator("#kz-comment").fill(" Came a day early. ")
    shop.go("send")
    expect(shop.body).to_contain_text("Thank you. The shop reads every answer.")
    named = example("question_answer")["question"]["id"]
    (sent,) = shop.store.calls("POST", f"question/{named}")
    assert sent.body == {"score": 9, "comment": "Came a day early."}

    shop.go("home")
    expect(shop.body).to_contain_text("Thank you for your answer.")
    shop.visit().open()
    expect(shop.page.locator(".balance")).to_be_visible()
    assert len(shop.store.calls("POST", "question")) == 1


def test_where_a_shop_asks_nothing_nobody_asks_the_server(storefront: Opener) -> None:
    shop = storefront().visit().open()
    shop.go("row-about")
    expect(shop.body.locator(".switch")).to_be_visible()

    assert shop.store.calls("POST", "question") == []


def test_a_birthday_is_told_by_month_and_day_and_stays_once_celebrated(storefront: Opener) -> None:
    shop = storefront().visit().open()
    shop.go("row-about")
    shop.key("month").select_option("2")
    expect(shop.key("day").locator("option")).to_have_count(29)
    shop.key("day").select_option("29")
    shop.go("save-birthday")
    expect(shop.body).to_contain_text("29 February")
    (sent,) = shop.store.calls("POST", "birthday")
    assert sent.body == {"month": 2, "day": 29}

    other = storefront("ja", prepare=celebrated).visit().open()
    other.go("row-about")
    expect(other.body).to_contain_text("2月29日")
    expect(other.key("save-birthday")).to_have_count(0)


def test_a_profile_question_says_what_it_is_for_is_answered_changed_and_taken_back(storefront: Opener) -> None:
    shop = storefront(prepare=profiled).visit().open()
    shop.go("row-about")
    expect(shop.body).to_contain_text("What for: To suggest what suits you.")
    shop.key("in-hair").select_option("oily")
    shop.go("save-hair")
    expect(shop.key("change-hair")).to_be_visible()
    (sent,) = shop.store.calls("POST", "profile/hair")
    assert sent.body == {"value": "oily"}

    shop.store.answer("POST", "profile/pet", problem("ANSWER_NOT_OFFERED", 422))
    shop.key("in-pet").fill("Rex")
    shop.go("save-pet")
    expect(shop.body.get_by_role("alert")).to_contain_text("This needs another answer.")
    expect(shop.key("in-pet")).to_have_value("Rex")
    with shop.page.expect_response("**/profile/skin/withdraw"):
        shop.go("back-skin")


def test_who_wants_no_offers_says_so_with_one_tap(storefront: Opener) -> None:
    shop = storefront().visit().open()
    shop.go("row-about")
    expect(shop.key("personal")).to_have_attribute("aria-checked", "true")
    shop.go("personal")
    expect(shop.key("personal")).to_have_attribute("aria-checked", "false")
    assert shop.store.calls("POST", "personal")[0].body == {"wanted": False}


def test_picks_and_goods_are_named_with_their_reasons(storefront: Opener) -> None:
    shop = storefront(prepare=suited).visit().open()
    shop.go("row-suits")
    expect(shop.body).to_contain_text("For you, because your last order was 64 days ago")
    expect(shop.body).to_contain_text("Hojicha, 100 g")
    expect(shop.body).to_contain_text("You bought this 28 days ago")


def test_the_file_of_what_is_kept_is_saved_by_the_browser(storefront: Opener, tmp_path: Path) -> None:
    shop = storefront().visit().open()
    shop.go("row-about")
    with shop.page.expect_download() as download:
        shop.go("file")
    saved = tmp_path / "mine.json"
    download.value.save_as(saved)

    assert download.value.suggested_filename == "2026-11-23.json"
    assert json.loads(saved.read_text("utf-8")) == example("kept")


def test_who_leaves_is_told_before_what_ends_and_can_join_again(storefront: Opener) -> None:
    shop = storefront().visit().open()
    shop.go("row-about", "leave")
    expect(shop.body).to_contain_text("your name, your e-mail address and what you told us")
    expect(shop.body).to_contain_text("points")
    shop.go("stay")
    expect(shop.body.locator(".switch")).to_be_visible()
    assert shop.store.calls("POST", "leave") == []

    shop.go("leave")
    shop.store.answer("POST", "leave", problem("UNAVAILABLE", 503), Answer({"state": "not_member"}))
    shop.key("leave").click()
    expect(shop.body.get_by_role("alert")).to_contain_text("We cannot be reached right now")
    shop.store.answers.pop(("POST", "leave"))
    shop.key("leave").click()
    expect(shop.body).to_contain_text("You are not a member now")
    assert shop.store.calls("POST", "leave")[-1].body == {"sure": True}
    shop.go("again")
    expect(shop.page.locator(".balance")).to_be_visible()

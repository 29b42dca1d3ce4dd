"""What is shown is what was answered: entries, tiers, numbers, money, dates and words."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.widget.canned import Answer, Store, example
from tests.widget.conftest import Opener

pytestmark = pytest.mark.browser


def test_home_shows_balance_worth_dates_and_the_next_reward(storefront: Opener) -> None:
    shop = storefront().visit().open()
    card = shop.page.locator(".balance")
    for text in ("Maya", "Stream", "1,240", "points, worth $12.40", "86 on 28 Nov", "300 on 31 Jan"):
        expect(card).to_contain_text(text)
    expect(shop.page.locator(".next")).to_contain_text("260 points to “A free bag”")
    expect(shop.page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "1240")
    expect(shop.key("row-rewards")).to_contain_text("1 ready")
    expect(shop.key("row-tiers")).to_contain_text("$188 to Tide")


def test_home_comes_from_one_request(storefront: Opener) -> None:
    shop = storefront().visit().open()
    assert [one.path for one in shop.store.asked] == ["programme", "member"]


@pytest.mark.parametrize("locale", ("en", "ja"))
def test_history_equals_the_entries_one_by_one(storefront: Opener, locale: str) -> None:
    shop = storefront(locale).visit().open().go("row-history")
    expect(shop.body.locator(".led")).to_have_count(11)
    for row, entry in zip(shop.body.locator(".led").all(), shop.store.history["entries"], strict=True):
        sign = "−" if entry["points"] < 0 else "+"
        expect(row.locator(".amt")).to_have_text(f"{sign}{abs(entry['points']):,}")
        expect(row.locator(".run [aria-hidden]")).to_have_text(f"{entry['balance_after']:,}")


def test_history_gives_reasons_arithmetic_and_staffs_own_words(storefront: Opener) -> None:
    shop = storefront().visit().open().go("row-history")
    for text in (
        "Order #10482",
        "18 Nov, $31.50 at 4 per $1",
        "Review of Harbour Blend",
        "$5.00 off turned back into points",
        "Refund on order #10391",
        "21 Oct, $9.50 refunded",
        "From the Tidewell team",
        "3 Oct, “Sorry your parcel was late”",
        "30 Sept, collected 30 Sept 2025",
        "86 points on the way",
        "300 points until 31 Jan",
        "900 points until 31 May",
        "Held for rewards you have not used: 800 points",
    ):
        expect(shop.body).to_contain_text(text)


def test_a_review_of_a_product_without_a_name_is_still_a_review(storefront: Opener) -> None:
    def forget(store: Store) -> None:
        for entry in store.history["entries"]:
            entry["product"] = None

    shop = storefront(prepare=forget).visit().open().go("row-history")
    expect(shop.body.locator(".led .why", has_text="A review of yours")).to_be_visible()
    assert "Collected" not in shop.body.inner_text()


def test_history_pages_back_and_filters(storefront: Opener) -> None:
    older = example("history")
    older |= {
        "pending": [],
        "next": None,
        "entries": [{**older["entries"][2], "id": "e1", "at": "2026-08-01T10:00:00Z"}],
    }
    shop = storefront().visit().open().go("row-history")
    expect(shop.body.locator(".led")).to_have_count(11)
    shop.store.answer("GET", "history", Answer(older))
    shop.page.get_by_role("button", name="Show older entries").click()
    expect(shop.body.locator(".led")).to_have_count(12)
    assert shop.store.calls("GET", "history")[1].query == {"before": ["e10"]}
    expect(shop.body).to_contain_text("That is everything.")
    shop.page.get_by_role("button", name="Used").click()
    expect(shop.body.locator(".led")).to_have_count(4)
    expect(shop.page.get_by_role("button", name="Used")).to_be_focused()
    expect(shop.page.get_by_role("button", name="Used")).to_have_attribute("aria-pressed", "true")
    shop.page.get_by_role("button", name="Expired").click()
    expect(shop.body.locator(".led")).to_have_count(1)


def test_a_kind_of_entry_from_a_later_version_is_still_told(storefront: Opener) -> None:
    def newer(store: Store) -> None:
        store.history["entries"][0] |= {"source": "stamp_card", "movement": "earned", "points": 7, "deal": None}
        store.programme["earn"].append(
            {**store.programme["earn"][1], "id": "stamp", "kind": "stamp_card", "name": {"en": "Ten stamps"}}
        )
        store.member["earn"].append({"id": "stamp", "state": "open", "at": None, "points": None})

    shop = storefront(prepare=newer).visit().open().go("row-history")
    expect(shop.body.locator(".led").first).to_contain_text("Collected")
    shop.go("back", "go-earn")
    expect(shop.body).to_contain_text("Ten stamps")


def test_tiers_tell_the_way_up_what_is_kept_and_what_each_gives(storefront: Opener) -> None:
    shop = storefront().visit().open().go("row-tiers")
    for text in (
        "Stream, kept until 31 Dec 2027",
        "$188 to reach Tide",
        "$312 spent this year",
        "From $200 in a calendar year",
        "4 points for each $1",
        "300 points on reaching it",
        "New lots 24 hours early",
        "You are here",
    ):
        expect(shop.body).to_contain_text(text)
    expect(shop.body.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "31200")


def test_a_tiers_rate_is_told_exactly_and_never_rounded_up(storefront: Opener) -> None:
    def change(store: Store) -> None:
        order = next(rule for rule in store.programme["earn"] if rule["rate"])
        order["rate"] = {"points": "5", "per_minor": 100}
        for level, multiplier in zip(store.programme["tiers"]["levels"], ([1, 1], [5, 4], [3, 2]), strict=True):
            level["multiplier"] = multiplier

    shop = storefront(prepare=change).visit().open().go("row-tiers")
    for text in ("5 points for each $1", "6.25 points for each $1", "7.5 points for each $1"):
        expect(shop.body.locator("li").get_by_text(text, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("measure", "window", "months", "value", "texts"),
    (
        (
            "orders",
            "rolling_months",
            12,
            2,
            ("1 order to reach Tide", "2 orders in the last 12 months", "From 3 orders in 12 months"),
        ),
        ("points", "lifetime", None, 2, ("1 point to reach Tide", "2 points collected so far", "From 3 points in all")),
    ),
)
def test_a_ladder_by_orders_or_points_speaks_of_these(
    storefront: Opener, measure: str, window: str, months: int | None, value: int, texts: tuple[str, ...]
) -> None:
    def change(store: Store) -> None:
        ladder = store.programme["tiers"]
        ladder |= {"measure": measure, "window": {"kind": window, "months": months}}
        for level, threshold in zip(ladder["levels"], (0, 2, 3), strict=True):
            level["threshold"] = threshold
        store.member["tier"]["progress"] = {"value": value, "threshold": 3, "next": "tide"}

    shop = storefront(prepare=change).visit().open().go("row-tiers")
    for text in texts:
        expect(shop.body).to_contain_text(text)


def test_a_lost_tier_is_told_kindly(storefront: Opener) -> None:
    def lose(store: Store) -> None:
        store.member["tier"]["lost"] = {"id": "tide", "at": "2026-11-20T05:00:00Z"}

    shop = storefront(prepare=lose).visit().open()
    expect(shop.body).to_contain_text("You are in Stream now")
    expect(shop.body).to_contain_text("Your points are all still here.")


def test_debt_after_a_refund_is_said_with_what_happens_next(storefront: Opener) -> None:
    def owe(store: Store) -> None:
        store.member["balance"] |= {"available": 0, "debt": 38, "worth_minor": 0}

    shop = storefront(prepare=owe).visit().open()
    expect(shop.body).to_contain_text("38 points owed after a refund")


@pytest.mark.parametrize(
    ("locale", "currency", "worth", "shown"),
    (
        ("en", {"code": "USD", "exponent": 2}, 1240, "$12.40"),
        ("en", {"code": "JPY", "exponent": 0}, 1240, "¥1,240"),
        ("en", {"code": "KWD", "exponent": 3}, 1240, "KWD 1.240"),
        ("ja", {"code": "JPY", "exponent": 0}, 1240, "1,240円"),
        ("ja", {"code": "USD", "exponent": 2}, 1240, "$12.40"),
        ("ja", {"code": "KWD", "exponent": 3}, 1240, "KWD 1.240"),
    ),
)
def test_money_has_the_decimals_of_its_currency(
    storefront: Opener, locale: str, currency: dict[str, Any], worth: int, shown: str
) -> None:
    def pay_in(store: Store) -> None:
        store.programme["currency"] = currency
        store.member["balance"]["worth_minor"] = worth

    shop = storefront(locale, prepare=pay_in).visit().open()
    text = shop.page.locator(".worth").inner_text().replace("\u00a0", " ")
    assert shown in text


def test_points_may_have_decimals_and_a_word_of_their_own_with_its_plural(storefront: Opener) -> None:
    def beans(store: Store) -> None:
        store.programme["unit"] = {"kind": "points", "decimals": 2, "words": {"en": {"one": "bean", "other": "beans"}}}
        store.member["balance"]["available"] = 1240
        store.member["next_release"]["points"] = 100
        store.member["balance"]["held"] = 100

    shop = storefront(prepare=beans).visit().open()
    expect(shop.page.locator(".fig")).to_have_text("12.40")
    expect(shop.page.locator(".worth")).to_contain_text("beans, worth")
    expect(shop.page.locator(".split")).to_contain_text("1 on 28 Nov")
    shop.go("row-history")
    expect(shop.page.locator("#kz-title")).to_have_text("History")
    expect(shop.body).to_contain_text("Held for rewards you have not used: 1 bean")
    shop.go("back", "go-redeem")
    expect(shop.page.locator("#kz-title")).to_have_text("Use beans")


@pytest.mark.parametrize(("locale", "worth"), (("en", "points, worth $12.40"), ("ja", "ポイント(1,240円分)")))
def test_where_the_merchant_has_no_word_for_points_ours_is_used(storefront: Opener, locale: str, worth: str) -> None:
    shop = storefront(locale, prepare=lambda store: store.programme["unit"].update(words={})).visit().open()
    expect(shop.page.locator(".worth")).to_have_text(worth)


def test_cashback_is_money_everywhere(storefront: Opener) -> None:
    def cashback(store: Store) -> None:
        store.programme["unit"] = {"kind": "money", "decimals": 2, "words": {"en": {"other": "cashback"}}}
        store.programme["worth"] = None

    shop = storefront(prepare=cashback).visit().open()
    expect(shop.page.locator(".fig")).to_have_text("$12.40")
    shop.go("go-redeem")
    expect(shop.body).to_contain_text("$15.00. You need $2.60 more.")


def test_the_merchants_words_replace_ours(storefront: Opener) -> None:
    def reword(store: Store) -> None:
        store.programme["texts"] = {
            "en": {"launcher": "Circle", "home.use": "Spend", "home.gap": "Only {points} until {reward}"}
        }

    shop = storefront(prepare=reword).visit()
    expect(shop.launcher).to_have_text("Circle")
    shop.open()
    expect(shop.key("go-redeem")).to_have_text("Spend")
    expect(shop.page.locator(".next")).to_contain_text("Only 260 points until")


def test_days_are_the_shops_wherever_the_shopper_is(storefront: Opener) -> None:
    shop = storefront(timezone_id="Pacific/Auckland").visit().open()
    expect(shop.page.locator(".split")).to_contain_text("300 on 31 Jan")


@pytest.mark.parametrize(
    ("hour", "greeting"), ((8, "Good morning, Maya"), (14, "Good afternoon, Maya"), (22, "Good evening, Maya"))
)
def test_the_greeting_goes_by_the_shoppers_clock(storefront: Opener, hour: int, greeting: str) -> None:
    shop = storefront(timezone_id="UTC", now=f"2026-11-22T{hour:02}:00:00Z").visit().open()
    expect(shop.page.locator(".balance")).to_contain_text(greeting)


def test_earning_shows_what_is_done_and_the_rate_of_ones_own_tier(storefront: Opener) -> None:
    shop = storefront().visit().open().go("go-earn")
    expect(shop.body).to_contain_text("4 per $1")
    expect(shop.body).to_contain_text("100 points on 14 Mar 2025")
    expect(shop.body).to_contain_text("Done")
    shop.go("invite")
    expect(shop.page.locator("#kz-title")).to_have_text("Invite a friend")


@pytest.mark.parametrize(("locale", "word"), (("en", "points, worth"), ("ja", "ポイント(")))
def test_a_programme_without_words_of_its_own_speaks_of_points(storefront: Opener, locale: str, word: str) -> None:
    shop = storefront(locale, prepare=lambda store: store.programme["unit"].update(words={}))
    shop.visit().open()
    expect(shop.page.locator(".worth")).to_contain_text(word)

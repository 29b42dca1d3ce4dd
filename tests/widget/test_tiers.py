"""Tiers of other kinds: by invitation, bought, hidden from others, with several measures, in a year of one's own."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.widget.canned import Store
from tests.widget.conftest import Opener, Storefront
from tests.widget.scenes import by_right, hidden_level

pytestmark = pytest.mark.browser


def at_the_tiers(shop: Storefront) -> Storefront:
    return shop.visit().open().go("row-tiers")


def rungs(shop: Storefront) -> list[list[str]]:
    """Where each level is, its name, and how it is come by."""
    found: list[list[str]] = shop.page.locator(".ladder > li").evaluate_all(
        """all => all.map((one) =>
          [one.className, one.querySelector('h3').firstChild.data, one.querySelector('.sub').textContent])"""
    )
    return found


def test_a_level_held_by_right_says_until_when_and_claims_nothing_earned(storefront: Opener) -> None:
    shop = at_the_tiers(storefront(prepare=by_right))
    expect(shop.page.locator(".tierbox")).to_contain_text("Harbour, kept until 31 Dec")
    expect(shop.page.locator(".tierbox")).to_contain_text("$188 to reach Tide")
    assert rungs(shop) == [
        ["past", "Drop", "From the day you join"],
        ["past", "Stream", "From $200 in a calendar year"],
        ["now", "Harbour", "By membership"],
        ["ahead", "Tide", "From $500 in a calendar year"],
        ["aside", "Guests", "By invitation"],
    ]
    harbour = shop.page.locator(".ladder .now")
    expect(harbour).to_contain_text("500 points as a welcome")
    expect(harbour).to_contain_text("200 points as each year begins")
    expect(shop.body).to_contain_text("A tier you reach is yours for 90 days at least.")


def test_what_is_beneath_a_level_held_by_right_counts_as_reached_only_where_it_was(storefront: Opener) -> None:
    def invited_early(store: Store) -> None:
        by_right(store)
        store.member["tier"]["progress"] = {"value": 5000, "threshold": 20000, "next": "stream"}

    shop = at_the_tiers(storefront(prepare=invited_early))
    assert [place for place, _, _ in rungs(shop)] == ["past", "aside", "now", "ahead", "aside"]
    expect(shop.page.locator(".ladder .aside .vh")).to_have_count(0)


def test_a_member_of_a_hidden_level_sees_it_and_nobody_else_does(storefront: Opener) -> None:
    shop = storefront(prepare=hidden_level).visit().open()
    expect(shop.key("chip")).to_have_text("The Pearl")
    shop.go("row-tiers")
    assert rungs(shop)[-2:] == [
        ["now", "The Pearl", "By invitation"],
        ["ahead", "Tide", "From $500 in a calendar year"],
    ]
    shop.go("back", "go-earn")
    expect(shop.body).to_contain_text("6 per $1")
    other = at_the_tiers(storefront(prepare=lambda store: store.programme["tiers"].update(hold_days=0)))
    expect(other.body).not_to_contain_text("Pearl")


def test_a_level_that_asks_for_more_names_all_of_it_and_claims_no_gap(storefront: Opener) -> None:
    def more(store: Store) -> None:
        store.programme["tiers"]["levels"][2]["also"] = {"orders": 3}

    shop = storefront(prepare=more).visit().open()
    expect(shop.key("row-tiers")).to_contain_text("Next: Tide")
    shop.go("row-tiers")
    expect(shop.page.locator(".tierbox .big")).to_have_text("Next: Tide")
    assert rungs(shop)[2][2] == "From $500 and 3 orders in a calendar year"


@pytest.mark.parametrize(
    ("locale", "said"),
    (
        ("en", ("From $500 or 3 orders in a year from the day you joined", "$312 spent in your year with us")),
        ("ja", ("または", "ご登録日からの1年ごとに", "会員年度のお買い物")),
    ),
)
def test_any_of_several_measures_in_a_year_of_ones_own_is_told_so(
    storefront: Opener, locale: str, said: tuple[str, ...]
) -> None:
    def own_year(store: Store) -> None:
        ladder = store.programme["tiers"]
        ladder |= {"mix": "any", "window": {"kind": "anniversary", "months": None}}
        ladder["levels"][2]["also"] = {"orders": 3}

    shop = at_the_tiers(storefront(locale, prepare=own_year))
    for text in said:
        expect(shop.body).to_contain_text(text)


def test_a_reward_for_some_levels_names_them_and_one_for_hidden_levels_is_not_shown(storefront: Opener) -> None:
    def locked(store: Store) -> None:
        by_right(store)
        rewards: list[dict[str, Any]] = store.programme["rewards"]
        rewards[-1] |= {"level": None, "levels": ["tide", "guests"]}
        rewards[0] |= {"level": None, "levels": ["pearl"], "name": {"en": "A pearl"}}
        store.member["rewards"][0] |= {"affordable": False, "locked": True}

    shop = storefront(prepare=locked).visit().open().go("go-redeem")
    expect(shop.body).to_contain_text("Opens with the Tide or Guests tier.")
    expect(shop.body).not_to_contain_text("A pearl")

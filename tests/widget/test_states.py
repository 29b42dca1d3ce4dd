"""Every state has its own face: loading, empty, signed out, not a member, paused, error, offline."""

import pytest
from playwright.sync_api import expect

from tests.widget.canned import Answer, Store, example, problem
from tests.widget.conftest import Opener

pytestmark = pytest.mark.browser


def test_signed_out_shows_what_there_is_to_win_and_asks_nothing_personal(storefront: Opener) -> None:
    shop = storefront(signed_in=False).visit().open()
    expect(shop.body).to_contain_text("Every bag brings the next one closer")
    expect(shop.body).to_contain_text("Collect 3 points for each $1. 100 points are worth $1.")
    expect(shop.page.get_by_role("link", name="Join free")).to_have_attribute("href", "/account/register")
    expect(shop.page.get_by_role("link", name="Sign in")).to_have_attribute("href", "/account/login")
    expect(shop.body).to_contain_text("Ways to earn")
    assert [one.path for one in shop.store.asked] == ["programme"]


def test_the_page_may_name_where_to_join_when_the_programme_does_not(storefront: Opener) -> None:
    def bare(store: Store) -> None:
        store.programme["links"] = {"join": None, "sign_in": None, "rules": None}

    given = {"join": "/my-account/", "sign-in": "javascript:alert(1)"}
    shop = storefront(signed_in=False, prepare=bare, attributes=given).visit().open()
    expect(shop.page.get_by_role("link", name="Join free")).to_have_attribute("href", "/my-account/")
    expect(shop.key("sign-in")).to_have_count(0)


def test_a_shopper_who_left_is_told_what_joining_brings_and_joins_by_one_tap(storefront: Opener) -> None:
    def left(store: Store) -> None:
        store.answer("GET", "member", Answer(example("member", 3)), Answer(example("member")))

    shop = storefront(prepare=left).visit().open()
    expect(shop.body).to_contain_text("You are not a member now")
    shop.page.get_by_role("button", name="Join free").click()
    expect(shop.page.locator(".balance")).to_be_visible()
    assert len(shop.store.calls("POST", "join")) == 1


def test_a_paused_programme_shows_balances_and_offers_nothing(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.programme.update(state="paused")).visit().open()
    expect(shop.body).to_contain_text("Tidewell Circle is taking a break")
    expect(shop.page.locator(".fig")).to_have_text("1,240")
    shop.go("go-redeem")
    expect(shop.body).to_contain_text("Tidewell Circle is taking a break")
    expect(shop.page.get_by_role("button", name="Get")).to_have_count(0)


def test_while_the_answer_is_on_its_way_its_place_is_held(storefront: Opener) -> None:
    shop = storefront()
    shop.store.stalled.add("member")
    shop.visit()
    shop.launcher.click()
    expect(shop.body.get_by_role("status")).to_have_accessible_name("Loading")
    shop.store.held.set()
    expect(shop.page.locator(".balance")).to_be_visible()


def test_an_error_says_what_and_its_reference_and_is_tried_again(storefront: Opener) -> None:
    shop = storefront()
    shop.store.answer("GET", "member", problem("INTERNAL", 500), Answer(example("member")))
    shop.visit().open()
    expect(shop.body.get_by_role("alert")).to_contain_text("We could not load your points")
    expect(shop.body.get_by_role("alert")).to_contain_text("Ref 7F2K9M")
    shop.page.get_by_role("button", name="Try again").click()
    expect(shop.page.locator(".balance")).to_be_visible()


@pytest.mark.parametrize(
    "rubbish",
    (
        Answer(b"<!doctype html><h1>502 Bad Gateway</h1>", 502),
        Answer(b"<!doctype html><h1>Welcome</h1>"),
        Answer(b""),
        Answer([]),
        Answer({"state": "member"}),
        Answer({"state": "member", "balance": {"available": "lots"}, "rewards": 7}),
    ),
)
def test_rubbish_is_an_error_in_the_panel_and_nowhere_else(storefront: Opener, rubbish: Answer) -> None:
    shop = storefront()
    shop.store.answer("GET", "member", rubbish)
    shop.visit().open()
    expect(shop.body.get_by_role("alert")).to_be_visible()
    shop.panel.get_by_role("button", name="Close").click()
    expect(shop.page.get_by_role("heading", name="A store")).to_be_visible()


def test_rubbish_in_one_view_leaves_the_others_alone(storefront: Opener) -> None:
    shop = storefront()
    shop.store.answer("GET", "history", Answer({"entries": "none"}), Answer(example("history")))
    shop.visit().open().go("row-history")
    expect(shop.body.get_by_role("alert")).to_be_visible()
    shop.page.get_by_role("button", name="Try again").click()
    expect(shop.body.locator(".led").first).to_be_visible()


def test_without_a_connection_the_last_answer_stays_with_its_time(storefront: Opener) -> None:
    shop = storefront().visit().open()
    shop.context.set_offline(offline=True)
    expect(shop.body).to_contain_text("You are offline")
    expect(shop.body).to_contain_text("As of")
    expect(shop.page.locator(".fig")).to_have_text("1,240")
    shop.store.member["balance"]["available"] = 1300
    shop.context.set_offline(offline=False)
    expect(shop.page.locator(".fig")).to_have_text("1,300")
    expect(shop.body).not_to_contain_text("You are offline")


def test_opened_without_a_connection_it_says_so_and_recovers_by_itself(storefront: Opener) -> None:
    shop = storefront()
    shop.store.stalled.add("member")
    shop.visit()
    expect(shop.launcher).to_be_visible()
    shop.page.route("**/member", lambda route: route.abort("internetdisconnected"))
    shop.page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => window.line }); window.line = false")
    shop.open()
    expect(shop.body.get_by_role("alert")).to_contain_text("You are offline")
    shop.page.unroute_all()
    shop.store.held.set()
    shop.page.evaluate("window.line = true; dispatchEvent(new Event('online'))")
    expect(shop.page.locator(".balance")).to_be_visible()


def test_where_there_is_nothing_yet_it_says_what_will_be(storefront: Opener) -> None:
    def fresh(store: Store) -> None:
        store.member |= {"redemptions": [], "next_release": None, "next_expiry": None, "first_name": None}
        store.member["balance"] |= {"available": 0, "pending": 0, "held": 0, "worth_minor": 0}
        store.history = {"pending": [], "entries": [], "next": None}
        for own in store.member["rewards"]:
            own |= {"affordable": False, "missing": 500}

    shop = storefront(prepare=fresh).visit().open()
    for text in ("Welcome back", "Nothing now", "Nothing soon"):
        expect(shop.body).to_contain_text(text)
    shop.go("row-history")
    expect(shop.body).to_contain_text("Your first order will show here.")
    shop.go("back", "row-rewards")
    expect(shop.body).to_contain_text("Rewards you choose are kept here, with their codes.")
    shop.go("choose")
    expect(shop.page.locator("#kz-title")).to_have_text("Use points")


def test_a_programme_with_nothing_in_it_has_no_dead_ends(storefront: Opener) -> None:
    def nothing(store: Store) -> None:
        store.programme |= {"earn": [], "rewards": [], "tiers": None, "referral": None, "worth": None}
        store.member |= {"earn": [], "rewards": [], "tier": None, "referral": None}
        store.member["balance"]["worth_minor"] = None

    shop = storefront(prepare=nothing).visit().open()
    expect(shop.key("row-tiers")).to_have_count(0)
    expect(shop.key("go-refer")).to_have_count(0)
    shop.go("go-earn")
    expect(shop.body).to_contain_text("There is nothing to collect at the moment.")
    shop.go("back", "go-redeem")
    expect(shop.body).to_contain_text("There are no rewards to choose yet.")

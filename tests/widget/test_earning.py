"""Ways to earn: every kind of rule has a title and says what it takes, and nothing is shown by its raw key."""

import re
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from app.loyalty.terms.rules import RULES
from tests.widget.canned import Store, problem
from tests.widget.conftest import Opener, Storefront
from tests.widget.scenes import every_way, way
from tests.widget.test_messages import CATALOGUES

pytestmark = pytest.mark.browser

WAYS: Final = (
    (way("per_order", pending_days=14, min_order_minor=2500), "Each order you place", ("14 days after", "from $25")),
    (way("first_order"), "Your first order", ("Added when you pay",)),
    (way("kth_order", every=10), "Orders that add up", ("With every 10 orders",)),
    (way("kth_order", every=1), "Orders that add up", ("With each order",)),
    (way("renewal"), "Your subscription", ("Each time it renews",)),
    (way("birthday"), "Your birthday", ("Once a year",)),
    (way("anniversary"), "Your time with us", ("Each year, on the day you joined",)),
    (way("anniversary", year=1), "Your time with us", ("1 year after you joined",)),
    (way("review", photo_points=25), "Write a review", ("50 points for a product", "25 points more with a picture")),
    (way("referral_milestone", every=5), "Friends who buy", ("For every 5 friends",)),
    (way("referral_milestone", every=5, once=True), "Friends who buy", ("Once 5 friends have bought",)),
    (way("event", event="newsletter", times=1), "Join our letter", ("Once",)),
    (
        way("event", event="like_us", times_per_day=2, times=10, verified=False),
        "Something extra",
        ("Up to 2 times a day", "10 times in all", "We cannot check this, so we trust you"),
    ),
    (way("quiz"), "Something extra", ()),
    (way("quiz", name={"en": "Our quiz"}), "Our quiz", ()),
)


def at_the_ways(shop: Storefront) -> Storefront:
    return shop.visit().open().go("go-earn")


def test_each_kind_of_rule_has_a_title_and_says_what_it_takes(storefront: Opener) -> None:
    def ways(store: Store) -> None:
        store.programme["earn"] = [{**told, "id": f"way-{number}"} for number, (told, _, _) in enumerate(WAYS)]
        store.programme["texts"] = {"en": {"earn.event.newsletter": "Join our letter"}}

    shop = at_the_ways(storefront(prepare=ways))
    rows = shop.body.locator(".rows > li")
    expect(rows).to_have_count(len(WAYS))
    for number, (_, title, lines) in enumerate(WAYS):
        expect(rows.nth(number).locator("b")).to_have_text(title)
        for line in lines:
            expect(rows.nth(number)).to_contain_text(line)
        expect(rows.nth(number).locator(".pts")).to_have_text("+50")
    expect(shop.body).not_to_contain_text("undefined")


def test_a_dividend_tells_its_share_and_its_day_and_no_tier_raises_it(storefront: Opener) -> None:
    shop = at_the_ways(storefront(prepare=every_way))
    row = shop.body.locator(".rows > li", has_text="Your share of the year")
    expect(row).to_contain_text("Paid once a year, on 1 March, for what you spent in the year before")
    expect(row.locator(".pts")).to_have_text("10 per $100")


def test_limits_of_points_for_money_spent_are_said(storefront: Opener) -> None:
    shop = at_the_ways(storefront(prepare=every_way))
    order = shop.body.locator(".rows > li").first
    for line in (
        "For chosen products",
        "For certain orders",
        "At most 300 points for one order",
        "At most 500 points a day",
    ):
        expect(order).to_contain_text(line)


def test_no_kind_the_engine_knows_is_without_words_and_none_is_shown_raw(storefront: Opener) -> None:
    kinds = {"order" if kind == "amount" else kind for kind in RULES}
    for catalogue in CATALOGUES.values():
        assert {kind for kind in kinds - {"event"} if f"earn.{kind}" not in catalogue} == set()
    for locale in ("en", "ja"):
        shop = at_the_ways(storefront(locale, prepare=every_way))
        said = shop.body.inner_text()
        assert not re.search(r"[a-z]+_[a-z]+|earn\.|undefined|NaN|null", said), said


def on_networks(store: Store) -> None:
    social = {"network": "instagram", "act": "follow", "address": "https://instagram.com/tea"}
    line = {"network": "line", "act": "visit", "address": "https://line.me/tea"}
    told: dict[str, Any] = {"event": "follow", "times": 1, "verified": False}
    store.programme["earn"] = [
        way("event", id="follow", social=social, **told),
        way("event", id="line", social=line, **told),
    ]
    store.member["earn"] = [{"id": "line", "state": "again", "at": "2026-11-23T05:00:00Z", "points": None}]


def test_a_social_network_opens_by_the_address_we_were_given_and_counts_when_the_shopper_is_back(
    storefront: Opener,
) -> None:
    shop = at_the_ways(storefront(prepare=on_networks))
    rows = shop.body.locator(".rows > li")
    expect(rows.nth(0)).to_contain_text("We cannot check this, so we trust you")
    expect(rows.nth(0)).to_contain_text("Instagram")
    expect(rows.nth(1).locator(".chip")).to_have_text("Again on 23 Nov")
    expect(rows.nth(1).locator("button")).to_have_count(0)

    shop.store.member["earn"].append({"id": "follow", "state": "done", "at": "2026-11-22T12:00:00Z", "points": 50})
    with shop.page.expect_popup() as opened:
        shop.key("visit-follow").click()
    opened.value.wait_for_url("**/elsewhere")
    assert len(shop.store.calls("POST", "visit/follow")) == 1
    shop.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(rows.nth(0).locator(".chip")).to_have_text("Done")
    expect(shop.key("visit-follow")).to_have_count(0)


def test_a_way_that_is_refused_opens_nothing_and_says_why(storefront: Opener) -> None:
    shop = at_the_ways(storefront(prepare=on_networks))
    shop.store.answer("POST", "visit/follow", problem("PROGRAMME_PAUSED", 409))
    shop.key("visit-follow").click()
    expect(shop.body.get_by_role("alert")).to_contain_text("The programme is taking a break")
    expect(shop.key("visit-follow")).to_be_visible()


@pytest.mark.parametrize(
    ("signed_in", "locale", "said"),
    (
        (True, "en", ("Double points", "On orders placed until 30 Nov", "Tea week", "For chosen products")),
        (False, "en", ("Double points", "On orders placed until 30 Nov")),
        (True, "ja", ("ポイント2倍", "までのご注文が対象", "対象の商品のみ")),
    ),
)
def test_a_campaign_that_runs_is_told_with_its_end(
    storefront: Opener, *, signed_in: bool, locale: str, said: tuple[str, ...]
) -> None:
    shop = storefront(locale, prepare=every_way, signed_in=signed_in).visit().open()
    if signed_in:
        shop.go("go-earn")
    for text in said:
        expect(shop.body).to_contain_text(text)


def test_a_campaign_is_not_told_while_the_programme_rests(storefront: Opener) -> None:
    def resting(store: Store) -> None:
        every_way(store)
        changed: dict[str, Any] = {"state": "paused"}
        store.programme.update(changed)

    shop = at_the_ways(storefront(prepare=resting))
    expect(shop.body).to_contain_text("is taking a break")
    expect(shop.body).not_to_contain_text("Double points")

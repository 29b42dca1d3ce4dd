"""Who the shopper is comes from the proxy's signature or the plugin's token; texts of others stay texts."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.widget.canned import TOKEN, Answer, Store, problem
from tests.widget.conftest import NOW, Opener

pytestmark = pytest.mark.browser

SHOP = {"token-url": TOKEN, "shop": "shop_tidewell"}


def token(name: str, *, seconds: int = 600) -> str:
    """A token of the plugin's shape; the browser reads only when it ends."""
    ends = int(datetime.fromisoformat(NOW).timestamp()) + seconds
    said = base64.urlsafe_b64encode(json.dumps({"exp": ends, "customer": name}).encode()).rstrip(b"=").decode()
    return f"v1.{said}.{name}"


def test_a_shopper_is_named_by_the_short_lived_token(storefront: Opener) -> None:
    mine = token("mine")
    shop = storefront(attributes=SHOP, prepare=lambda store: store.answer("GET", "token", Answer({"token": mine})))
    shop.visit().open().go("row-history")
    expect(shop.body.locator(".led").first).to_be_visible()
    assert len(shop.store.calls("GET", "token")) == 1
    for path in ("member", "history"):
        (call,) = shop.store.calls("GET", path)
        assert call.authorization == f"Bearer {mine}"
        assert call.query == {}
    (public,) = shop.store.calls("GET", "programme")
    assert public.authorization is None
    assert public.query == {"shop": ["shop_tidewell"]}


def test_no_token_means_signed_out_and_nothing_personal_is_asked(storefront: Opener) -> None:
    shop = storefront(attributes=SHOP, prepare=lambda store: store.answer("GET", "token", Answer({"token": None})))
    shop.visit().open()
    expect(shop.body).to_contain_text("Join free")
    assert shop.store.calls("GET", "member") == []


def test_a_token_about_to_end_is_replaced_before_it_is_used(storefront: Opener) -> None:
    shop = storefront(attributes=SHOP)
    shop.store.answer("GET", "token", Answer({"token": token("old", seconds=10)}), Answer({"token": token("new")}))
    shop.visit().open()
    expect(shop.page.locator(".balance")).to_be_visible()
    (call,) = shop.store.calls("GET", "member")
    assert str(call.authorization).endswith(".new")


def test_a_token_refused_is_replaced_once(storefront: Opener) -> None:
    shop = storefront(attributes=SHOP)
    shop.store.answer("GET", "token", Answer({"token": token("first")}), Answer({"token": token("second")}))
    shop.store.answer("GET", "member", problem("NOT_SIGNED_IN", 401), Answer(shop.store.member))
    shop.visit().open()
    expect(shop.page.locator(".balance")).to_be_visible()
    assert [str(one.authorization).rsplit(".", 1)[1] for one in shop.store.calls("GET", "member")] == [
        "first",
        "second",
    ]


def test_signed_out_meanwhile_is_shown_as_that(storefront: Opener) -> None:
    shop = storefront(attributes=SHOP)
    shop.store.answer("GET", "token", Answer({"token": token("first")}))
    shop.store.answer("GET", "member", problem("NOT_SIGNED_IN", 401))
    shop.visit().open()
    expect(shop.body).to_contain_text("Join free")
    assert len(shop.store.calls("GET", "member")) == 2


def test_a_token_never_rests_where_a_page_could_keep_it(storefront: Opener) -> None:
    shop = storefront(
        attributes=SHOP, prepare=lambda store: store.answer("GET", "token", Answer({"token": token("me")}))
    )
    shop.visit().open()
    kept = shop.page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])")
    assert "v1." not in kept
    assert "Maya" not in kept


HOSTILE = '<img src=x onerror="window.hurt = 1"></style><script>window.hurt = 1</script>{points}'


def test_whatever_merchants_and_shoppers_write_stays_text(storefront: Opener) -> None:
    def poison(value: Any) -> Any:  # noqa: ANN401  any JSON
        if isinstance(value, dict):
            return {key: one if key in KEPT else poison(one) for key, one in value.items()}
        if isinstance(value, list):
            return [poison(one) for one in value]
        return HOSTILE if isinstance(value, str) else value

    def write(store: Store) -> None:
        store.programme, store.member, store.history = (
            poison(one) for one in (store.programme, store.member, store.history)
        )
        store.programme["look"]["light"]["fill"] = "red;} * { display: none } .x{"
        store.programme["texts"] = {"en": {"home.earn": HOSTILE}}

    shop = storefront(prepare=write).visit().open()
    for view in ("go-earn", "go-redeem", "row-rewards", "row-history", "row-tiers", "go-refer"):
        shop.key(view).click()
        expect(shop.page.locator("#kz-title")).to_be_visible()
        expect(shop.body.get_by_role("alert")).to_have_count(0)
        shop.key("back").click()
    assert shop.page.evaluate("window.hurt") is None
    assert shop.page.locator("kizuna-rewards img, kizuna-rewards script").count() == 0
    expect(shop.key("go-earn")).to_contain_text("<img src=x")
    expect(shop.page.get_by_role("heading", name="A store", include_hidden=True)).to_be_attached()


KEPT = {
    *(
        "id",
        "at",
        "kind",
        "state",
        "level",
        "next",
        "measure",
        "movement",
        "source",
        "locale",
        "zone",
        "theme",
        "corner",
    ),
    *("code", "points", "percent", "reason", "since", "until", "requested_at", "expires_at", "concluded_at", "due_at"),
    *("reason_at", "joined_at", "earned_at", "cause", "reward", "currency", "look", "words"),
}
"""What the widget reads as a value of its own, not as words."""


def test_addresses_that_are_none_are_not_followed(storefront: Opener) -> None:
    def bad(store: Store) -> None:
        store.member["redemptions"][0]["apply_url"] = "javascript:alert(1)"
        store.history["entries"][2]["order"]["url"] = "data:text/html,x"
        store.history["entries"][7]["order"]["url"] = "/account/orders/391"
        store.programme["links"] = {"join": "//elsewhere.example", "sign_in": None, "rules": "javascript:alert(1)"}

    shop = storefront(prepare=bad).visit().open()
    expect(shop.page.locator(".legal")).to_have_count(0)
    shop.go("row-rewards")
    expect(shop.body.get_by_role("link", name="Apply to my cart")).to_have_count(0)
    shop.go("back", "row-history")
    expect(shop.body.locator(".led").first).to_be_visible()
    links = shop.body.get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "/account/orders/391")

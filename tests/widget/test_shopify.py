"""The Shopify app's own file agrees with the server, and the theme app extension is one that Shopify takes."""

import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from app.settings.variables import SHOPIFY_SCOPES, Variables
from integrations.shopify import subscribe
from integrations.shopify.credits import OPTIONAL_SCOPES
from integrations.shopify.translate import HANDLED, OWN
from tests.sandbox.shopify.theme import Embed
from tests.widget.canned import API, ROOT, SOURCES, Answer
from tests.widget.conftest import Opener

SHOPIFY: Final = ROOT / "widgets" / "shopify"
EXTENSION: Final = SHOPIFY / "extensions" / "kizuna-rewards"
APP: Final[dict[str, Any]] = tomllib.loads((SHOPIFY / "shopify.app.toml").read_text("utf-8"))
BLOCKS: Final = {path.stem: path.read_text("utf-8") for path in sorted((EXTENSION / "blocks").glob("*.liquid"))}
EMBED: Final = BLOCKS["app-embed"]
SETTINGS: Final = {"select", "range", "text", "textarea", "checkbox", "product", "paragraph"}
"""The types we use of those that Shopify knows; its linter takes any word for one."""
PAGE: Final = (ROOT / "docs" / "merchants" / "shopify.md").read_text("utf-8")
TOPICS: Final = {*subscribe.TOPICS, "bulk_operations/finish"}
COMPLIANCE: Final = {"customers/data_request", "customers/redact", "shop/redact"}


def schema(block: str = "app-embed") -> dict[str, Any]:
    found = re.search(r"{% schema %}(.*){% endschema %}", BLOCKS[block], re.DOTALL)
    assert found
    said: dict[str, Any] = json.loads(found[1])
    return said


def names(path: Path) -> Callable[[str], str]:
    """Return what finds a text of a locale file by its key."""
    texts = json.loads(path.read_text("utf-8"))

    def told(key: str) -> str:
        here: Any = texts
        for part in key.removeprefix("t:").split("."):
            here = here[part]
        assert isinstance(here, str)
        assert here
        return here

    return told


def test_shopifys_linter_has_nothing_to_say(node: Path, node_modules: Path) -> None:
    done = subprocess.run(
        [str(node), "shopify/check.mjs"],
        cwd=ROOT / "widgets",
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "theme check: 0 offences"


def test_scopes_and_version_are_the_servers() -> None:
    assert APP["access_scopes"]["scopes"] == SHOPIFY_SCOPES
    assert APP["webhooks"]["api_version"] == Variables.model_fields["shopify_api_version"].default


def test_every_topic_is_subscribed_once() -> None:
    subscriptions = APP["webhooks"]["subscriptions"]
    topics = [topic for one in subscriptions for topic in one.get("topics", ())]
    compliance = [topic for one in subscriptions for topic in one.get("compliance_topics", ())]
    assert sorted(topics) == sorted(TOPICS)
    assert sorted(compliance) == sorted(COMPLIANCE)
    assert {one["uri"].removeprefix("https://kizuna.example") for one in subscriptions} == {"/webhooks/shopify"}


def test_what_the_code_understands_is_what_is_subscribed_to() -> None:
    own = {topic for topic in HANDLED if topic.startswith(OWN)}
    assert HANDLED - own - {"orders/create"} == TOPICS | COMPLIANCE


def test_merchants_are_told_of_every_topic_and_every_scope_and_of_no_others() -> None:
    said = {
        name for row in re.findall(r"^\|([^|]*`[^|]*)\|", PAGE, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    }
    optional = {scope for scopes in OPTIONAL_SCOPES.values() for scope in scopes}
    assert set(APP["access_scopes"]["optional_scopes"]) == optional
    assert said == TOPICS | COMPLIANCE | optional | set(SHOPIFY_SCOPES.split(","))


def test_the_proxy_is_where_the_widget_asks() -> None:
    proxy = APP["app_proxy"]
    assert f"/{proxy['prefix']}/{proxy['subpath']}/api" == API
    assert f'data-api="{API}"' in EMBED
    assert proxy["url"].endswith("/proxy/shopify")


def test_the_embed_says_nothing_of_the_shopper_but_that_somebody_is_signed_in() -> None:
    assert re.findall(r"customer[.\w]*", EMBED.split("{% schema %}", maxsplit=1)[0]) == ["customer"]
    assert schema()["target"] == "body"


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("path", sorted((EXTENSION / "locales").glob("*.schema.json")), ids=lambda path: path.name)
def test_every_setting_is_sound_and_has_a_name_in_each_language(path: Path, block: str) -> None:
    told, said = names(path), schema(block)
    assert told(said["name"])
    assert said["target"] == ("body" if block == "app-embed" else "section")
    for setting in said["settings"]:
        assert setting["type"] in SETTINGS
        if setting["type"] == "paragraph":
            assert told(setting["content"])
            continue
        assert told(setting["label"])
        if "info" in setting:
            assert told(setting["info"])
        if setting["type"] == "select":
            assert setting["default"] in {option["value"] for option in setting["options"]}
            assert all(option["value"] and told(option["label"]) for option in setting["options"])
        elif setting["type"] == "range":
            assert setting["min"] <= setting["default"] <= setting["max"]
            assert (setting["max"] - setting["min"]) % setting["step"] == 0
            assert (setting["max"] - setting["min"]) / setting["step"] <= 100  # Shopify's limit of steps
        else:
            assert isinstance(setting.get("default", True), bool), "texts have their words in the locale files"
        assert f"block.settings.{setting['id']}" in BLOCKS[block]


@pytest.mark.parametrize("file", ("en.default.json", "ja.json"))
def test_every_word_a_block_says_is_there_in_each_language(file: str) -> None:
    told = names(EXTENSION / "locales" / file)
    for liquid in BLOCKS.values():
        for key in re.findall(r"'([a-z_.]+)' \| t\b", liquid):
            assert ("{points}" in told(key)) == key.startswith("earn.")


def test_merchants_are_told_of_every_block_by_its_name() -> None:
    told = names(EXTENSION / "locales" / "en.default.schema.json")
    assert [told(schema(block)["name"]) for block in BLOCKS if f"| {told(schema(block)['name'])}" not in PAGE] == []


def test_what_a_merchant_or_a_shop_wrote_is_escaped_in_every_block() -> None:
    for block, liquid in BLOCKS.items():
        for output in re.findall(r"{{(.*?)}}", liquid.split("{% schema %}", maxsplit=1)[0]):
            harmless = ("escape", "json", "asset_url", " | t", "shopify_attributes", "taxes_included", "offset_")
            assert any(word in output for word in harmless), (block, output)


def _item(product: int, variant: int, quantity: int, price: int, *, gift_card: bool = False) -> dict[str, object]:
    about = {"product_id": product, "variant_id": variant, "quantity": quantity, "final_line_price": price}
    return {"product": {"gift_card?": gift_card}, **about}


SHOP: Final = {
    "shop": {"currency": "JPY"},
    "request": {"locale": {"iso_code": "ja"}},
    "cart": {
        "currency": {"iso_code": "JPY"},
        "item_count": 3,
        "taxes_included": True,
        "cart_level_discount_applications": [{"total_allocated_amount": 20_000}, {"total_allocated_amount": 10_000}],
        "items": [
            _item(1, 2, 1, 500_000, gift_card=True),
            _item(3, 4, 2, 120_000),
            _item(5, 6, 1, 80_050),
        ],
    },
}  # fmt: skip
"""What Liquid knows at a Japanese shop; it writes yen in hundredths as well."""


def printed(block: str, **settings: object) -> str:
    """Return what a block prints at the shop above."""
    embed = Embed(EXTENSION / "blocks" / f"{block}.liquid")
    embed.settings |= settings
    return embed.html(SHOP)


def asked(node: Path, html: str, currency: str, chosen: str = "") -> Any:  # noqa: ANN401  JSON is what it is
    """Return the question that the widget's script makes of what a block printed."""
    found = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    given = json.dumps([json.loads(found[1]), currency, chosen])
    lines = (SOURCES / "blocks" / "lines.js").as_uri()
    program = f"import {{ cartOf }} from {lines!r}; console.log(JSON.stringify(cartOf(...{given})))"
    done = subprocess.run(
        [str(node), "--input-type=module", "--eval", program], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_the_cart_asks_about_its_goods_in_the_smallest_unit_of_the_currency(node: Path) -> None:
    line = {"product": "3", "variant": "4", "quantity": 2, "price_minor": 1200}
    other = {"product": "5", "variant": "6", "quantity": 1, "price_minor": 801}
    cart = printed("cart-points")
    assert asked(node, cart, "JPY") == {"lines": [line, other], "discount_minor": 300}
    assert asked(node, cart, "KWD") is None, "what hundredths of three decimals mean nobody can tell"


def test_a_product_asks_about_the_chosen_variant_and_a_gift_card_about_nothing(node: Path) -> None:
    variants = [{"id": 7, "price": 120_000}, {"id": 8, "price": 150_000}]
    product = {
        "id": 3, "gift_card?": False, "variants": variants, "selected_or_first_available_variant": variants[0],
    }  # fmt: skip
    page = printed("product-points", product=product)
    line = {"product": "3", "variant": "7", "quantity": 1, "price_minor": 1200}
    assert asked(node, page, "JPY") == {"lines": [line], "discount_minor": 0}
    other = asked(node, page, "JPY", "8")
    assert other["lines"] == [{**line, "variant": "8", "price_minor": 1500}]
    assert asked(node, page, "JPY", "9") is None
    assert "kizuna-earn" not in printed("product-points", product={**product, "gift_card?": True})
    assert "kizuna-earn" not in printed("product-points", product=None)


@pytest.mark.browser
def test_a_product_says_what_it_earns_where_the_theme_has_room_for_it(storefront: Opener) -> None:
    earns = Answer({"points": 132, "pending_days": 14, "may_differ": False})
    shop = storefront(prepare=lambda store: store.answer("POST", "cart", earns)).visit()
    page = shop.page
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", printed("cart-points")
    )
    page.add_script_tag(url="/assets/blocks.js")
    expect(page.locator("kizuna-earn")).to_contain_text("132ポイント")
    bodies = [one.body for one in shop.store.asked if one.path == "cart"]
    assert [line["price_minor"] for line in bodies[0]["lines"]] == [1200, 801]


def test_the_extension_is_within_shopifys_limits() -> None:
    files = [path for path in EXTENSION.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} == {"assets", "blocks", "locales", "kizuna-rewards"}
    assert sum(path.stat().st_size for path in files) <= 10 * 1024 * 1024
    assert sum(path.stat().st_size for path in files if path.suffix == ".liquid") <= 500 * 1024
    assert (EXTENSION / "assets" / "loader.js").stat().st_size <= 10_000

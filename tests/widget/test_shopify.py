"""The Shopify app's own file agrees with the server, and the theme app extension is one that Shopify takes."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from app.settings.variables import SHOPIFY_SCOPES, Variables
from tests.widget.canned import API, ROOT

SHOPIFY: Final = ROOT / "widgets" / "shopify"
EXTENSION: Final = SHOPIFY / "extensions" / "kizuna-rewards"
APP: Final[dict[str, Any]] = tomllib.loads((SHOPIFY / "shopify.app.toml").read_text("utf-8"))
EMBED: Final = (EXTENSION / "blocks" / "app-embed.liquid").read_text("utf-8")
TOPICS: Final = {
    *("orders/paid", "orders/updated", "orders/cancelled", "orders/edited", "refunds/create"),
    *("customers/create", "customers/update", "customers/delete", "customers/merge"),
    *("customer.tags_added", "customer.tags_removed", "customers_email_marketing_consent/update"),
    *("app/uninstalled", "app/scopes_update", "bulk_operations/finish"),
}
COMPLIANCE: Final = {"customers/data_request", "customers/redact", "shop/redact"}


def schema() -> dict[str, Any]:
    found = re.search(r"{% schema %}(.*){% endschema %}", EMBED, re.DOTALL)
    assert found
    said: dict[str, Any] = json.loads(found[1])
    return said


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


def test_the_proxy_is_where_the_widget_asks() -> None:
    proxy = APP["app_proxy"]
    assert f"/{proxy['prefix']}/{proxy['subpath']}/api" == API
    assert f'data-api="{API}"' in EMBED
    assert proxy["url"].endswith("/proxy/shopify")


def test_the_embed_says_nothing_of_the_shopper_but_that_somebody_is_signed_in() -> None:
    assert re.findall(r"customer[.\w]*", EMBED.split("{% schema %}", maxsplit=1)[0]) == ["customer"]
    assert schema()["target"] == "body"


@pytest.mark.parametrize("path", sorted((EXTENSION / "locales").glob("*.schema.json")), ids=lambda path: path.name)
def test_every_setting_is_sound_and_has_a_name_in_each_language(path: Path) -> None:
    names = json.loads(path.read_text("utf-8"))

    def told(key: str) -> str:
        here: Any = names
        for part in key.removeprefix("t:").split("."):
            here = here[part]
        assert isinstance(here, str)
        return here

    said = schema()
    assert told(said["name"])
    for setting in said["settings"]:
        assert told(setting["label"])
        if "info" in setting:
            assert told(setting["info"])
        if setting["type"] == "select":
            assert setting["default"] in {option["value"] for option in setting["options"]}
            assert all(option["value"] and told(option["label"]) for option in setting["options"])
        else:
            assert setting["type"] == "range"
            assert setting["min"] <= setting["default"] <= setting["max"]
            assert (setting["max"] - setting["min"]) % setting["step"] == 0
            assert (setting["max"] - setting["min"]) / setting["step"] <= 100  # Shopify's limit of steps
        assert f"block.settings.{setting['id']}" in EMBED


def test_the_extension_is_within_shopifys_limits() -> None:
    files = [path for path in EXTENSION.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} == {"assets", "blocks", "locales", "kizuna-rewards"}
    assert sum(path.stat().st_size for path in files) <= 10 * 1024 * 1024
    assert sum(path.stat().st_size for path in files if path.suffix == ".liquid") <= 500 * 1024
    assert (EXTENSION / "assets" / "loader.js").stat().st_size <= 10_000

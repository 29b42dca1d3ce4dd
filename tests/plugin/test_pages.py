"""What the plugin puts on pages: the widget for everybody, the settings for who runs the store."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.plugin.conftest import CONNECTED, SECRET, WordPress

FOOTER: dict[str, object] = {"do": "wp_footer"}
ENQUEUE: dict[str, object] = {"do": "wp_enqueue_scripts"}
SETTINGS: dict[str, object] = {"call": "kizuna_show_page"}
OWNER = {"user": 1, "users": {1: "owner@example.test"}, "managers": [1]}


def attributes(html: str) -> dict[str, str]:
    element = re.fullmatch(r"<kizuna-rewards((?: data-[a-z-]+=\"[^\"<>]*\")*)></kizuna-rewards>\n", html)
    assert element, html
    return {name: unescape(value) for name, value in re.findall(r" data-([a-z-]+)=\"([^\"]*)\"", element.group(1))}


# ── The storefront ───────────────────────────────────────────────────────────


def test_a_guests_page_has_the_widget_and_nothing_about_anybody(wordpress: WordPress) -> None:
    told = attributes(wordpress(FOOTER, options=CONNECTED).only)
    assert told == {
        "api": "https://points.example.com/storefront/api",
        "shop": "shop-1",
        "locale": "ja",
        "token-url": "https://store.example.com/wp-json/kizuna/v1/token",
        "signed-in": "false",
        "panel": "https://store.example.com/wp-content/plugins/kizuna-loyalty-for-woocommerce/assets/panel.js?ver=0.1.0",
        "join": "https://store.example.com/my-account/",
        "sign-in": "https://store.example.com/my-account/",
    }


def test_a_signed_in_shopper_is_named_by_no_page(wordpress: WordPress) -> None:
    html = wordpress(FOOTER, options=CONNECTED, user=2, users={2: "alice@example.test"}).only
    told = attributes(html)
    assert told["signed-in"] == "true"
    assert told["token-url"] == "https://store.example.com/wp-json/kizuna/v1/token?_wpnonce=nonce-of-2"
    assert "alice" not in html
    assert SECRET not in html


def test_every_guest_gets_the_same_bytes(wordpress: WordPress) -> None:
    first, second = (wordpress(FOOTER, options=CONNECTED, get={"x": n}).only for n in (1, 2))
    assert first == second


def test_the_script_waits_for_the_page(wordpress: WordPress) -> None:
    scripts = wordpress(ENQUEUE, options=CONNECTED).world["scripts"]
    assert scripts == {
        "kizuna-loader": [
            "https://store.example.com/wp-content/plugins/kizuna-loyalty-for-woocommerce/assets/loader.js",
            "0.1.0",
            {"strategy": "defer", "in_footer": True},
        ]
    }


@pytest.mark.parametrize("missing", sorted(CONNECTED))
def test_a_store_that_is_not_connected_shows_nothing(wordpress: WordPress, missing: str) -> None:
    options = {name: value for name, value in CONNECTED.items() if name != missing}
    ran = wordpress(FOOTER, ENQUEUE, options=options)
    assert ran.results == [None, None]
    assert ran.world["scripts"] == []


def test_without_the_widgets_files_nothing_is_shown(wordpress: WordPress, plugin: Path) -> None:
    (plugin / "assets" / "panel.js").unlink()
    assert wordpress(FOOTER, options=CONNECTED).only is None


def test_a_language_is_said_as_the_web_says_it(wordpress: WordPress) -> None:
    assert attributes(wordpress(FOOTER, options=CONNECTED, locale="pt_BR").only)["locale"] == "pt-BR"


def test_a_store_whose_options_were_spoiled_prints_no_markup(wordpress: WordPress) -> None:
    spoiled = {**CONNECTED, "kizuna_connection": {"shop": '"><script>alert(1)</script>', "since": 0}}
    assert attributes(wordpress(FOOTER, options=spoiled).only)["shop"] == '"><script>alert(1)</script>'


@pytest.mark.parametrize("broken", ("", [], 7, {"shop": ""}, {"since": 1}, None))
def test_options_of_any_other_shape_are_no_connection(wordpress: WordPress, broken: object) -> None:
    assert wordpress(FOOTER, options={**CONNECTED, "kizuna_connection": broken}).only is None


# ── The settings ─────────────────────────────────────────────────────────────


def test_the_page_lies_under_woocommerce_for_who_runs_the_store(wordpress: WordPress) -> None:
    (page,) = wordpress({"do": "admin_menu"}).world["menu"]
    assert page == ["woocommerce", "Kizuna", "manage_woocommerce", "kizuna", "kizuna_show_page"]


def test_connecting_goes_to_the_server_that_was_typed(wordpress: WordPress) -> None:
    step = {"do": "admin_post_kizuna_connect", "post": {"kizuna_app": "https://points.example.com/"}}
    ran = wordpress(step, home="https://example.com/店", **OWNER)
    target = urlsplit(ran.only["redirect"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == "https://points.example.com/connect/woocommerce/begin"
    assert parse_qs(target.query) == {"store": ["https://example.com/店"]}
    assert ran.world["options"]["kizuna_app"] == "https://points.example.com"


@pytest.mark.parametrize("typed", ("", "points", "http://points.example.com", "javascript:alert(1)", "https://", ["x"]))
def test_what_is_no_address_of_a_server_goes_nowhere(wordpress: WordPress, typed: object) -> None:
    ran = wordpress({"do": "admin_post_kizuna_connect", "post": {"kizuna_app": typed}}, **OWNER)
    assert ran.only == {
        "safe_redirect": "https://store.example.com/wp-admin/admin.php?page=kizuna&kizuna_notice=address"
    }
    assert ran.world["options"] == []


@pytest.mark.parametrize("action", ("admin_post_kizuna_connect", "admin_post_kizuna_disconnect"))
@pytest.mark.parametrize(
    "who",
    ({"user": 0}, {"user": 2, "users": {2: "a@example.test"}}, {**OWNER, "referer": False}),
    ids=("guest", "shopper", "forged"),
)
def test_nobody_else_and_no_other_site_changes_the_connection(
    wordpress: WordPress, action: str, who: dict[str, object]
) -> None:
    ran = wordpress({"do": action, "post": {"kizuna_app": "https://evil.example.org"}}, options=CONNECTED, **who)
    assert ran.only == {"died": 403}
    assert ran.world["options"] == CONNECTED


def test_disconnecting_forgets_the_secret_and_keeps_the_address(wordpress: WordPress) -> None:
    ran = wordpress({"do": "admin_post_kizuna_disconnect"}, options=CONNECTED, **OWNER)
    assert ran.world["options"] == {"kizuna_app": "https://points.example.com"}


def test_before_connecting_the_page_asks_for_one_thing(wordpress: WordPress) -> None:
    html = wordpress(SETTINGS, **OWNER).only
    assert html.count('<input type="url"') == 1
    assert 'name="action" value="kizuna_connect"' in html
    assert "nonce for kizuna_connect" in html
    assert "notice-warning" not in html


def test_a_store_without_https_is_warned(wordpress: WordPress) -> None:
    assert "notice-warning" in wordpress(SETTINGS, home="http://store.example.com", **OWNER).only


def test_a_connected_store_sees_how_it_stands_and_no_secret(wordpress: WordPress) -> None:
    html = wordpress(SETTINGS, options=CONNECTED, **OWNER).only
    for shown in ("Connected", "shop-1", "https://points.example.com", "2026-11-18", "Open Kizuna", "Connect again"):
        assert shown in html
    assert 'name="action" value="kizuna_disconnect"' in html
    assert SECRET not in html


@pytest.mark.parametrize("notice", ("address", "disconnected"))
def test_what_came_of_a_click_is_said(wordpress: WordPress, notice: str) -> None:
    assert "notice notice-" in wordpress({**SETTINGS, "get": {"kizuna_notice": notice}}, **OWNER).only


def test_an_invented_notice_says_nothing(wordpress: WordPress) -> None:
    html = wordpress({**SETTINGS, "get": {"kizuna_notice": "<script>alert(1)</script>"}}, **OWNER).only
    assert "script" not in html
    assert "notice notice-" not in html


def test_the_list_of_plugins_leads_to_the_page(wordpress: WordPress) -> None:
    links = {"deactivate": "<a>Deactivate</a>"}
    name = "plugin_action_links_kizuna-loyalty-for-woocommerce/kizuna-loyalty-for-woocommerce.php"
    shown = wordpress({"filter": name, "args": [links]}).only
    assert list(shown) == ["settings", "deactivate"]
    assert "admin.php?page=kizuna" in shown["settings"]


def test_translations_are_loaded_from_the_plugins_folder(wordpress: WordPress) -> None:
    loaded = wordpress({"do": "init"}).world["textdomain"]
    assert loaded == ["kizuna-loyalty-for-woocommerce", "kizuna-loyalty-for-woocommerce/languages"]


def test_order_tables_and_block_checkout_are_declared_fine(wordpress: WordPress, plugin: Path) -> None:
    utilities = """<?php
namespace Automattic\\WooCommerce\\Utilities;
class FeaturesUtil {
	public static function declare_compatibility( $feature, $file, $fine ) {
		$GLOBALS['world']['features'][] = array( $feature, basename( $file ), $fine );
	}
}
"""
    main = plugin / "kizuna-loyalty-for-woocommerce.php"
    (plugin / "features.php").write_text(utilities, "utf-8")
    main.write_text(main.read_text("utf-8") + "\nrequire_once __DIR__ . '/features.php';\n", "utf-8")
    features = wordpress({"do": "before_woocommerce_init"}).world["features"]
    assert features == [["custom_order_tables", main.name, True], ["cart_checkout_blocks", main.name, True]]


def test_a_woocommerce_that_knows_no_features_is_fine(wordpress: WordPress) -> None:
    assert wordpress({"do": "before_woocommerce_init"}).world["features"] == []


# ── Leaving ──────────────────────────────────────────────────────────────────


def test_deleting_the_plugin_leaves_nothing_of_it(wordpress: WordPress) -> None:
    kept = {"blogname": "Store"}
    own = {"kizuna_programme": {"at": 1}, "kizuna_rules": "0.1.0", "kizuna_settings": {"cart": "no"}}
    assert wordpress(options={**kept, **CONNECTED, **own}, uninstalling=True).world["options"] == kept


def test_a_merchant_who_wants_to_come_back_keeps_the_settings(wordpress: WordPress) -> None:
    options = {**CONNECTED, "kizuna_settings": {"keep": "yes"}, "kizuna_programme": {"at": 1}}
    left = wordpress(options=options, uninstalling=True).world["options"]
    assert left == {**CONNECTED, "kizuna_settings": {"keep": "yes"}}


def test_deleting_it_from_a_network_leaves_nothing_on_any_site(wordpress: WordPress) -> None:
    sites = {1: {"blogname": "One", **CONNECTED}, 2: {"blogname": "Two", **CONNECTED}}
    ran = wordpress(options={"blogname": "Main", **CONNECTED}, sites=sites, uninstalling=True)
    assert ran.world["sites"] == {"1": {"blogname": "One"}, "2": {"blogname": "Two"}}

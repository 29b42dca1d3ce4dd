"""The plugin in the admin of a real WordPress: settings, orders, privacy tools, the command line."""

import json
from datetime import timedelta

from playwright.sync_api import Page, expect

from app.loyalty.facts import Customer, Line, Order
from tests.plugin.core.conftest import Kizuna, sign_in
from tests.plugin.core.installed import Core


def test_the_owner_sees_how_it_stands_and_switches_a_piece_off(core: Core, kizuna: Kizuna, page: Page) -> None:
    sign_in(page, core, "owner")
    page.goto(f"{core.home}/wp-admin/admin.php?page=kizuna")
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    expect(page.get_by_text(kizuna.address)).to_be_visible()

    page.get_by_label("What a product earns, under its price").uncheck()
    page.get_by_role("button", name="Save changes").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("What a product earns, under its price")).not_to_be_checked()
    shown = core.run("global $post; $post = get_page_by_path('kyusu', OBJECT, 'product'); kizuna_print_product();")
    assert shown == ""
    core.run("delete_option('kizuna_settings');")
    assert core.complaints() == []


def test_an_order_gets_a_note_and_a_column_once_the_server_has_counted_it(
    core: Core, kizuna: Kizuna, page: Page
) -> None:
    alice = core.run("echo get_user_by('login', 'alice')->ID;")
    made = f"array('post_type'=>'shop_order','post_status'=>'publish','meta_input'=>array('_customer'=>{alice}))"
    number = core.run(f"echo wp_insert_post({made});")
    changed = f"do_action('woocommerce_order_status_changed', {number}); "
    asked = f"do_action('kizuna_note_order', {number}, 0); "
    again = f"wp_next_scheduled('kizuna_note_order', array({number}, 1)) > 0"
    told = f"echo json_encode(array(get_post_meta({number}, 'stub_note'), {again}));"

    assert json.loads(core.run(changed + asked + told)) == [[], True], "the server knows nothing yet: asked again later"
    paid = kizuna.works.clock() - timedelta(minutes=5)
    lines = (Line("1", "11", 1, 4000),)
    kizuna.storefront().settle(
        Order(number, Customer(alice, "alice@example.test"), paid, paid, paid, None, "JPY", lines)
    )
    notes, _ = json.loads(core.run(asked + asked + told))
    assert notes == ["Kizuna: this order earns 200 points."], "written once, however often it is asked"

    sign_in(page, core, "owner")
    page.goto(f"{core.home}/wp-admin/edit.php?post_type=shop_order")
    expect(page.get_by_role("cell", name="200 points")).to_be_visible()
    column = core.run(
        f"do_action('manage_woocommerce_page_wc-orders_custom_column', 'kizuna_points', wc_get_order({number}));"
    )
    assert column == "200 points", "where orders have tables of their own"
    assert core.complaints() == []


def test_a_person_is_told_what_is_kept_and_who_forgets_them(core: Core, kizuna: Kizuna) -> None:
    alice = core.run("echo get_user_by('login', 'alice')->ID;")
    kizuna.storefront().give(alice, 800)

    told = json.loads(core.run("echo json_encode(kizuna_export('alice@example.test', 1));"))
    values = {one["name"]: one["value"] for thing in told["data"] for one in thing["data"]}

    assert told["done"] is True
    assert (values["Points available"], values["Change"], values["Balance"]) == ("800", "800", "800")
    assert json.loads(core.run("echo json_encode(kizuna_export('nobody@example.test', 1));")) == {
        "data": [],
        "done": True,
    }
    erased = json.loads(core.run("echo json_encode(kizuna_erase('alice@example.test'));"))
    assert (erased["items_removed"], erased["items_retained"]) == (False, True), "nothing is claimed that was not done"
    registered = core.run("echo json_encode(array_keys(apply_filters('wp_privacy_personal_data_exporters', array())));")
    assert "kizuna" in json.loads(registered)


def test_the_command_line_tells_how_it_stands(core: Core, kizuna: Kizuna) -> None:
    tool = """define('WP_CLI', true); class WP_CLI { public static $known = array();
        public static function add_command($name, $work) { self::$known[$name] = $work; }
        public static function line($text) { echo $text; }
        public static function success($text) { echo $text; }
        public static function error($text) { echo 'Error: ' . $text; exit; } }"""

    told = json.loads(core.run("call_user_func(WP_CLI::$known['kizuna status']);", before=tool))

    assert (told["connected"], told["shop"], told["resting"]) == (True, str(kizuna.shop.shop_id), False)
    twice = "call_user_func(WP_CLI::$known['kizuna refresh']);" * 2
    assert core.run(twice, before=tool) == "The programme is fresh." * 2, (
        "within one second nothing changes, and it is fresh"
    )

"""The plugin in a real WordPress, with a real server behind it: what a guest and a shopper see and do."""

import re
from urllib.request import urlopen

from playwright.sync_api import Page, expect

from tests.plugin.core.conftest import Kizuna, sign_in
from tests.plugin.core.installed import Core


def read(core: Core, path: str) -> str:
    with urlopen(core.home + path, timeout=60) as answer:  # noqa: S310  loopback
        return str(answer.read().decode())


def test_a_page_of_pieces_tells_the_programme_and_nobodys_data(core: Core, kizuna: Kizuna) -> None:
    kizuna.asked.clear()

    page = read(core, "/rewards/")

    for told in ("Place an order", "5 points for each ¥100", "¥500 off", "1.5 times the points", "10% off"):
        assert told in page
    for place in ("balance", "history", "link"):
        assert f'data-kizuna-place="{place}" aria-live="polite"></div>' in page, "empty, for the browser to fill"
    assert read(core, "/rewards/") == page, "the same for every guest: fit for a page cache"
    assert kizuna.asked == [], "no page waits for the server"
    assert core.complaints() == []


def test_a_shopper_sees_points_uses_them_in_the_cart_and_takes_them_off_again(
    core: Core, kizuna: Kizuna, page: Page
) -> None:
    alice = core.run("echo get_user_by('login', 'alice')->ID;")
    kizuna.storefront().give(alice, 800)
    sign_in(page, core, "alice")
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))  # from here on: the admin's scripts are Debian's

    page.goto(f"{core.home}/?product=kyusu")
    expect(page.get_by_text("Earns 250 points")).to_be_visible()
    product = core.run("echo get_page_by_path('kyusu', OBJECT, 'product')->ID;")
    page.goto(f"{core.home}/?add-to-cart={product}")
    expect(page.get_by_text("This order earns 250 points")).to_be_visible()
    with page.expect_response(re.compile("/redemptions$")):
        page.get_by_role("button", name="Use 500 points: ¥500 off").click()
    kizuna.carry_out()
    expect(page.get_by_role("button", name="Remove: ¥500 off")).to_be_visible()
    expect(page.get_by_text("This order earns 225 points")).to_be_visible()
    page.reload()
    expect(page.locator("#total")).to_have_text("4500")

    page.get_by_role("button", name="Remove: ¥500 off").click()
    expect(page.get_by_role("button", name="Apply: ¥500 off")).to_be_visible()
    page.reload()
    expect(page.locator("#total")).to_have_text("5000")

    page.goto(f"{core.home}/my-account/kizuna-points/")
    expect(page.get_by_text("You have 300 points")).to_be_visible()
    expect(page.get_by_role("row", name="Used: ¥500 off")).to_be_visible()
    expect(page.get_by_label("Your link")).to_have_value(re.compile(r"kz_ref="))
    assert thrown == []
    assert core.complaints() == []

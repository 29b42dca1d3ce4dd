"""Referral from both sides: a link worth sending, a gift that arrives, and a reason where there is none."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import qrcode
from playwright.sync_api import Browser, Page, expect

from tests.widget.canned import Answer, Store, example, problem, serving
from tests.widget.conftest import Opener, Storefront

pytestmark = pytest.mark.browser

LINK = "https://tidewell.myshopify.com/?kz_ref=maya7k2q"
CLAIM = "referral/maya7k2q/claim"


def test_the_link_is_there_to_read_copy_and_send(storefront: Opener) -> None:
    shop = storefront(permissions=["clipboard-read", "clipboard-write"]).visit().open().go("go-refer")
    expect(shop.page.get_by_role("textbox", name="Your invite link")).to_have_value(LINK.removeprefix("https://"))
    shop.page.get_by_role("button", name="Copy").click()
    expect(shop.page.locator(".toast-at")).to_have_text("Link copied")
    assert shop.page.evaluate("navigator.clipboard.readText()") == LINK
    for name in ("LINE", "WhatsApp", "X", "email"):
        link = shop.key(name)
        href = str(link.get_attribute("href"))
        assert LINK in unquote(href)
        assert "$8 off for your first order at Tidewell" in unquote(href)
        if name != "email":
            assert urlsplit(href).scheme == "https"
            assert link.get_attribute("rel") == "noopener noreferrer"
    assert parse_qs(urlsplit(str(shop.key("X").get_attribute("href"))).query)["url"] == [LINK]


def test_every_way_of_sending_has_a_link_of_its_own_and_following_one_is_told_once(storefront: Opener) -> None:
    ways = {"LINE": "line", "WhatsApp": "whatsapp", "X": "x", "Facebook": "facebook", "email": "email"}
    links = {channel: f"{LINK}-{channel}" for channel in (*ways.values(), "link", "sheet", "qr")}
    shop = storefront(prepare=lambda store: store.member["referral"].update(links=links)).visit().open().go("go-refer")
    for name, channel in ways.items():
        assert f"{LINK}-{channel}" in unquote(str(shop.key(name).get_attribute("href")))

    friend = storefront(signed_in=False)
    with friend.page.expect_response(lambda answer: answer.url.partition("?")[0].endswith("/click")):
        friend.visit("/?kz_ref=maya7k2q-line")
    friend.visit().open().go("gift")
    expect(friend.body).to_contain_text("A gift from Maya")
    (told,) = friend.store.calls("POST", "referral/maya7k2q-line/click")
    assert len(told.body["key"]) == 32


def test_the_deal_its_rules_and_every_invitation_are_told(storefront: Opener) -> None:
    shop = storefront().visit().open().go("go-refer")
    for text in (
        "They get$8 off",
        "You get500 points",
        "Their first order is $25 or more",
        "Your points arrive 14 days after they pay",
        "Jonas",
        "+500 on 4 Dec",
        "Took up your link on 15 Nov",
        "Already bought here on 3 May",
        "Bought on 17 Nov; Tidewell is checking this invitation",
        "Not before 1 Dec",
        "Tidewell found that this one cannot count.",
    ):
        expect(shop.body).to_contain_text(text)


def test_nobody_invited_yet_is_told_too(storefront: Opener) -> None:
    shop = storefront(prepare=lambda store: store.member["referral"].update(people=[])).visit().open().go("go-refer")
    expect(shop.body).to_contain_text("Nobody yet.")


@pytest.fixture
def drawing_page(browser: Browser) -> Any:  # noqa: ANN401  a generator of pages
    with serving(Store()) as store:
        page = browser.new_page()
        page.goto(store.page())
        yield page
        page.close()


LENGTHS = (1, 14, 15, 26, 27, 42, 43, 62, 63, 84, 85, 106, 107, 122, 123, 152, 153, 180, 181, 213)
"""Each version's last length and the next one's first."""


@pytest.mark.parametrize("length", LENGTHS)
def test_the_square_is_a_qr_code_of_the_link(drawing_page: Page, length: int) -> None:
    text = ("https://例え.example/?kz_ref=" + "maya7k2q" * 40).encode()[:length].decode(errors="ignore").ljust(1, "x")
    drawn = drawing_page.evaluate("(text) => import('/src/panel/qr.js').then((module) => module.qr(text))", text)
    version = (len(drawn) - 17) // 4
    masks = []
    for mask in range(8):
        code = qrcode.QRCode(version, qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=mask)
        code.add_data(qrcode.util.QRData(text.encode(), mode=4))
        code.make(fit=False)
        if [[int(bool(module)) for module in row] for row in code.get_matrix()] == drawn:
            masks.append(mask)
    assert len(masks) == 1


def test_a_text_too_long_for_the_square_draws_none(drawing_page: Page) -> None:
    assert drawing_page.evaluate("import('/src/panel/qr.js').then((module) => module.qr('x'.repeat(214)))") is None


def invited(shop: Storefront) -> Storefront:
    shop.visit("/?kz_ref=maya7k2q")
    expect(shop.panel).to_be_visible()
    return shop


def test_an_invitation_opens_by_itself_and_says_who_and_what(storefront: Opener) -> None:
    shop = invited(storefront(signed_in=False))
    for text in ("A gift from Maya", "$8 off on your first order", "For a first order from $25."):
        expect(shop.body).to_contain_text(text)


def test_an_invitation_opens_once_and_stays_at_hand(storefront: Opener) -> None:
    shop = invited(storefront(signed_in=False))
    shop.page.keyboard.press("Escape")
    shop.visit("/?kz_ref=maya7k2q")
    expect(shop.launcher).to_be_visible()
    expect(shop.panel).to_have_count(0)
    shop.open()
    expect(shop.body).to_contain_text("A friend sent you a gift")
    shop.go("gift")
    expect(shop.body).to_contain_text("A gift from Maya")


def test_a_sender_who_may_not_be_named_is_a_friend(storefront: Opener) -> None:
    shop = invited(storefront(signed_in=False, prepare=lambda store: store.landing.update(sender_first_name=None)))
    expect(shop.body).to_contain_text("A gift from a friend")


def test_an_address_that_is_none_is_told_at_its_field(storefront: Opener) -> None:
    shop = invited(storefront(signed_in=False))
    field = shop.page.get_by_label("Your e-mail address")
    field.fill("jonas")
    field.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "This needs to look like name@example.com So the code is yours alone. No newsletter."
    )
    assert shop.store.calls("POST", CLAIM) == []


def test_the_friend_gets_a_code_and_keeps_it_over_a_reload(storefront: Opener) -> None:
    shop = invited(storefront(signed_in=False))
    shop.page.get_by_label("Your e-mail address").fill(" jonas@example.com ")
    shop.key("claim").click()
    expect(shop.body).to_contain_text("FRIEND-9TK2-MM4R-PX7C")
    expect(shop.body.get_by_role("link", name="Apply to my cart")).to_be_visible()
    (call,) = shop.store.calls("POST", CLAIM)
    assert call.body == {"email": "jonas@example.com"}
    shop.visit().open().go("gift")
    expect(shop.body).to_contain_text("FRIEND-9TK2-MM4R-PX7C")
    assert len(shop.store.calls("POST", CLAIM)) == 1


def test_a_friends_code_being_made_appears_by_itself(storefront: Opener) -> None:
    shop = storefront(signed_in=False)
    shop.store.answer("POST", CLAIM, Answer(example("referral_claim", 1)), Answer(example("referral_claim")))
    invited(shop).page.get_by_label("Your e-mail address").fill("jonas@example.com")
    shop.key("claim").click()
    expect(shop.body).to_contain_text("The store is making your code.")
    expect(shop.body).to_contain_text("FRIEND-9TK2-MM4R-PX7C", timeout=15_000)
    first, second = shop.store.calls("POST", CLAIM)
    assert first.body == second.body


@pytest.mark.parametrize(
    ("reason", "at", "told"),
    (
        ("already_customer", "2026-05-03T10:00:00Z", "This address bought here on 3 May 2026"),
        ("already_customer", None, "This address has bought here before"),
        ("self_referral", None, "cannot be used by the one who sent it"),
        ("already_referred", None, "taken up another invitation"),
    ),
)
def test_a_friend_who_is_not_eligible_learns_why(storefront: Opener, reason: str, at: str | None, told: str) -> None:
    shop = storefront(signed_in=False)
    shop.store.answer("POST", CLAIM, Answer({**example("referral_claim", 2), "reason": reason, "reason_at": at}))
    invited(shop).page.get_by_label("Your e-mail address").fill("jonas@example.com")
    shop.key("claim").click()
    expect(shop.body).to_contain_text(told)
    shop.page.get_by_role("button", name="See Tidewell Circle").click()
    expect(shop.body).to_contain_text("Ways to earn")


def test_an_invitation_that_has_ended_or_never_was_says_so(storefront: Opener) -> None:
    ended = invited(storefront(signed_in=False, prepare=lambda store: store.landing.update(state="closed")))
    expect(ended.body).to_contain_text("This invitation has ended")
    unknown = storefront(signed_in=False)
    unknown.store.answer("GET", "referral/maya7k2q", problem("UNKNOWN_REFERRAL", 404))
    expect(invited(unknown).body).to_contain_text("We do not know this invitation")


def test_a_claim_that_fails_can_be_tried_again(storefront: Opener) -> None:
    shop = storefront(signed_in=False)
    shop.store.answer("POST", CLAIM, problem("TOO_MANY_REQUESTS", 429), Answer(example("referral_claim")))
    invited(shop).page.get_by_label("Your e-mail address").fill("jonas@example.com")
    shop.key("claim").click()
    expect(shop.body.get_by_role("alert")).to_contain_text("That was a lot at once.")
    shop.key("claim").click()
    expect(shop.body).to_contain_text("FRIEND-9TK2-MM4R-PX7C")


@pytest.mark.parametrize("agreed", (False, True))
def test_an_invitation_outlives_the_visit_only_with_consent(storefront: Opener, agreed: bool) -> None:  # noqa: FBT001
    shop = storefront(signed_in=False)
    shop.page.add_init_script(
        f"window.Shopify = {{ customerPrivacy: {{ preferencesProcessingAllowed: () => {str(agreed).lower()} }} }}"
    )
    invited(shop)
    kept = shop.page.evaluate("localStorage.getItem('kizuna:ref')")
    assert bool(kept) is agreed
    tomorrow = shop.context.new_page()
    tomorrow.goto(shop.store.page())
    tomorrow.locator(".kz-launcher").click()
    tomorrow.locator(".hello").wait_for()
    expect(tomorrow.locator('[data-k="gift"]')).to_have_count(1 if agreed else 0)

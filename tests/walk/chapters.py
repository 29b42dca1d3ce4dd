"""The chapters of the walk, in the order they are lived: each says what people see and what the ledger holds."""

from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Browser, expect

from tests.sandbox.records import Order
from tests.walk.books import Balance, Books
from tests.walk.merchants import Merchant
from tests.walk.people import Shopper
from tests.walk.running import Town
from tests.walk.tales import Tale

PHONE = {"viewport": {"width": 390, "height": 844}, "permissions": ["clipboard-read", "clipboard-write"]}
_PENDING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Walk:
    """Who is on the way, where, and what is known of it."""

    town: Town
    tale: Tale
    browser: Browser
    merchant: Merchant
    shopper: Shopper
    books: Books

    def balance(self) -> Balance:
        """Return where the shopper's points lie, once everything has arrived."""
        self.town.settle()
        return self.books.balance(self.tale.shopper.email)

    def due(self, order: Order) -> str:
        """Return the day on which an order's points can be used, as the widget writes it."""
        assert order.paid_at is not None
        return self.tale.day(order.paid_at + _PENDING)

    def name(self, order: Order) -> str:
        """Return what Kizuna calls an order."""
        return self.tale.texts.order.format(number=order.number)


def installing(walk: Walk) -> None:
    """The merchant installs; shoppers who have no account are told what there is."""
    walk.merchant.install()
    walk.town.settle()
    walk.shopper.open_widget()
    walk.shopper.sees(walk.tale.texts.five_off)


def first_order(walk: Walk) -> None:
    """A shopper signs up and buys: what joining gives can be used, what the order gives is on its way with its day."""
    tale, shopper = walk.tale, walk.shopper
    shopper.sign_up(tale.shopper)
    shopper.put_into_cart(tale.first_goods)
    shopper.pay()
    assert walk.balance() == Balance(tale.signed_up, tale.first_points)
    order = walk.books.order(tale.shopper.email)
    shopper.open_widget()
    shopper.sees(tale.texts.on_the_way.format(points=tale.first_points, day=walk.due(order)))
    shopper.tap("row-history")
    shopper.sees(
        tale.texts.order_on_the_way.format(order=walk.name(order), day=walk.due(order)),
        tale.texts.joined,
    )


def goodwill(walk: Walk) -> None:
    """The merchant gives points with a reason, and the shopper reads it."""
    tale = walk.tale
    walk.merchant.find(tale.called)
    walk.merchant.give(tale.goodwill, tale.reason)
    assert walk.balance() == Balance(tale.signed_up + tale.goodwill, tale.first_points)
    walk.shopper.open_widget()
    walk.shopper.sees(tale.texts.worth)
    walk.shopper.tap("row-history")
    walk.shopper.sees(tale.texts.team, tale.texts.quoted)


def redeeming(walk: Walk) -> str:
    """The shopper turns points into a code; it is there within moments, and can be copied."""
    tale, shopper = walk.tale, walk.shopper
    shopper.open_widget()
    shopper.tap("go-redeem", "get-five_off", "redeem")
    code = shopper.panel.locator(".codepill code")
    expect(code).to_be_visible()
    shopper.sees(tale.texts.five_off, tale.texts.ready)
    left = tale.signed_up + tale.goodwill - tale.cost
    assert walk.balance() == Balance(left, tale.first_points, tale.cost)
    shopper.panel.locator('[data-k^="copy-"]').click()
    assert shopper.clipboard() == code.inner_text()
    return code.inner_text()


def paying_with_the_code(walk: Walk, code: str) -> Order:
    """The code lowers the total by what was promised; the order uses it up, and earns on what was really paid."""
    tale, shopper = walk.tale, walk.shopper
    for slug in tale.goods:
        shopper.put_into_cart(slug)
    shopper.go("/cart")
    expect(shopper.total).to_have_text(tale.price)
    if tale.types_codes:
        shopper.page.get_by_label(shopper.words("code")).fill(code)
        shopper.press("apply")
    else:
        shopper.open_widget()
        shopper.tap("row-rewards")
        shopper.panel.locator('[data-k^="apply-"]').click()
        shopper.page.wait_for_url("**/cart")
    expect(shopper.total).to_have_text(tale.lowered)
    shopper.pay()
    expect(shopper.main).to_contain_text(code)
    expect(shopper.total).to_have_text(tale.lowered)
    left = tale.signed_up + tale.goodwill - tale.cost
    assert walk.balance() == Balance(left, tale.first_points + tale.points)
    assert walk.books.stages(tale.shopper.email) == ["used"]
    order = walk.books.order(tale.shopper.email)
    shopper.open_widget()
    shopper.tap("row-rewards")
    shopper.sees(tale.texts.used_on_order.format(order=walk.name(order)))
    return order


def refunding(walk: Walk, order: Order) -> None:
    """What is sent back takes its points back; the reward stays used until the whole order is undone."""
    tale, shopper, merchant = walk.tale, walk.shopper, walk.merchant
    left = tale.signed_up + tale.goodwill - tale.cost
    name = walk.name(order)
    merchant.refund_one(order, order.lines[1].title)
    assert walk.balance() == Balance(left, tale.first_points + tale.points_after_refund)
    shopper.open_widget()
    shopper.tap("row-rewards")
    shopper.sees(tale.texts.used_on_order.format(order=name))
    merchant.ask_why(name)
    expect(merchant.desk).to_contain_text(tale.texts.explained.format(order=name, points=tale.points_after_refund))
    merchant.refund_the_rest(order)
    assert walk.balance() == Balance(left + tale.cost, tale.first_points)
    assert walk.books.stages(tale.shopper.email) == ["returned"]
    shopper.open_widget()
    shopper.tap("row-rewards")
    shopper.sees(tale.texts.turned_back)
    merchant.ask_why(name)
    expect(merchant.desk).to_contain_text(tale.texts.nothing_left.format(order=name))


def referring(walk: Walk) -> None:
    """A friend follows the link in a browser of their own, gets a discount, and buys: both are rewarded."""
    tale, shopper = walk.tale, walk.shopper
    before = walk.balance()
    shopper.open_widget()
    shopper.tap("go-refer", "copy")
    link = shopper.clipboard()
    assert link.startswith(walk.merchant.store.url)
    with Shopper(walk.browser, walk.merchant.store, **PHONE) as friend:
        friend.page.goto(link)
        friend.sees(tale.texts.friends_deal)
        friend.panel.locator("input[type=email]").fill(tale.friend.email)
        friend.tap("claim")
        code = friend.panel.locator(".codepill code")
        expect(code).to_be_visible()
        friends_code = code.inner_text()
        friend.close_widget()
        friend.put_into_cart(tale.friends_goods)
        friend.go("/cart")
        expect(friend.total).to_have_text(tale.friends_price)
        friend.page.get_by_label(friend.words("code")).fill(friends_code)
        friend.press("apply")
        friend.pay(tale.friend)
        expect(friend.total).to_have_text(tale.friends_lowered)
    assert walk.balance() == Balance(before.available, before.pending + tale.advocate)
    order = walk.books.order(tale.friend.email)
    assert order.paid_at is not None
    shopper.open_widget()
    shopper.tap("go-refer")
    shopper.sees(
        tale.texts.bought.format(day=tale.day(order.paid_at)),
        tale.texts.on_its_way_for_advocate.format(points=tale.advocate, day=walk.due(order)),
    )


def leaving_and_coming_back(walk: Walk) -> None:
    """The merchant removes Kizuna: nothing of it is seen. Installed again, everything is as it was."""
    before = walk.balance()
    walk.merchant.remove()
    walk.town.settle()
    walk.shopper.go("/")
    expect(walk.shopper.page.get_by_role("contentinfo")).to_be_visible()
    expect(walk.shopper.page.locator("kizuna-rewards")).to_have_count(0)
    assert walk.books.balance(walk.tale.shopper.email) == before
    walk.merchant.install()
    assert walk.balance() == before
    walk.shopper.open_widget()
    walk.shopper.sees(walk.tale.texts.worth)
    walk.shopper.tap("row-history")
    walk.shopper.sees(walk.tale.texts.quoted)
    walk.merchant.find(walk.tale.called)


def the_books_agree(walk: Walk) -> None:
    """The audit rebuilds everything and finds no difference."""
    audit = walk.town.kizuna("audit")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert "1 programmes audited, 0 breaches" in audit.stdout

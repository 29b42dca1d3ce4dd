"""The whole way with a store that answers: consent, keys, webhooks, orders, refunds, coupons, reviews, tokens."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import requests

from app.loyalty.effects import DisableDiscount, DiscountKind, IssueDiscount
from app.loyalty.facts import Customer, Gone, Order, Refund, Review, SignUp, Thing
from integrations.platform import (
    Connected,
    Credentials,
    Delivery,
    Ping,
    Redirect,
    Refetch,
    Refused,
    Request,
    ShopProfile,
    Verified,
)
from integrations.woocommerce import WooCommerce, topics
from integrations.woocommerce.shopper import Shopper, verify_shopper_token
from tests.integrations.woocommerce.stores import asked, woocommerce
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.records import Way
from tests.sandbox.running import WooStore, running_stores
from tests.sandbox.woocommerce.consent import PASSWORD

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
STATE = "a-state-of-our-own-making"


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def woo(app: Listener) -> Iterator[WooStore]:
    with running_stores(app.url, at=NOON, sending=False) as stores:
        yield stores.woo


@pytest.fixture
def platform(woo: WooStore, app: Listener, tmp_path: Path) -> WooCommerce:
    return woocommerce(tmp_path, KIZUNA_SANDBOX=f"mado.example={woo.url}", KIZUNA_BASE_URL=app.url)


def request(heard: Heard) -> Request:
    return Request(heard.method, heard.path, heard.headers, (("shop", "shop-1"),), heard.body)


def approve(address: str, woo: WooStore) -> None:
    """Walk the store's pages as its owner does."""
    browser = requests.Session()
    page = browser.get(address, timeout=10)
    if "login" in page.url:
        form = {"username": woo.store.shop.owner_email, "password": PASSWORD}
        page = browser.post(page.url, data=form, timeout=10)
    link = re.search(r'href="(/wc-auth/v1/access_granted[^"]*)"', page.text)
    assert link, page.text
    browser.get(f"{woo.url}{unescape(link.group(1))}", timeout=10, allow_redirects=False)


@pytest.fixture
def connected(platform: WooCommerce, woo: WooStore, app: Listener) -> Connected:
    sent = platform.begin(asked({"store": "https://mado.example"}), state=STATE, now=NOON)
    assert isinstance(sent, Redirect)
    approve(sent.url, woo)
    (callback,) = app.of("/connect/woocommerce/finish")
    answer = request(callback)
    assert platform.answered_state(answer) == STATE
    connected = platform.finish(answer, domain=sent.domain, now=NOON)
    assert isinstance(connected, Connected), connected
    platform.subscribe(connected.credentials, address=f"{app.url}/webhooks/woocommerce?shop=shop-1")
    return connected


@pytest.fixture
def credentials(connected: Connected) -> Credentials:
    return connected.credentials


def heard(app: Listener, woo: WooStore, platform: WooCommerce, connected: Connected) -> list[object]:
    """Have the store deliver, and return the facts of everything new, in order of arrival."""
    app.heard.clear()
    woo.courier.deliver()
    facts: list[object] = []
    for each in app.of("/webhooks/woocommerce"):
        secrets = (connected.credentials.values["webhook_secret"],)
        proof = platform.verify(request(each), secrets=secrets, now=NOON)
        if isinstance(proof, Ping):
            continue
        assert isinstance(proof, Verified), proof
        read = platform.translate(proof.topic, each.body, connected.profile)
        if isinstance(read, Refetch):
            for delivery in platform.refetch(read, connected.credentials):
                fetched = platform.translate(delivery.topic, delivery.body, connected.profile)
                assert isinstance(fetched, tuple), fetched
                facts += fetched
        elif isinstance(read, tuple):
            facts += read
    return facts


def test_a_store_is_connected_by_its_owners_consent_and_says_who_it_is(connected: Connected) -> None:
    assert connected.profile == ShopProfile(
        domain="mado.example",
        name="窓と森",
        currency="JPY",
        zone="Asia/Tokyo",
        locale="ja",
        prices_include_tax=True,
        home_url=connected.profile.home_url,
    )


def test_subscribing_twice_leaves_one_webhook_per_topic_and_a_plugin_that_knows_us(
    platform: WooCommerce, credentials: Credentials, woo: WooStore, app: Listener
) -> None:
    platform.subscribe(credentials, address=f"{app.url}/webhooks/woocommerce?shop=shop-1")
    hooks = woo.face.webhooks.values()
    assert sorted(hook.topic for hook in hooks) == sorted(topics.SUBSCRIBED)
    assert {str(hook.status) for hook in hooks} == {"active"}
    assert (woo.face.plugin.shop_id, woo.face.plugin.app) == ("shop-1", app.url)


def test_an_order_and_its_refund_arrive_as_facts(
    platform: WooCommerce, connected: Connected, woo: WooStore, app: Listener
) -> None:
    shopper = woo.sign_up("aiko@example.test")
    order = woo.buy(shopper, {"kyusu": 2})
    facts = heard(app, woo, platform, connected)
    placed = next(fact for fact in facts if isinstance(fact, Order))
    assert placed.id == str(order.id)
    assert placed.customer is not None
    assert placed.customer.id == str(shopper.id)
    assert placed.paid_at is not None
    assert placed.lines[0].net_minor + placed.tax_minor > placed.lines[0].net_minor
    signed_up = next(fact for fact in facts if isinstance(fact, SignUp))
    named = Customer(str(shopper.id), "aiko@example.test", "Ann Example")
    assert replace(signed_up, customer=replace(signed_up.customer, place=None, tags=None)) == SignUp(named, NOON)
    assert signed_up.customer.tags == ("role:customer",)

    woo.refund(order, {0: 1})
    (refunded,) = {fact for fact in heard(app, woo, platform, connected) if isinstance(fact, Order)}
    (refund,) = refunded.refunds
    assert isinstance(refund, Refund)
    assert [(part.line, part.amount_minor) for part in refund.lines] == [
        (placed.lines[0].id, placed.lines[0].net_minor // 2)
    ]


@pytest.mark.parametrize(
    ("way", "said"),
    (
        (Way(), ("store-api", "stripe", False)),
        (Way(source="admin"), ("admin", "stripe", False)),
        (Way(renews=7), ("subscription", "stripe", True)),
    ),
    ids=("checkout", "by hand", "renewal"),
)
def test_how_an_order_came_about_is_told_alike_by_every_way(
    platform: WooCommerce, connected: Connected, woo: WooStore, app: Listener, way: Way, said: tuple[object, ...]
) -> None:
    bought = woo.buy(woo.sign_up("aiko@example.test"), {"torihachi:1": 2, "kyusu": 1}, way=way)
    last = [fact for fact in heard(app, woo, platform, connected) if isinstance(fact, Order)][-1]
    assert (last.channel, last.payment, last.renewal) == said
    assert [line.variant for line in last.lines] == [str(woo.variant("torihachi:1")), None]
    page = platform.changes(NOON - timedelta(minutes=1), None, connected.credentials)
    answers = [*page.deliveries]
    for thing in (Thing.ORDER, Thing.GOODS):
        answers += platform.refetch(Refetch(thing, str(bought.id)), connected.credentials)
    assert len(answers) == 3
    for answer in answers:
        (fact,) = platform.translate(answer.topic, answer.body, connected.profile)  # type: ignore[misc]
        assert isinstance(fact, Order)
        bare = tuple(replace(line, labels=(), filed=False) for line in fact.lines)
        # Where it goes is told by webhooks alone: it is no business of what was bought.
        assert replace(fact, lines=bare, traces=last.traces, place=last.place) == last


def test_the_catalogue_tells_categories_and_tags_of_an_orders_goods(
    platform: WooCommerce, connected: Connected, woo: WooStore
) -> None:
    woo.file("kyusu", "うつわ", "新作", "sale")
    bought = woo.buy("gast@example.test", {"kyusu": 1, "asa-fukin": 2})
    (asked_,) = platform.refetch(Refetch(Thing.GOODS, str(bought.id)), connected.credentials)
    (order,) = platform.translate(asked_.topic, asked_.body, connected.profile)  # type: ignore[misc]
    assert isinstance(order, Order)
    pot, cloth = order.lines
    assert {"category:うつわ", "category:15", "tag:新作", "tag:sale"} < set(pot.labels)
    assert cloth.labels == ("category:16", "category:暮らしの道具")
    assert (pot.filed, cloth.filed) == (True, True)


def test_an_order_that_is_gone_when_its_goods_are_asked_about_is_gone(
    platform: WooCommerce, connected: Connected
) -> None:
    (answer,) = platform.refetch(Refetch(Thing.GOODS, "999"), connected.credentials)
    (gone,) = platform.translate(answer.topic, answer.body, connected.profile)  # type: ignore[misc]
    assert isinstance(gone, Gone)
    assert (gone.thing, gone.id) == (Thing.ORDER, "999")


def test_a_review_arrives_through_the_plugin_and_goes_again(
    platform: WooCommerce, connected: Connected, woo: WooStore, app: Listener
) -> None:
    shopper = woo.sign_up("aiko@example.test")
    review = woo.review(shopper, "kyusu", 5)
    (told,) = [fact for fact in heard(app, woo, platform, connected) if isinstance(fact, Review)]
    assert (told.approved, told.customer) == (True, Customer(str(shopper.id), "aiko@example.test"))
    woo.store.clock.advance(timedelta(minutes=1))
    woo.withdraw(review)
    (again,) = [fact for fact in heard(app, woo, platform, connected) if isinstance(fact, Review)]
    assert (again.id, again.approved) == (told.id, False)
    assert again.updated_at > told.updated_at


@pytest.mark.parametrize(
    ("kind", "value"),
    ((DiscountKind.AMOUNT_OFF, 500), (DiscountKind.PERCENTAGE, 1250), (DiscountKind.FREE_SHIPPING, 0)),
    ids=str,
)
def test_a_code_works_once_at_the_checkout_and_not_after_it_was_disabled(
    platform: WooCommerce, connected: Connected, woo: WooStore, app: Listener, kind: DiscountKind, value: int
) -> None:
    shopper = woo.sign_up("aiko@example.test")
    wish = IssueDiscount(
        reference="r-1",
        code="KZ-7Q2M9XHT4WPC",
        kind=kind,
        value=value,
        currency="JPY",
        customer=Customer(str(shopper.id)),
        starts_at=NOON,
        ends_at=NOON + timedelta(days=30),
        minimum_minor=0,
        title="A reward",
    )
    made = platform.perform(wish, connected.credentials)
    assert made == platform.perform(wish, connected.credentials), "asked again, the same coupon is adopted"
    assert len(woo.store.codes) == 1
    order = woo.buy(shopper, {"kyusu": 1}, codes=["kz-7q2m9xht4wpc"])
    bought = next(fact for fact in heard(app, woo, platform, connected) if isinstance(fact, Order))
    assert [use.code.lower() for use in bought.codes] == ["kz-7q2m9xht4wpc"]
    assert (bought.lines[0].discount_minor > 0) is (kind is not DiscountKind.FREE_SHIPPING)

    platform.perform(DisableDiscount("r-1", "KZ-7Q2M9XHT4WPC", made.external_id), connected.credentials)
    woo.cancel(order)
    assert not woo.store.codes, "gone before the cancelled order gives its use back"
    platform.perform(DisableDiscount("r-1", "KZ-7Q2M9XHT4WPC", None), connected.credentials)


def test_what_webhooks_missed_is_found_by_asking(platform: WooCommerce, connected: Connected, woo: WooStore) -> None:
    shopper = woo.sign_up("aiko@example.test")
    woo.store.clock.advance(timedelta(minutes=5))
    orders = [woo.buy(shopper, {"kyusu": 1}) for _ in range(3)]
    guest = woo.buy("gast@example.test", {"kyusu": 1})
    woo.refund(orders[1])
    woo.review(shopper, "kyusu", 4)
    found: list[Delivery] = []
    cursor = None
    for _ in range(5):
        page = platform.changes(NOON, cursor, connected.credentials)
        found += page.deliveries
        cursor = page.cursor
        if cursor is None:
            break
    read = [platform.translate(each.topic, each.body, connected.profile) for each in found]
    refetches = [each for each in read if isinstance(each, Refetch)]
    facts = [fact for each in read if isinstance(each, tuple) for fact in each]
    assert refetches == [Refetch(Thing.ORDER, str(orders[1].id))]
    assert {fact.id for fact in facts if isinstance(fact, Order)} == {
        str(each.id) for each in (orders[0], orders[2], guest)
    }
    assert [fact.customer for fact in facts if isinstance(fact, Review)] == [Customer(None, "aiko@example.test")]


def test_a_webhook_the_store_gave_up_is_switched_on_again(
    platform: WooCommerce, connected: Connected, woo: WooStore, app: Listener
) -> None:
    app.status = 500
    for number in range(8):
        woo.sign_up(f"shopper{number}@example.test")
        woo.courier.deliver()
    assert {str(hook.status) for hook in woo.face.webhooks.values() if hook.topic == "customer.created"} == {"disabled"}
    app.status = 200
    platform.subscribe(connected.credentials, address=f"{app.url}/webhooks/woocommerce?shop=shop-1")
    assert {str(hook.status) for hook in woo.face.webhooks.values()} == {"active"}


def test_a_token_the_store_mints_names_the_shopper(connected: Connected, woo: WooStore) -> None:
    shopper = woo.sign_up("aiko@example.test")
    token = woo.face.plugin.token(shopper)
    assert token
    secrets = (connected.credentials.values["shopper_secret"],)
    assert verify_shopper_token(token, secrets, "shop-1", NOON) == Shopper(str(shopper.id), "aiko@example.test")


def test_new_keys_replace_the_old_and_bring_new_secrets(
    platform: WooCommerce, connected: Connected, woo: WooStore, app: Listener
) -> None:
    app.heard.clear()
    sent = platform.begin(asked({"store": "https://mado.example"}), state=STATE, now=NOON)
    assert isinstance(sent, Redirect)
    approve(sent.url, woo)
    (callback,) = app.of("/connect/woocommerce/finish")
    again = platform.finish(request(callback), domain="mado.example", now=NOON)
    assert isinstance(again, Connected)
    platform.subscribe(again.credentials, address=f"{app.url}/webhooks/woocommerce?shop=shop-1")
    assert len(woo.face.webhooks) == len(topics.SUBSCRIBED)
    woo.sign_up("later@example.test")
    assert heard(app, woo, platform, again)
    delivery = next(each for each in app.of("/webhooks") if "x-wc-webhook-topic" in each.headers)
    former = (connected.credentials.values["webhook_secret"],)
    assert isinstance(platform.verify(request(delivery), secrets=former, now=NOON), Refused)

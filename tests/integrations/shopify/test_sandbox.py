"""The whole way with a store that answers: both installations, webhooks, orders, refunds, codes, tags, tokens."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from app.loyalty.effects import DisableDiscount, DiscountKind, IssueDiscount, SyncMember
from app.loyalty.facts import Customer, Order, PrivacyRequest, Review, SignUp, Thing, Traces, Uninstalled
from app.settings import ShopifyApp
from integrations.outgoing import Outgoing
from integrations.platform import (
    Connected,
    Credentials,
    PlatformError,
    ReauthorizeError,
    Redirect,
    Refetch,
    Refused,
    Request,
    StaleTokenError,
    Verified,
)
from integrations.reviews.judgeme import JudgeMe
from integrations.shopify import ProxyCaller, Shopify
from integrations.shopify.subscribe import TOPICS
from tests.sandbox.discounts import CodeRefusedError
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.records import Way
from tests.sandbox.running import Keys, ShopifyStore, running_stores
from tests.sandbox.shopify import session_tokens
from tests.sandbox.shopify.oauth import signed_query

KEYS = Keys()
DOMAIN = "tidewell.myshopify.com"
SCOPES = ("read_customers", "write_customers", "read_orders", "write_discounts", "read_products")
STATE = "a-state-of-our-own-making"


def now() -> datetime:
    """The libraries of Shopify ask the machine's clock, so the store keeps the same time."""
    return datetime.now(UTC)


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def tidewell(app: Listener) -> Iterator[ShopifyStore]:
    with running_stores(app.url, keys=KEYS, sending=False) as stores:
        yield stores.shopify


@pytest.fixture
def platform(tidewell: ShopifyStore, app: Listener) -> Shopify:
    known = ShopifyApp(KEYS.client_id, KEYS.client_secret, None, "2026-10", SCOPES)
    outgoing = Outgoing(production=False, sandbox={DOMAIN: tidewell.url})
    return Shopify(known, base_url=app.url, outgoing=outgoing)


@pytest.fixture
def connected(platform: Shopify, tidewell: ShopifyStore) -> Connected:
    """Installed by Shopify, opened with the session token of the embedded page."""
    tidewell.face.install()
    token = session_tokens.session_token(tidewell.store, KEYS.client_id, KEYS.client_secret)
    seen = platform.exchange(token, now())
    assert isinstance(seen, Connected), seen
    platform.subscribe(seen.credentials, address=f"{platform._base_url}/webhooks/shopify")
    return seen


@pytest.fixture
def credentials(connected: Connected) -> Credentials:
    return connected.credentials


def request(heard: Heard) -> Request:
    return Request(heard.method, heard.path, heard.headers, tuple(parse_qsl(heard.query, True)), heard.body)


def heard(app: Listener, tidewell: ShopifyStore, platform: Shopify, connected: Connected) -> list[object]:
    """Have the store deliver, and return the facts of everything new, in order of arrival."""
    app.heard.clear()
    tidewell.courier.deliver()
    facts: list[object] = []
    for each in app.of("/webhooks/shopify"):
        proof = platform.verify(request(each), secrets=platform.app_secrets, now=now())
        assert isinstance(proof, Verified), proof
        assert proof.domain == connected.profile.domain
        read = platform.translate(proof.topic, each.body, connected.profile)
        if isinstance(read, Refetch):
            for delivery in platform.refetch(read, connected.credentials):
                fetched = platform.translate(delivery.topic, delivery.body, connected.profile)
                assert isinstance(fetched, tuple), fetched
                facts += fetched
        else:
            assert isinstance(read, tuple), read
            facts += read
    return facts


def orders(facts: list[object]) -> list[Order]:
    return [fact for fact in facts if isinstance(fact, Order)]


def goods(order: Order) -> int:
    return sum(line.net_minor for line in order.lines)


# ── Connecting ───────────────────────────────────────────────────────────────


def test_an_embedded_app_is_connected_by_its_session_token(connected: Connected) -> None:
    profile = connected.profile
    assert (profile.domain, profile.name, profile.currency) == (DOMAIN, "Tidewell", "USD")
    assert profile.zone
    assert connected.user == session_tokens.USER
    assert set(connected.credentials.values) == {"access_token", "refresh_token", "install"}


def test_a_managed_installation_hears_of_everything_once(
    connected: Connected, tidewell: ShopifyStore, app: Listener, platform: Shopify
) -> None:
    listened = [each.topic for each in tidewell.face.subscriptions.values()]
    assert sorted(listened) == sorted(set(listened))
    assert set(TOPICS) <= set(listened)


def test_a_shop_can_be_connected_by_the_authorization_code(
    platform: Shopify, tidewell: ShopifyStore, app: Listener
) -> None:
    query = {"shop": DOMAIN, "timestamp": str(int(now().timestamp())), "host": "YWRtaW4"}
    begun = Request("GET", "/connect/shopify/begin", {}, tuple(signed_query(query, KEYS.client_secret).items()))
    sent = platform.begin(begun, state=STATE, now=now())
    assert isinstance(sent, Redirect)
    assert sent.url.startswith(tidewell.url)
    granted = requests.post(sent.url, timeout=10, allow_redirects=False)
    back = Request("GET", "/", {}, tuple(parse_qsl(urlsplit(granted.headers["Location"]).query)))
    assert platform.answered_state(back) == STATE
    seen = platform.finish(back, domain=DOMAIN, now=now())
    assert isinstance(seen, Connected), seen
    assert seen.profile.domain == DOMAIN
    assert isinstance(platform.finish(back, domain=DOMAIN, now=now()), Refused), "a code is good once"
    for _ in range(2):
        platform.subscribe(seen.credentials, address=f"{app.url}/webhooks/shopify")
    ours = [each.topic for each in tidewell.face.subscriptions.values() if not each.own]
    assert len(ours) == len(TOPICS), "asked for twice, made once"


def test_tokens_are_refreshed_and_an_answer_that_got_lost_is_asked_for_again(
    platform: Shopify, credentials: Credentials, tidewell: ShopifyStore
) -> None:
    lost = platform.refresh(credentials, now=now())
    fresh = platform.refresh(credentials, now=now())
    assert fresh.values["access_token"] != lost.values["access_token"]
    assert platform.profile(fresh).domain == DOMAIN
    with pytest.raises(ReauthorizeError):
        platform.refresh(credentials, now=now())
    tidewell.store.clock.advance(timedelta(hours=2))
    with pytest.raises(StaleTokenError):
        platform.profile(fresh)
    assert platform.profile(platform.refresh(fresh, now=now())).domain == DOMAIN


def test_after_uninstalling_only_the_merchant_can_open_again(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener
) -> None:
    tidewell.face.uninstall()
    assert heard(app, tidewell, platform, connected) == [Uninstalled()]
    with pytest.raises(StaleTokenError):
        platform.profile(connected.credentials)
    with pytest.raises(ReauthorizeError):
        platform.refresh(connected.credentials, now=now())
    tidewell.face.install()
    token = session_tokens.session_token(tidewell.store, KEYS.client_id, KEYS.client_secret)
    assert isinstance(platform.exchange(token, now()), Connected)


# ── What it tells ────────────────────────────────────────────────────────────


def test_an_order_is_one_fact_by_every_way_it_comes(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener
) -> None:
    ann = tidewell.sign_up("ann@example.test")
    bought = tidewell.buy(ann, {"harbour-blend": 2})
    facts = heard(app, tidewell, platform, connected)
    assert [fact.customer.id for fact in facts if isinstance(fact, SignUp)] == [str(ann.id)]
    told = {fact.updated_at: fact for fact in orders(facts)}
    last = told[max(told)]
    assert (last.id, last.paid_at is not None) == (str(bought.id), True)
    assert goods(last) > 0
    # Where it goes is told by webhooks alone.
    assert last.place is not None
    last = replace(last, place=None)
    (asked,) = platform.refetch(Refetch(Thing.ORDER, last.id), connected.credentials)
    assert platform.translate(asked.topic, asked.body, connected.profile) == (last,)
    (listed,) = platform.changes(now() - timedelta(minutes=1), None, connected.credentials).deliveries
    assert platform.translate(listed.topic, listed.body, connected.profile) == (last,)


@pytest.mark.parametrize(
    ("way", "said"),
    (
        (Way(), ("web", "shopify_payments", (), False, 0)),
        (Way(source="pos"), ("pos", "shopify_payments", (), False, 0)),
        (Way(source="shopify_draft_order"), ("shopify_draft_order", "shopify_payments", (), False, 0)),
        (Way(source="3890849"), ("3890849", "shopify_payments", (), False, 0)),
        (Way(tags=["wholesale", "net 30"]), ("web", "shopify_payments", ("net 30", "wholesale"), False, 0)),
        (Way(renews=7), ("subscription_contract_checkout_one", "shopify_payments", (), True, 0)),
    ),
    ids=("web", "till", "draft", "another app", "tags", "renewal"),
)
def test_how_an_order_came_about_is_told_alike_by_every_way(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener, way: Way, said: tuple[object, ...]
) -> None:
    bought = tidewell.buy(tidewell.sign_up("ann@example.test"), {"harbour-blend:1": 2}, way=way)
    last = orders(heard(app, tidewell, platform, connected))[-1]
    assert (last.channel, last.payment, last.tags, last.renewal, last.credit_minor) == said
    (line,) = last.lines
    assert (line.variant, line.labels, line.filed) == (
        str(tidewell.variant("harbour-blend:1")), ("vendor:Tidewell",), False,
    )  # fmt: skip
    (listed,) = platform.changes(now() - timedelta(minutes=1), None, connected.credentials).deliveries
    for thing in (Thing.ORDER, Thing.GOODS):
        (asked,) = platform.refetch(Refetch(thing, str(bought.id)), connected.credentials)
        for delivery in (asked, listed):
            (fact,) = orders(list(platform.translate(delivery.topic, delivery.body, connected.profile)))  # type: ignore[arg-type]
            assert replace(fact, lines=(), place=last.place) == replace(last, lines=())
            assert [replace(each, labels=line.labels, filed=False) for each in fact.lines] == [line]


def test_how_much_a_gift_card_paid_is_told_by_every_way_of_asking(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener
) -> None:
    bought = tidewell.buy("guest@example.test", {"harbour-blend": 2}, way=Way(credit=1000))
    last = orders(heard(app, tidewell, platform, connected))[-1]
    assert (last.credit_told, last.credit_minor) == (False, 3600)
    (listed,) = platform.changes(now() - timedelta(minutes=1), None, connected.credentials).deliveries
    (asked,) = platform.refetch(Refetch(Thing.ORDER, str(bought.id)), connected.credentials)
    for delivery in (asked, listed):
        read = platform.translate(delivery.topic, delivery.body, connected.profile)
        assert read == (replace(last, credit_told=True, credit_minor=1000, traces=Traces(), place=None),)


def test_the_catalogue_tells_type_tags_and_collections_of_an_orders_goods(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore
) -> None:
    tidewell.file("coffee-tin", "Equipment and gifts", "sale", "new")
    bought = tidewell.buy("guest@example.test", {"harbour-blend": 1, "coffee-tin": 1, "tasting-set": 1})
    (asked,) = platform.refetch(Refetch(Thing.GOODS, str(bought.id)), connected.credentials)
    (order,) = orders(list(platform.translate(asked.topic, asked.body, connected.profile)))  # type: ignore[arg-type]
    assert all(line.filed for line in order.lines)
    blend, tin, _ = order.lines
    assert {"collection:coffee", "type:Coffee", "vendor:Tidewell"} < set(blend.labels)
    assert {"collection:equipment-and-gifts", "tag:new", "tag:sale", "type:Equipment and gifts"} < set(tin.labels)
    (number,) = {label for label in blend.labels if label.startswith("collection:455")}
    assert number not in tin.labels


def test_refunds_edits_and_cancellations_end_in_the_same_order_by_webhook_and_by_asking(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener
) -> None:
    ann = tidewell.sign_up("ann@example.test")
    by_line = tidewell.buy(ann, {"harbour-blend": 3})
    by_amount = tidewell.buy(ann, {"harbour-blend": 1})
    edited = tidewell.buy(ann, {"harbour-blend": 2})
    cancelled = tidewell.buy(ann, {"harbour-blend": 1})
    before = {order.id: goods(order) for order in orders(heard(app, tidewell, platform, connected))}
    tidewell.refund(by_line, {0: 1})
    tidewell.refund(by_amount, amount=100)
    tidewell.edit(edited, {0: -1})
    tidewell.cancel(cancelled)
    after = {order.id: order for order in orders(heard(app, tidewell, platform, connected))}
    (refund,) = after[str(by_line.id)].refunds
    assert sum(line.amount_minor for line in refund.lines) * 3 == before[str(by_line.id)]
    (refund,) = after[str(by_amount.id)].refunds
    assert (refund.lines, refund.amount_minor) == ((), 100)
    assert (
        goods(after[str(edited.id)])
        - sum(line.amount_minor for refund in after[str(edited.id)].refunds for line in refund.lines)
        == before[str(edited.id)] // 2
    )
    assert after[str(cancelled.id)].cancelled_at is not None
    for id_, order in after.items():
        (asked,) = platform.refetch(Refetch(Thing.ORDER, id_), connected.credentials)
        assert platform.translate(asked.topic, asked.body, connected.profile) == (replace(order, place=None),)


def test_many_changed_orders_come_by_pages_each_once(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore
) -> None:
    ann = tidewell.sign_up("ann@example.test")
    bought = {str(tidewell.buy(ann, {"harbour-blend": 1}).id) for _ in range(23)}
    refunded = tidewell.buy(ann, {"harbour-blend": 2})
    tidewell.refund(refunded, {0: 1})
    since, pages, seen = now() - timedelta(hours=1), 0, list[object]()
    cursor: str | None = None
    while True:
        page = platform.changes(since, cursor, connected.credentials)
        for delivery in page.deliveries:
            read = platform.translate(delivery.topic, delivery.body, connected.profile)
            assert isinstance(read, tuple)
            seen += read
        pages += 1
        if (cursor := page.cursor) is None:
            break
    assert pages == 3
    assert sorted(order.id for order in orders(seen)) == sorted({*bought, str(refunded.id)})
    listed = platform.versions(since, None, connected.credentials).orders
    assert {each.id: (each.placed_at, each.updated_at) for each in listed} == {
        order.id: (order.placed_at, order.updated_at) for order in orders(seen)
    }
    assert next(order for order in orders(seen) if order.id == str(refunded.id)).refunds


def test_an_order_too_old_to_be_shown_is_not_taken_for_deleted(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore
) -> None:
    with pytest.raises(PlatformError) as failed:
        list(platform.refetch(Refetch(Thing.ORDER, "1"), connected.credentials))
    assert failed.value.code == "NOT_FOUND"


def test_the_privacy_duties_arrive(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener
) -> None:
    tidewell.face.comply("shop/redact", {})
    person = {"id": 5, "email": "ann@example.test", "phone": None}
    tidewell.face.comply("customers/redact", {"customer": person, "orders_to_redact": []})
    facts = heard(app, tidewell, platform, connected)
    assert [fact.customer for fact in facts if isinstance(fact, PrivacyRequest)] == [
        None,
        Customer("5", "ann@example.test"),
    ]


def test_reviews_come_from_the_review_app(tidewell: ShopifyStore, connected: Connected, app: Listener) -> None:
    judgeme = JudgeMe(KEYS.judgeme_secret)
    ann = tidewell.sign_up("ann@example.test")
    review = tidewell.review(ann, "harbour-blend", 4)
    tidewell.withdraw(review)
    app.heard.clear()
    tidewell.courier.deliver()
    facts: list[object] = []
    for each in app.of("/webhooks/judgeme"):
        proof = judgeme.verify(request(each), secrets=judgeme.app_secrets, now=now())
        assert isinstance(proof, Verified), proof
        read = judgeme.translate(proof.topic, each.body, replace(connected.profile, domain=proof.domain))
        assert isinstance(read, tuple), read
        facts += read
    told = [fact for fact in facts if isinstance(fact, Review)]
    assert {fact.approved for fact in told} == {True, False}
    assert {fact.customer.id for fact in told} == {str(ann.id)}


def test_a_shopper_at_the_storefront_is_named_by_the_app_proxy(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener
) -> None:
    tidewell.sign_up("ann@example.test")
    browser = requests.Session()
    url = f"{tidewell.url}/apps/kizuna/api/history?before=5"
    browser.get(url, timeout=10)
    browser.post(f"{tidewell.url}/account/sign-in", data={"customer": "ann@example.test"}, timeout=10)
    browser.get(url, timeout=10)
    anonymous, named = (
        platform.verify_proxy(request(each), now(), ("before",)) for each in app.of("/proxy/shopify/api/history")
    )
    assert isinstance(anonymous, ProxyCaller)
    assert (anonymous.shop, anonymous.customer_id) == (DOMAIN, None)
    assert isinstance(named, ProxyCaller)
    assert named.customer_id is not None
    assert tidewell.store.customers[int(named.customer_id)].email == "ann@example.test"


# ── What it does ─────────────────────────────────────────────────────────────


def effect(customer: Customer | None, **changed: object) -> IssueDiscount:
    wish = IssueDiscount(
        reference="0198c0de-7d5a-7cc1-9d1c-1f2e3d4c5b6a",
        code="KZ-7Q4M-X2",
        kind=DiscountKind.AMOUNT_OFF,
        value=300,
        currency="USD",
        customer=customer,
        starts_at=now(),
        ends_at=now() + timedelta(days=30),
        minimum_minor=0,
        title="$3 off",
    )
    return replace(wish, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "terms",
    (
        {"kind": DiscountKind.AMOUNT_OFF, "value": 300},
        {"kind": DiscountKind.PERCENTAGE, "value": 1000},
        {"kind": DiscountKind.FREE_SHIPPING, "value": 0},
    ),
    ids=lambda terms: str(terms["kind"]),
)
def test_a_code_is_made_once_works_for_its_member_and_is_told_with_the_order(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore, app: Listener, terms: dict[str, object]
) -> None:
    ann, bob = tidewell.sign_up("ann@example.test"), tidewell.sign_up("bob@example.test")
    wish = effect(Customer(str(ann.id)), **terms)
    made = platform.perform(wish, connected.credentials)
    assert platform.perform(wish, connected.credentials) == made, "again is once: the code is found and adopted"
    with pytest.raises(CodeRefusedError):
        tidewell.buy(bob, {"harbour-blend": 2}, codes=[wish.code])
    plain = tidewell.buy(ann, {"harbour-blend": 2})
    reduced = tidewell.buy(ann, {"harbour-blend": 2}, codes=[wish.code])
    with pytest.raises(CodeRefusedError):
        tidewell.buy(ann, {"harbour-blend": 2}, codes=[wish.code])
    told = {order.id: order for order in orders(heard(app, tidewell, platform, connected))}
    before, after = told[str(plain.id)], told[str(reduced.id)]
    assert [code.code for code in after.codes] == [wish.code]
    off = (goods(before) - goods(after)) + (before.shipping_minor - after.shipping_minor)
    assert off == sum(code.amount for code in reduced.codes)
    assert after.discount_minor == 0


def test_somebody_else_s_code_of_the_same_name_is_left_alone(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore
) -> None:
    ann = tidewell.sign_up("ann@example.test")
    platform.perform(effect(Customer(str(ann.id)), reference="another"), connected.credentials)
    with pytest.raises(PlatformError) as failed:
        platform.perform(effect(Customer(str(ann.id))), connected.credentials)
    assert failed.value.code == "CODE_TAKEN"


def test_a_disabled_code_no_longer_works_and_one_that_never_was_is_done(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore
) -> None:
    ann = tidewell.sign_up("ann@example.test")
    wish = effect(Customer(str(ann.id)))
    never = DisableDiscount(wish.reference, wish.code, None)
    platform.perform(never, connected.credentials)
    platform.perform(wish, connected.credentials)
    for _ in range(2):
        platform.perform(never, connected.credentials)
    with pytest.raises(CodeRefusedError):
        tidewell.buy(ann, {"harbour-blend": 2}, codes=[wish.code])


def test_a_member_s_standing_is_shown_at_the_shop(
    platform: Shopify, connected: Connected, tidewell: ShopifyStore
) -> None:
    ann = tidewell.sign_up("ann@example.test")
    who = Customer(str(ann.id))
    for tier, points in (("silver", 10), ("gold", 250), ("gold", 250)):
        platform.perform(SyncMember(who, tier, points), connected.credentials)
    shown = tidewell.store.customers[ann.id]
    assert [tag for tag in shown.tags if tag.startswith("kizuna")] == ["kizuna tier: gold"]
    platform.perform(SyncMember(who, None, 0), connected.credentials)
    assert not [tag for tag in tidewell.store.customers[ann.id].tags if tag.startswith("kizuna")]

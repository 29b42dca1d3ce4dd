"""The first start of the demonstration stores: the app is installed as a merchant would, the year is told, once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
import requests

from tests.sandbox import merchant, replay, totals
from tests.sandbox.history import Size
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.running import Keys, Stores, running_stores

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOPICS = (
    "order.updated",
    "customer.created",
    "action.woocommerce_kizuna_review_approved",
)
Answer = tuple[int, str, dict[str, str]]


class SmallApp:
    """Does what an app does at connecting, and keeps what it is told."""

    def __init__(self, listener: Listener, woo_url: str = "", shopify_url: str = "", keys: Keys | None = None) -> None:
        self.listener, self.woo_url, self.shopify_url, self.keys = listener, woo_url, shopify_url, keys or Keys()
        listener.answer = self.answer

    def answer(self, heard: Heard) -> Answer:
        query = parse_qs(heard.query)
        if heard.path == "/connect/woocommerce/begin":
            here = f"{self.listener.url}/connect/woocommerce"
            asked = {"app_name": "Kizuna", "scope": "read_write", "user_id": "s-1", "return_url": f"{here}/done",
                     "callback_url": f"{here}/finish"}  # fmt: skip
            return 302, "", {"Location": f"{query['store'][0]}/wc-auth/v1/authorize?{urlencode(asked)}"}
        if heard.path == "/connect/woocommerce/finish":
            self.subscribe(json.loads(heard.body))
        if heard.path == "/shopify/app":
            self.exchange(query["id_token"][0])
            return 302, "", {"Location": f"/home?shop={query['shop'][0]}"}
        return 200, "", {}

    def subscribe(self, keys: dict[str, str]) -> None:
        for topic in TOPICS:
            said = {"topic": topic, "delivery_url": f"{self.listener.url}/webhooks/woocommerce?shop=1", "secret": "s"}
            requests.post(
                f"{self.woo_url}/wp-json/wc/v3/webhooks",
                json=said,
                auth=(keys["consumer_key"], keys["consumer_secret"]),
                headers={"Host": "mado.example"},
                timeout=10,
            ).raise_for_status()

    def exchange(self, id_token: str) -> None:
        said = {
            "client_id": self.keys.client_id,
            "client_secret": self.keys.client_secret,
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": id_token,
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
            "expiring": "1",
        }
        requests.post(f"{self.shopify_url}/admin/oauth/access_token", json=said, timeout=10).raise_for_status()


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def stores(app: Listener) -> Iterator[Stores]:
    with running_stores(app.url, at=NOON, sending=False, year=Size(members=12, orders=60)) as found:
        SmallApp(app, found.woo.url, found.shopify.url)
        yield found


def topics(app: Listener, header: str) -> Counter[str]:
    return Counter(heard.headers[header] for heard in app.heard if header in heard.headers)


def test_woocommerce_is_connected_by_log_in_approval_and_posted_keys(stores: Stores, app: Listener) -> None:
    merchant.connect_woocommerce(stores.woo, stores.roads)
    assert len(app.of("/connect/woocommerce/finish")) == 1
    assert app.of("/connect/woocommerce/done")[0].query == "success=1&user_id=s-1"
    assert {hook.topic for hook in stores.woo.face.webhooks.values()} == set(TOPICS)


def test_shopify_is_installed_opened_in_the_admin_and_its_embed_switched_on(stores: Stores, app: Listener) -> None:
    merchant.connect_shopify(stores.shopify, stores.roads)
    (home,) = app.of("/home")
    assert home.query == "shop=tidewell.myshopify.com"
    assert stores.shopify.face.installed
    assert stores.shopify.face.embed_on


def test_an_app_that_does_not_answer_is_said_with_a_sentence(stores: Stores, app: Listener) -> None:
    app.answer = lambda _heard: (503, "", {})
    with pytest.raises(merchant.ConnectingError, match="answered 503"):
        merchant.connect_woocommerce(stores.woo, stores.roads)
    with pytest.raises(merchant.ConnectingError, match="asked for no token"):
        merchant.connect_shopify(stores.shopify, stores.roads)


def test_the_year_is_told_in_the_words_of_each_platform(stores: Stores, app: Listener) -> None:
    merchant.connect_shopify(stores.shopify, stores.roads)
    merchant.connect_woocommerce(stores.woo, stores.roads)
    for one in stores.both():
        assert replay.tell(one, lambda _sent, _count: None) == 0
    trade = stores.shopify.store
    shopify = topics(app, "x-shopify-topic")
    assert shopify["customers/create"] == len(trade.customers)
    assert shopify["orders/paid"] == sum(order.paid_at is not None for order in trade.orders.values())
    assert shopify["refunds/create"] == sum(len(order.refunds) for order in trade.orders.values())
    trade = stores.woo.store
    woo = topics(app, "x-wc-webhook-topic")
    assert woo["customer.created"] == len(trade.customers)
    assert woo["order.updated"] == len(trade.orders)
    assert woo[TOPICS[2]] == sum(review.status == "approved" for review in trade.reviews.values())


def test_an_order_of_the_year_is_told_as_it_stood_when_it_was_paid(stores: Stores, app: Listener) -> None:
    merchant.connect_shopify(stores.shopify, stores.roads)
    order = next(order for order in stores.shopify.store.orders.values() if order.paid_at)
    stores.shopify.refund(order, amount=100)
    replay.tell(stores.shopify, lambda _sent, _count: None)
    told = [json.loads(heard.body) for heard in app.heard if heard.headers.get("x-shopify-topic") == "orders/paid"]
    then = next(body for body in told if body["id"] == order.id)
    assert (then["refunds"], then["financial_status"]) == ([], "paid")
    assert then["current_total_price"] == f"{totals.total(order, stores.shopify.store.shop) / 100:.2f}"


def test_what_the_app_does_not_take_at_first_is_told_again(stores: Stores, app: Listener) -> None:
    small = app.answer
    assert small is not None
    merchant.connect_woocommerce(stores.woo, stores.roads)
    seen: Counter[bytes] = Counter()

    def moody(heard: Heard) -> Answer:
        seen[heard.body] += 1
        return (503, "", {}) if seen[heard.body] == 1 and len(seen) % 20 == 0 else (200, "", {})

    app.answer = moody
    assert replay.tell(stores.woo, lambda _sent, _count: None) == 0
    assert sum(count > 1 for count in seen.values()) >= 2


def test_a_year_that_was_cut_short_goes_on_where_it_stopped(stores: Stores, app: Listener) -> None:
    merchant.connect_woocommerce(stores.woo, stores.roads)
    answer = app.answer
    assert answer is not None
    half = 40

    def stop_half_way(heard: Heard) -> Answer:
        if len(topics(app, "x-wc-webhook-topic")) and sum(topics(app, "x-wc-webhook-topic").values()) == half:
            stores.woo.courier.stop()
        return answer(heard)

    app.answer = stop_half_way
    replay.tell(stores.woo, lambda _sent, _count: None)
    assert not replay.told(stores.woo)
    app.answer = answer
    stores.woo.courier.start()
    replay.tell(stores.woo, lambda _sent, _count: None)
    assert replay.told(stores.woo)
    told = {json.loads(h.body)["id"] for h in app.heard if h.headers.get("x-wc-webhook-topic") == "order.updated"}
    assert told == set(stores.woo.store.orders)


def started(app: Listener, data: Path, ports: tuple[int, int]) -> "subprocess.Popen[str]":
    environment = {**os.environ, "KIZUNA_SHOPIFY_CLIENT_ID": Keys().client_id, "KIZUNA_JUDGEME_SECRET": "j",
                   "KIZUNA_SHOPIFY_CLIENT_SECRET": Keys().client_secret}  # fmt: skip
    command = [sys.executable, "-m", "tests.sandbox", "--app", app.url, "--data", str(data), "--members", "6",
               "--orders", "20", "--shopify-port", str(ports[0]), "--woo-port", str(ports[1])]  # fmt: skip
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True)


def said_until(process: "subprocess.Popen[str]", ends: tuple[str, ...]) -> str:
    said = ""
    missing = list(ends)
    assert process.stdout is not None
    while missing:
        line = process.stdout.readline()
        assert line, said
        said += line
        missing = [end for end in missing if end not in said]
    return said


def test_the_command_tells_the_year_once_and_stops_cleanly(app: Listener, tmp_path: Path) -> None:
    with Listener() as one, Listener() as other:
        ports = (int(one.url.rsplit(":", 1)[1]), int(other.url.rsplit(":", 1)[1]))
    SmallApp(app, f"http://127.0.0.1:{ports[1]}", f"http://127.0.0.1:{ports[0]}")
    with started(app, tmp_path, ports) as first:
        try:
            said = said_until(first, ("Tidewell has told everything", "窓と森 has told everything"))
            assert "Tidewell has installed the app" in said
            assert requests.get(f"http://127.0.0.1:{ports[1]}/", timeout=10).status_code == 200
        finally:
            first.send_signal(signal.SIGINT)
        assert first.wait(timeout=20) == 0
    heard = len(app.heard)
    assert heard > 50
    with started(app, tmp_path, ports) as second:
        try:
            said_until(second, ("is open at",))
            time.sleep(0.5)
            assert len(app.heard) == heard, "the second start tells nothing"
        finally:
            second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=20) == 0

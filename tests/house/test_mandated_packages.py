"""The packages this house was asked to be built on carry the way from a store's consent to a used reward."""

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import requests
from rq import Queue, SimpleWorker

from app.factory import create_app
from app.settings import read
from jobs import house
from jobs.queue import NAMES, connect, install
from tests.house.repository import calls, imports, modules
from tests.sandbox import merchant
from tests.sandbox.records import Customer
from tests.sandbox.running import Keys, ShopifyStore, Stores, WooStore, running_stores
from tests.sandbox.server import Server
from tests.sandbox.shopify.oauth import signed_query
from tests.servers.databases import SqliteDatabases
from tests.walk.running import free_port

ON_THE_WAY: Final = {
    "flask": {"Flask.wsgi_app", "Flask.dispatch_request"},
    "sqlalchemy": {"Session.execute", "SessionTransaction.commit"},
    "redis": {"Redis.execute_command"},
    "rq": {"Queue.enqueue_call", "Job.perform"},
    # Beside it stands Shopify's newer library, which knows no query HMAC and no table of versions.
    "shopify": {"Session.validate_hmac", "decode_from_header", "ApiVersion.coerce_to_version"},
    "shopify_app": {"ShopifyApp.exchange_using_token_exchange", "ShopifyApp.refresh_token_exchanged_access_token"},
    "woocommerce": {"API.get", "API.post"},
}
"""What must have run, by package: what each of them was chosen for."""


class Witness:
    """Sees every Python function that runs, and keeps the names of those that belong to the packages it watches."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._homes = {name: f"{_home(name)}{os.sep}" for name in packages}
        self._known: dict[CodeType, tuple[str, str] | None] = {}

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Be told of a call, as `sys.setprofile` does."""
        code = frame.f_code
        if event == "call" and code not in self._known:
            self._known[code] = self._of_a_package(code)

    def _of_a_package(self, code: CodeType) -> tuple[str, str] | None:
        for name, home in self._homes.items():
            if code.co_filename.startswith(home):
                return name, code.co_qualname
        return None

    def ran(self, package: str) -> set[str]:
        """Return the names of a package's functions that ran."""
        so_far = self._known.copy().values()  # in one step under the interpreter's lock: threads go on running
        return {seen[1] for seen in so_far if seen and seen[0] == package}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch this thread, and those that begin meanwhile."""
        before = sys.getprofile()
        threading.setprofile(self)
        sys.setprofile(self)
        try:
            yield
        finally:
            sys.setprofile(before)
            threading.setprofile(None)


def _home(package: str) -> Path:
    found = find_spec(package)
    assert found is not None, package
    assert found.origin is not None, package
    return Path(found.origin).parent


class Walk:
    """A short walk over HTTP: both stores, one app, and one worker that works whenever it is asked to."""

    def __init__(self, stores: Stores, worker: SimpleWorker) -> None:
        self.stores, self.worker = stores, worker
        self.passed = timedelta()

    def clock(self) -> datetime:
        """Return the time of the app; the stores' clocks are moved along."""
        return datetime.now(UTC) + self.passed

    def wait(self, span: timedelta) -> None:
        """Let time pass for everybody."""
        self.passed += span
        for one in self.stores.both():
            one.store.clock.advance(span)

    def settle(self) -> None:
        """Let the stores tell what happened, and the worker do what waits."""
        for one in self.stores.both():
            one.courier.deliver()
        self.worker.work(burst=True, logging_level="WARNING")

    def connect(self) -> None:
        """Shopify in its admin's frame, and once more by the code grant; WooCommerce by its consent page."""
        shopify, roads = self.stores.shopify, self.stores.roads
        merchant.connect_shopify(shopify, roads)
        browser = merchant.Browser(roads)
        asked = {"shop": shopify.store.shop.domain, "timestamp": str(int(shopify.store.clock.now().timestamp()))}
        query = urlencode(signed_query(asked, Keys().client_secret))
        browser.open(f"{roads.app_url}/connect/shopify/begin?{query}")
        assert browser.open(browser.at, {"agreed": "yes"}).status_code == 200
        merchant.connect_woocommerce(self.stores.woo, roads)
        self.settle()

    def ask(self, store: ShopifyStore | WooStore, who: Customer, path: str, **wish: str) -> dict[str, Any]:
        """Ask the storefront API as a signed-in shopper's page does; with a wish it is a POST."""
        with requests.Session() as browser:
            browser.trust_env = False
            if isinstance(store, ShopifyStore):
                browser.post(f"{store.url}/account/sign-in", {"customer": str(who.id)}, timeout=30)
                url = f"{store.url}/apps/kizuna/api/{path}"
            else:
                browser.headers["Authorization"] = f"Bearer {store.face.plugin.token(who)}"
                url = f"{self.stores.roads.app_url}/storefront/api/{path}"
            answer = browser.request("POST" if wish else "GET", url, json=wish or None, timeout=30)
        assert answer.ok, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def spend(self, store: ShopifyStore | WooStore, goods: str, units: int) -> dict[str, Any]:
        """Sign up, buy, wait, turn 500 points into a code, use it; returns the redemption as the shopper sees it."""
        who = store.sign_up("ada@example.test")
        store.buy(who, {goods: units})
        self.settle()
        self.wait(timedelta(days=15))
        wish = self.ask(store, who, "redemptions", key=str(uuid4()), reward="five_off")["redemption"]
        self.settle()
        code = self.ask(store, who, f"redemptions/{wish['id']}")["redemption"]["code"]
        store.buy(who, {goods: 1}, codes=[code])
        self.settle()
        told: dict[str, Any] = self.ask(store, who, f"redemptions/{wish['id']}")["redemption"]
        return told


@pytest.fixture
def walk(sqlite_databases: SqliteDatabases, redis_url: str, tmp_path: Path) -> Iterator[Walk]:
    """The app behind a real server, both stores, and a worker on a real queue, all in this process."""
    port, keys = free_port(), Keys()
    with (
        sqlite_databases.migrated() as database_url,
        running_stores(f"http://127.0.0.1:{port}", keys=keys, sending=False) as stores,
        connect(redis_url, patient=True) as redis,
    ):
        settings = read(
            {
                "KIZUNA_ENV": "test",
                "KIZUNA_DATA": str(tmp_path),
                "KIZUNA_DATABASE_URL": database_url,
                "KIZUNA_REDIS_URL": redis_url,
                "KIZUNA_PORT": str(port),
                "KIZUNA_SANDBOX": stores.sandbox,
                "KIZUNA_SHOPIFY_CLIENT_ID": keys.client_id,
                "KIZUNA_SHOPIFY_CLIENT_SECRET": keys.client_secret,
            }
        )
        queues = [Queue(name, connection=redis, serializer="json") for name in NAMES]
        made = Walk(stores, SimpleWorker(queues, connection=redis, serializer="json"))
        works = replace(house.build(settings), clock=made.clock)
        install(works)
        server = Server(create_app(settings, works), port)
        server.start()
        yield made
        server.stop()
        works.engine.dispose()


@pytest.fixture
def _own_signals() -> Iterator[None]:
    """A worker takes the signals of its process; they are given back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def witness() -> Iterator[Witness]:
    """Watches from before the first server thread begins."""
    found = Witness(ON_THE_WAY)
    with found.watching():
        yield found


# A worker's own time limit for jobs and the test's are the same alarm of the process: here the test's is a thread.
@pytest.mark.timeout(300, method="thread")
@pytest.mark.usefixtures("_own_signals")
def test_the_given_packages_carry_the_whole_way(witness: Witness, walk: Walk) -> None:
    walk.connect()
    assert walk.spend(walk.stores.shopify, "gooseneck-kettle", 1)["state"] == "used"
    assert walk.spend(walk.stores.woo, "hirazara", 3)["state"] == "used"
    assert {package: needed - witness.ran(package) for package, needed in ON_THE_WAY.items()} == {
        package: set() for package in ON_THE_WAY
    }


@pytest.mark.parametrize(
    ("package", "used_as"),
    (("pytest", "pytest.fixture"), ("responses", "responses.RequestsMock")),
)
def test_the_tests_stand_on_the_given_packages(package: str, used_as: str) -> None:
    importing = [path for path in modules("tests") if package in {name.partition(".")[0] for name in imports(path)}]
    assert [path for path in importing if used_as in calls(path)] != []

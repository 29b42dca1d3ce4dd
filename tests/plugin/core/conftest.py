"""A real WordPress with our plugin, and a real Kizuna server that knows the store: one of each for the module."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from playwright.sync_api import Page
from werkzeug.serving import make_server

from app.db.cipher import Cipher
from app.db.unit import make_engine
from app.factory import create_app
from app.settings import read
from integrations import platforms, sources
from jobs import outbox
from jobs.works import Works
from tests.plugin.core.installed import CORE, Core, wordpress
from tests.servers import programs
from tests.servers.databases import SqliteDatabases
from tests.web.shops import MADO, SHOPPER_SECRET, WEBHOOK_SECRET, Clock, Rung, Shop, connect
from tests.web.storefront import Storefront


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Kizuna:
    """A server and the store it is connected to. ``asked`` are the paths it was asked for, in turn."""

    address: str
    app: Flask
    works: Works
    shop: Shop
    asked: list[str] = field(default_factory=list)

    def carry_out(self) -> None:
        """Do what waits to be done in the store: make coupons, take them away."""
        outbox.drain(self.works, self.shop.programme_id, self.shop.shop_id)

    def storefront(self) -> Storefront:
        """The store's storefront, to settle facts and give points by."""
        clock = Clock()
        clock.now = self.works.clock()
        return Storefront(self.app.test_client(), self.works, clock, self.shop, "woocommerce")


def sign_in(page: Page, core: Core, name: str) -> None:
    """Sign in to WordPress as one of the people that ``install.php`` made."""
    page.goto(f"{core.home}/wp-login.php")
    page.fill("#user_login", name)
    page.fill("#user_pass", f"the {name}’s word" if name == "owner" else f"{name}’s word")
    page.click("#wp-submit")
    page.wait_for_url(re.compile("wp-admin"))


@pytest.fixture(scope="session")
def core(php: Path) -> Iterator[Core]:
    """A WordPress for all these tests; each connects it anew where that matters."""
    mariadbd = programs.mariadbd()
    programs.wordpress(CORE)
    with wordpress(php, mariadbd) as installed:
        yield installed


@pytest.fixture
def kizuna(core: Core, sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Kizuna]:
    """A server that calls the WordPress by the store's own name, with one connected store; the plugin is told of it."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    settings = read(
        {
            "KIZUNA_ENV": "test",
            "KIZUNA_DATA": str(tmp_path),
            "KIZUNA_BASE_URL": address,
            "KIZUNA_SANDBOX": f"{MADO}={core.home}",
        }
    )
    with sqlite_databases.migrated() as url:
        works = Works(
            engine=make_engine(url),
            cipher=Cipher(settings.encryption_keys, settings.secret_key),
            platforms=platforms(settings),
            sources=sources(settings),
            clock=_now,
            bell=Rung(),
            address=address,
        )
        values = {
            "consumer_key": "ck_" + "1" * 40,
            "consumer_secret": "cs_" + "2" * 40,
            "webhook_secret": WEBHOOK_SECRET,
            "shopper_secret": SHOPPER_SECRET,
        }
        shop = connect(works, "woocommerce", MADO, values=values)
        made = Kizuna(address, create_app(settings, works), works, shop)
        made.app.before_request(lambda: made.asked.append(_path()))
        server = make_server("127.0.0.1", int(address.rsplit(":", 1)[1]), made.app, threaded=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        core.run(f"kizuna_connect('{shop.shop_id}', '{address}', '{SHOPPER_SECRET}'); kizuna_refresh_programme();")
        yield made
        server.shutdown()
        serving.join()
        server.server_close()
        works.engine.dispose()


def _path() -> str:
    return request.path


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Whole pages are English here, whatever the machine speaks."""
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Asia/Tokyo"}

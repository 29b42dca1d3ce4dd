"""B2 (and B11 on SQLite): settle orders that wait in the inbox, beside writing the same rows with no logic."""

import cProfile
import pstats
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from app.actions.connect_shop import NewShop, connect_shop
from app.db import inbox
from app.db.cipher import Cipher
from app.db.unit import make_engine, reading, unit_of_work
from app.settings import ShopifyApp
from integrations.outgoing import Outgoing
from integrations.shopify import Shopify
from jobs import inbox as job
from jobs.works import SilentBell, Works
from tests.benchmarks import written
from tests.benchmarks.figures import Line, Result
from tests.benchmarks.places import Place
from tests.benchmarks.rounds import in_turns, scaled
from tests.benchmarks.trade import BEGINS, DOMAIN, SEED, Purchase, order_body, purchases
from tests.benchmarks.watch import Watch

CUSTOMERS: Final = 5_000
GOAL: Final = 0.3
PAGE: Final = 200
"""Rows of so many orders a commit, in the baseline."""
_TOPIC: Final = "orders/create"
_APP: Final = ShopifyApp("benchmark", "shpss_benchmark", None, "2026-10", ("read_orders",))


@dataclass(slots=True)
class Pages:
    """A clock that stands still in a page of deliveries and moves to the next page's last order when asked again."""

    purchases: Sequence[Purchase]
    size: int
    asked: int = 0

    def __call__(self) -> datetime:
        """The present instant."""
        self.asked += 1
        return self.purchases[min(self.asked * self.size, len(self.purchases)) - 1].at + timedelta(seconds=2)


@dataclass(slots=True)
class Shop:
    """A connected shop whose orders wait in a database; ``waiting`` are those not settled yet."""

    url: str
    cipher: Cipher
    programme_id: UUID
    shop_id: UUID
    waiting: list[Purchase] = field(default_factory=list)


def open_shop(url: str) -> Shop:
    """Connect a shop of Shopify by our own action, with the programme every shop starts with."""
    cipher = Cipher((Fernet.generate_key().decode(),), "benchmark")
    engine = make_engine(url)
    begins = BEGINS - timedelta(days=1)
    with unit_of_work(engine) as session:
        shop = NewShop(
            platform="shopify", domain=DOMAIN, name="Tidewell", currency="USD", zone="America/New_York", locale="en",
            external_id="61280042", prices_include_tax=False, home_url=f"https://{DOMAIN}",
            values={"access_token": "shpat_benchmark", "install": "granted"},
        )  # fmt: skip
        programme_id, shop_id = connect_shop(session, cipher, shop, begins, starts_at=begins)
    engine.dispose()
    return Shop(url, cipher, programme_id, shop_id)


def deliver(shop: Shop, orders: Sequence[Purchase]) -> None:
    """Put orders into the inbox as webhooks do."""
    engine = make_engine(shop.url)
    for start in range(0, len(orders), PAGE):
        with unit_of_work(engine) as session:
            for order in orders[start : start + PAGE]:
                arrival = inbox.Arrival("shopify", _TOPIC, f"delivery-{order.order}", order_body(order), versioned=True)
                inbox.accept(session, shop.cipher, shop.programme_id, shop.shop_id, arrival, order.at)
    engine.dispose()
    shop.waiting = list(orders)


def settle(shop: Shop, url: str, profile: cProfile.Profile | None = None) -> Watch:
    """Drain the inbox of the copy at ``url`` as a worker does. Raises RuntimeError where an order is not done."""
    engine = make_engine(url)
    page = job.PAGE_SQLITE if engine.dialect.name == "sqlite" else job.PAGE
    platform = Shopify(_APP, base_url="https://kizuna.invalid", outgoing=Outgoing(production=True))
    clock = Pages(shop.waiting, page)
    works = Works(engine, shop.cipher, {"shopify": platform}, {}, clock, SilentBell(), "https://kizuna.invalid")
    with Watch(_server_of(engine)) as watch, profile or nullcontext():
        while job.drain(works, shop.programme_id, shop.shop_id):
            pass
    with reading(engine) as session:
        ends = inbox.counts(session, shop.programme_id, shop.shop_id)
    engine.dispose()
    if set(ends) != {inbox.State.DONE}:
        raise RuntimeError(ends)
    return watch


def _server_of(engine: Engine) -> int | None:
    """The process that serves the engine's one connection."""
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


def load(place: Place, customers: int) -> Shop:
    """Make a shop with a year behind it: three quarters of its orders settled, the last quarter waiting."""
    orders = purchases(customers)
    split = len(orders) * 3 // 4
    shop = open_shop(place.make())
    deliver(shop, orders[:split])
    settle(shop, shop.url)
    deliver(shop, orders[split:])
    place.loaded(shop.url)
    return shop


def run(place: Place, *, name: str = "b2", profile: bool = False) -> Result:
    """Measure. The first drain, unmeasured, tells the baseline which rows to write."""
    customers = scaled(CUSTOMERS, 1_500)
    shop = load(place, customers)
    if profile:
        print_profile(place, shop)
    with place.copied(shop.url) as url:
        written.count_updates(url)
        settle(shop, url)
        writes = written.read(shop.url, url)
        rows = written.counts(url)
    pages = max(1, len(shop.waiting) // PAGE)
    planned = written.plan(writes, pages, mark="?" if place.engine == "sqlite" else "%s")

    def bare() -> Watch:
        with place.copied(shop.url) as url:
            connection = written.connect(url)
            with Watch(written.server_of(connection)) as watch:
                written.write(connection, planned)
            connection.close()
            if written.counts(url) != rows:
                raise RuntimeError("the baseline wrote other rows")
        return watch

    def ours() -> Watch:
        with place.copied(shop.url) as url:
            return settle(shop, url)

    plain, mine = in_turns(bare, ours)
    count = len(shop.waiting)
    per_order = sum(len(table.inserted) + table.updates for table in writes) / count
    return Result(
        name,
        place.engine,
        SEED,
        {"customers": customers, "settled before": len(purchases(customers)) - count, "orders": count},
        [
            Line.of("orders settled", "/s", _each(plain, _rate(count)), _each(mine, _rate(count)), GOAL),
            Line.of("processor time an order", "ms", _each(plain, _cpu(count)), _each(mine, _cpu(count)), None),
        ],
        {
            "rows_written_per_order": round(per_order, 2),
            "baseline_per_s": _each(plain, _rate(count)),
            "ours_per_s": _each(mine, _rate(count)),
            "ours_own_ms": _each(mine, lambda watch: round(watch.own_s / count * 1000, 3)),
            "ours_server_ms": _each(mine, lambda watch: round(watch.server_s / count * 1000, 3)),
        },
    )


def _each(watches: Sequence[Watch], figure: Callable[[Watch], float]) -> list[float]:
    return [figure(watch) for watch in watches]


def _rate(count: int) -> Callable[[Watch], float]:
    return lambda watch: round(count / watch.wall_s, 1)


def _cpu(count: int) -> Callable[[Watch], float]:
    return lambda watch: round(watch.cpu_s / count * 1000, 3)


def print_profile(place: Place, shop: Shop) -> None:
    """Say where the time of one drain goes, by own time and by cumulative time."""
    profile = cProfile.Profile()
    with place.copied(shop.url) as url:
        settle(shop, url, profile)
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).sort_stats(order).print_stats(40)

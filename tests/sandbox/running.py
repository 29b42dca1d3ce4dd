"""The demonstration stores as objects: started in one process, driven by tests, or served to people."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.sandbox import catalogue, history
from tests.sandbox.calls import CallLog
from tests.sandbox.clock import Clock
from tests.sandbox.courier import Courier
from tests.sandbox.roads import Roads
from tests.sandbox.server import Server
from tests.sandbox.shopify.app import shopify_app
from tests.sandbox.shopify.app_configuration import configuration
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shops import MADO, TIDEWELL, Shop
from tests.sandbox.store import Store
from tests.sandbox.storefront.front import Front
from tests.sandbox.verbs import Verbs
from tests.sandbox.woocommerce.app import woocommerce_app
from tests.sandbox.woocommerce.face import Woo


@dataclass(frozen=True, slots=True)
class Keys:
    """What the app and the platforms share: Shopify's client id and secret, the review app's secret."""

    client_id: str = "demonstration-client-id"
    client_secret: str = "demonstration-client-secret-of-32-bytes-and-more"
    judgeme_secret: str = "demonstration-judgeme-secret"


@dataclass(slots=True)
class WooStore(Verbs):
    """The WooCommerce store: its trade (by the verbs), its face, where it listens, and its call log."""

    store: Store
    face: Woo
    front: Front
    log: CallLog
    server: Server

    @property
    def url(self) -> str:
        """Where it listens on this machine."""
        return self.server.url

    @property
    def courier(self) -> Courier:
        """Its outgoing webhooks."""
        return self.face.courier


@dataclass(slots=True)
class ShopifyStore(Verbs):
    """The Shopify store, likewise."""

    store: Store
    face: Shopify
    front: Front
    log: CallLog
    server: Server

    @property
    def url(self) -> str:
        """Where it listens on this machine."""
        return self.server.url

    @property
    def courier(self) -> Courier:
        """Its outgoing webhooks."""
        return self.face.courier


@dataclass(slots=True)
class Stores:
    """Both stores and the roads between them and the app."""

    roads: Roads
    shopify: ShopifyStore
    woo: WooStore

    def both(self) -> tuple[ShopifyStore, WooStore]:
        """One after the other."""
        return self.shopify, self.woo

    @property
    def sandbox(self) -> str:
        """The value of KIZUNA_SANDBOX that leads the app here."""
        return ",".join(f"{one.store.shop.domain}={one.url}" for one in self.both())

    def settle(self, timeout: float = 20) -> bool:
        """Wait until both stores have nothing left to send; False when time ran out."""
        return all(one.courier.settle(timeout) for one in self.both())


@contextmanager
def running_stores(  # noqa: PLR0913 - each is left alone but in the story that is about it
    app_url: str,
    *,
    keys: Keys | None = None,
    data: Path | None = None,
    shopify_port: int = 0,
    woo_port: int = 0,
    year: history.Size | None = None,
    at: datetime | None = None,
    sending: bool = True,
    woo: Shop = MADO,
) -> Iterator[Stores]:
    """Start both stores and stop them at the end.

    `data` is a folder for their files (memory without one), `year` a history to begin with, `at` a fixed present
    for their clocks. With `sending` off, webhooks wait until a test calls `courier.deliver()`. `woo` are the
    settings of the WooCommerce store, where a story needs others.
    """
    roads = Roads(app_url)
    with ExitStack() as stack:
        tidewell = _shopify(roads, _store(TIDEWELL, data, year, at), keys or Keys(), shopify_port)
        mado = _woo(roads, _store(woo, data, year, at), woo_port)
        stores = Stores(roads, tidewell, mado)
        tidewell.front.neighbours.append((mado.store.shop.name, mado.url))
        mado.front.neighbours.append((tidewell.store.shop.name, tidewell.url))
        for one in stores.both():
            stack.callback(one.store.close)
        for one in stores.both():
            roads.add(one.store.shop.domain, one.url)
            one.server.start()
            stack.callback(one.server.stop)
            if sending:
                one.courier.start()
            stack.callback(one.courier.stop)
        yield stores


def _store(shop: Shop, data: Path | None, year: history.Size | None, at: datetime | None) -> Store:
    store = Store(shop, path=data / f"{shop.key}.sqlite" if data else None, clock=Clock(at))
    if not store.products:
        if year is not None:
            history.write(store, end=at, size=year)
        else:
            catalogue.stock(store, store.clock.now())
    return store


def _woo(roads: Roads, store: Store, port: int) -> WooStore:
    log = CallLog()
    face = Woo(store, roads, log)
    site = woocommerce_app(face)
    return WooStore(store, face, site.extensions["front"], log, Server(site, port))


def _shopify(roads: Roads, store: Store, keys: Keys, port: int) -> ShopifyStore:
    log = CallLog()
    app = configuration(keys.client_id, keys.client_secret, keys.judgeme_secret)
    face = Shopify(store, roads, log, app)
    site = shopify_app(face)
    return ShopifyStore(store, face, site.extensions["front"], log, Server(site, port))

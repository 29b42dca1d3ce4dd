"""A demonstration store whose app is real: what it delivers over HTTP is kept, translated, settled and answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from app.actions.connect_shop import NewShop, connect_shop
from app.db import inbox, outbox
from app.db.cipher import Cipher
from app.db.inbox import Arrival
from app.db.scope import Scope
from app.db.unit import unit_of_work
from app.loyalty.facts import Thing
from app.loyalty.terms.programme import Version
from app.settings import ShopifyApp
from integrations.outgoing import Outgoing
from integrations.platform import Connected, Platform, Redirect, Verified
from integrations.shopify import Shopify
from jobs import inbox as inbox_job
from jobs import outbox as outbox_job
from jobs.reconcile import reconcile
from jobs.works import SilentBell, Works
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House
from tests.integrations.woocommerce.stores import asked, woocommerce
from tests.integrations.woocommerce.test_sandbox import approve, request
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.records import DiscountCode
from tests.sandbox.running import Keys, ShopifyStore, WooStore, running_stores
from tests.sandbox.shopify import session_tokens
from tests.sandbox.shopify.writing import API_VERSION

BEFORE = timedelta(days=1)
"""How long before now the programme of a connected store begins."""


@dataclass(slots=True)
class Living:
    """A store, the app it sends to, and the books that come of it."""

    store: ShopifyStore | WooStore
    platform: Platform
    listener: Listener
    secrets: tuple[str, ...]
    works: Works
    house: House

    def hear(self) -> None:
        """Have the store deliver, then work until nothing is left to do."""
        self.listener.heard.clear()
        self.store.courier.deliver()
        for each in self.listener.of(f"/webhooks/{self.platform.name}"):
            self._keep(each)
        self.work()

    def ask_again(self, *order_ids: int) -> None:
        """Ask for orders anew, as staff do, and look for everything that changed, as the timetable does."""
        with unit_of_work(self.works.engine) as session:
            scope = Scope(session, self.house.programme_id, self.works.clock(), self.works.cipher)
            outbox.refetch(scope, self.house.shop_id, Thing.ORDER, map(str, order_ids))
        reconcile(self.works, self.house.programme_id, self.house.shop_id)
        self.work()

    def work(self) -> None:
        """Empty the inbox and the outbox, and the inbox of what was asked for."""
        place = (self.house.programme_id, self.house.shop_id)
        for _ in range(4):
            inbox_job.drain(self.works, *place)
            outbox_job.drain(self.works, *place)

    def live_codes(self) -> list[str]:
        """Return the codes that a shopper could use at the store now, in capitals; one made twice is there twice."""
        return sorted(
            each.code.upper() for each in self.store.store.codes.values() if _usable(each, self.works.clock())
        )

    def _keep(self, each: Heard) -> None:
        proof = self.platform.verify(request(each), secrets=self.secrets, now=self.works.clock())
        if not isinstance(proof, Verified):
            return
        arrival = Arrival(self.platform.name, proof.topic, proof.key, each.body, proof.versioned, proof.event_id)
        with unit_of_work(self.works.engine) as session:
            place = (self.house.programme_id, self.house.shop_id)
            inbox.accept(session, self.works.cipher, *place, arrival, self.works.clock())


def _usable(code: DiscountCode, now: datetime) -> bool:
    return code.enabled and (code.ends_at is None or code.ends_at > now)


@contextmanager
def living_shopify(
    engine: Engine, programme: Callable[[datetime], Version], cipher: Cipher = CIPHER
) -> Iterator[Living]:
    """Run the Shopify store, installed and connected; it keeps the machine's time, as Shopify's libraries do."""
    keys = Keys()
    with Listener() as listener, running_stores(listener.url, keys=keys, sending=False) as stores:
        store = stores.shopify
        app = ShopifyApp(keys.client_id, keys.client_secret, None, API_VERSION, tuple(store.face.app.scopes))
        outgoing = Outgoing(production=False, sandbox={store.store.shop.domain: store.url})
        platform = Shopify(app, base_url=listener.url, outgoing=outgoing)
        store.face.install()
        token = session_tokens.session_token(store.store, keys.client_id, keys.client_secret)
        connected = platform.exchange(token, _now())
        assert isinstance(connected, Connected), connected
        house, works = _kept(engine, platform, connected, listener, programme, cipher)
        yield Living(store, platform, listener, platform.app_secrets, works, house)


@contextmanager
def living_woo(
    engine: Engine, folder: Path, programme: Callable[[datetime], Version], cipher: Cipher = CIPHER
) -> Iterator[Living]:
    """Run the WooCommerce store, connected by its owner's consent."""
    with Listener() as listener, running_stores(listener.url, sending=False) as stores:
        store = stores.woo
        domain = store.store.shop.domain
        platform = woocommerce(folder, KIZUNA_SANDBOX=f"{domain}={store.url}", KIZUNA_BASE_URL=listener.url)
        sent = platform.begin(asked({"store": f"https://{domain}"}), state="a-state-of-our-own-making", now=_now())
        assert isinstance(sent, Redirect), sent
        approve(sent.url, store)
        (callback,) = listener.of("/connect/woocommerce/finish")
        connected = platform.finish(request(callback), domain=domain, now=_now())
        assert isinstance(connected, Connected), connected
        platform.subscribe(connected.credentials, address=f"{listener.url}/webhooks/woocommerce?shop=shop-1")
        house, works = _kept(engine, platform, connected, listener, programme, cipher)
        secrets = (connected.credentials.values["webhook_secret"],)
        yield Living(store, platform, listener, secrets, works, house)


def _now() -> datetime:
    return datetime.now(UTC)


def _kept(
    engine: Engine,
    platform: Platform,
    connected: Connected,
    listener: Listener,
    programme: Callable[[datetime], Version],
    cipher: Cipher,
) -> tuple[House, Works]:
    """Keep a connected store with a programme that began a day ago."""
    works = Works(engine, cipher, {platform.name: platform}, {}, _now, SilentBell(), listener.url)
    begun = _now() - BEFORE
    profile, door = connected.profile, connected.credentials
    shop = NewShop(
        platform.name, profile.domain, profile.name, profile.currency, profile.zone, profile.locale,
        profile.external_id, profile.prices_include_tax, profile.home_url, door.values, door.expires_at,
        door.refresh_expires_at, door.scopes,
    )  # fmt: skip
    with unit_of_work(engine) as session:
        programme_id, shop_id = connect_shop(session, cipher, shop, begun)
    house = House(engine, programme_id, shop_id, cipher, {"s1": shop_id})
    house.publish(begun.isoformat(), programme(begun))
    return house, works

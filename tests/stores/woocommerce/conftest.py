"""A WooCommerce demonstration store with a key, and a listener in the app's place."""

from collections.abc import Iterator

import pytest

from tests.sandbox.listener import Listener
from tests.sandbox.running import WooStore, running_stores
from tests.sandbox.woocommerce.records import Permission, RestKey
from tests.stores.woocommerce.asking import NOON, Rest


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def woo(app: Listener) -> Iterator[WooStore]:
    with running_stores(app.url, at=NOON, sending=False) as stores:
        yield stores.woo


@pytest.fixture
def key(woo: WooStore) -> RestKey:
    return woo.face.make_key("Kizuna", "somebody", Permission.READ_WRITE)


@pytest.fixture
def rest(woo: WooStore, key: RestKey) -> Rest:
    return Rest(woo, key)

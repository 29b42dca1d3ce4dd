"""A Shopify demonstration store with the app installed, and a listener in the app's place."""

from collections.abc import Iterator

import pytest

from tests.sandbox.listener import Listener
from tests.sandbox.running import ShopifyStore, running_stores
from tests.stores.shopify.asking import NOON


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def shop(app: Listener) -> Iterator[ShopifyStore]:
    with running_stores(app.url, at=NOON, sending=False) as stores:
        stores.shopify.face.install()
        yield stores.shopify

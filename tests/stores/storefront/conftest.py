"""Both demonstration stores, one after the other, and a listener in the app's place."""

from collections.abc import Iterator

import pytest

from tests.sandbox.listener import Listener
from tests.sandbox.running import Stores, running_stores
from tests.stores.storefront.asking import NOON, AnyStore


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def stores(app: Listener) -> Iterator[Stores]:
    with running_stores(app.url, at=NOON, sending=False) as found:
        yield found


@pytest.fixture(params=("shopify", "woo"))
def store(request: pytest.FixtureRequest, stores: Stores) -> AnyStore:
    found: AnyStore = getattr(stores, request.param)
    return found

"""A shop of Shopify at the edge, and no waiting between tries."""

from collections.abc import Iterator

import pytest
import responses
import stamina

from integrations.shopify import Shopify
from tests.integrations.shopify.admin import URL, Shop
from tests.integrations.shopify.shops import shopify


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop's Admin API."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        standing = Shop()
        mocked.add_callback(responses.POST, URL, callback=standing.answer)
        yield standing


@pytest.fixture
def platform() -> Shopify:
    """The platform under test."""
    return shopify()


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield

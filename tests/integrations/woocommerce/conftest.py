"""The edge of WooCommerce's platform: a store that is nothing but the answers a test gives it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from integrations.woocommerce import WooCommerce
from tests.integrations.woocommerce.stores import woocommerce


@pytest.fixture
def platform(tmp_path: Path) -> WooCommerce:
    return woocommerce(tmp_path)


@pytest.fixture
def store() -> Iterator[responses.RequestsMock]:
    """Answer calls to the store; every answer given must be fetched, and no other call is made."""
    with responses.RequestsMock() as mock:
        yield mock

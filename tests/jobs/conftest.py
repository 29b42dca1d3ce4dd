"""One migrated database on each engine for a module: every test founds a programme of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.factories.engines import shared_engine
from tests.servers.databases import ENGINES


@pytest.fixture(scope="module", params=ENGINES)
def db(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database that a module's tests share, on each engine in turn."""
    yield from shared_engine(request)

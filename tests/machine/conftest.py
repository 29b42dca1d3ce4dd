"""One migrated database on each engine for the module: every life founds a programme of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app import failpoints
from tests.factories.engines import shared_engine
from tests.servers.databases import ENGINES


@pytest.fixture(scope="module", params=ENGINES)
def db(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database that a module's tests share, on each engine in turn."""
    yield from shared_engine(request)


@pytest.fixture(autouse=True)
def _nothing_stays_armed() -> Iterator[None]:
    yield
    failpoints.disarm()

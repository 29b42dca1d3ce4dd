"""One migrated database on each engine for all cases: every story founds a programme of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.factories.engines import shared_engine
from tests.servers.databases import ENGINES


@pytest.fixture(scope="module", params=ENGINES)
def story_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database that all stories of a module share, on each engine in turn."""
    yield from shared_engine(request)

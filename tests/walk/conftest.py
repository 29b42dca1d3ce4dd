"""A running town for each walk, on either engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.walk.running import Town, running_town


@pytest.fixture
def sqlite_town(
    request: pytest.FixtureRequest, sqlite_databases: SqliteDatabases, redis_url: str, tmp_path: Path
) -> Iterator[Town]:
    """Kizuna on SQLite, and both stores; nothing is connected yet."""
    yield from _town(request, sqlite_databases, "sqlite", redis_url, tmp_path)


@pytest.fixture
def postgres_town(
    request: pytest.FixtureRequest, postgres_databases: PostgresDatabases, redis_url: str, tmp_path: Path
) -> Iterator[Town]:
    """The same on PostgreSQL."""
    yield from _town(request, postgres_databases, "postgresql", redis_url, tmp_path)


def _town(
    request: pytest.FixtureRequest, databases: Databases, engine: str, redis_url: str, data: Path
) -> Iterator[Town]:
    only = request.config.getoption("--engine")
    if only not in {None, engine}:
        pytest.skip(f"only {only} was asked for")
    with databases.migrated() as url, running_town(url, redis_url, data) as found:
        yield found

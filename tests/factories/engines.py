"""Engines on migrated databases that a whole module shares: every test founds a programme of its own there."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.db.unit import make_engine
from tests.servers.databases import Databases


def shared_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Give an engine of the kind the fixture's parameter names (sqlite, postgresql)."""
    only = request.config.getoption("--engine")
    if only not in {None, request.param}:
        pytest.skip(f"only {only} was asked for")
    name = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    databases: Databases = request.getfixturevalue(name)
    with databases.migrated() as url:
        engine = make_engine(url, pool_size=24)
        yield engine
        engine.dispose()

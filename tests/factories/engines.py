"""Engines on migrated databases that a whole module shares: every test founds a programme of its own there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, event, text

from app.db.unit import make_engine
from tests.servers.databases import Databases


@contextmanager
def walled(url: str, pool_size: int = 10) -> Iterator[Engine]:
    """Give an engine on a PostgreSQL database whose sessions are a role that owns nothing: the second wall stands."""
    role = f"kizuna_app_{uuid4().hex[:12]}"
    owner = create_engine(url)
    with owner.begin() as connection:
        for line in GRANTS:
            connection.execute(text(line.format(role=role)))
    engine = make_engine(url, pool_size=pool_size)

    @event.listens_for(engine, "connect")
    def _be(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.execute(f"SET ROLE {role}")
        connection.commit()

    yield engine
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))
    owner.dispose()


GRANTS = (
    "CREATE ROLE {role} LOGIN",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
)
"""What the operators' page tells to do, word for word."""


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


def cut_off(engine: Engine) -> None:
    """End every connection of a PostgreSQL engine at the server, as its restart does."""
    other = make_engine(engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.dispose()

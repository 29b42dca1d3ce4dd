"""Databases for benchmarks: loaded once, then copied for every round, so that each round begins with the same rows."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from app.db.migrate import upgrade
from tests.servers.postgres import Postgres

_TRIES: Final = 50
_NAP_S: Final = 0.1


class Place(Protocol):
    """Where benchmarks keep databases of one engine. Addresses are SQLAlchemy's."""

    engine: str

    def make(self) -> str:
        """Make a database as the migrations leave it, and return its address."""

    def loaded(self, url: str) -> None:
        """Let the planner know what was loaded. Nobody may be connected: from now on the database is only copied."""

    def copied(self, url: str) -> AbstractContextManager[str]:
        """Lend a copy."""

    def close(self) -> None:
        """End what was started."""


class OnPostgres:
    """A server of our own, or the one TEST_DATABASE_URL names."""

    engine = "postgresql"

    def __init__(self) -> None:
        self._server = Postgres()
        self._names: list[str] = []

    def make(self) -> str:
        url = self._create("template0")
        upgrade(url)
        return url

    def loaded(self, url: str) -> None:
        with psycopg.connect(libpq(url), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")

    @contextmanager
    def copied(self, url: str) -> Iterator[str]:
        copy = self._create(_name(url))
        try:
            yield copy
        finally:
            self._drop(_name(copy))

    def close(self) -> None:
        for name in list(self._names):
            self._drop(name)
        self._server.stop()

    def _create(self, template: str) -> str:
        name = f"kizuna_bench_{uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        for _ in range(_TRIES):
            try:
                with psycopg.connect(self._server.address, autocommit=True) as connection:
                    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
                break
            except psycopg.errors.ObjectInUse:  # autovacuum looks in now and then
                time.sleep(_NAP_S)
        self._names.append(name)
        parts = urlsplit(self._server.address)
        return urlunsplit(parts._replace(scheme="postgresql+psycopg", path=f"/{name}"))

    def _drop(self, name: str) -> None:
        with psycopg.connect(self._server.address, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._names.remove(name)


class OnSqlite:
    """Files in a folder of our own."""

    engine = "sqlite"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kizuna-bench-"))

    def make(self) -> str:
        url = f"sqlite:///{self._folder / uuid4().hex}.db"
        upgrade(url)
        return url

    def loaded(self, url: str) -> None:
        connection = sqlite3.connect(file_of(url))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("ANALYZE")
        connection.close()

    @contextmanager
    def copied(self, url: str) -> Iterator[str]:
        copy = self._folder / f"{uuid4().hex}.db"
        shutil.copyfile(file_of(url), copy)
        try:
            yield f"sqlite:///{copy}"
        finally:
            for file in self._folder.glob(f"{copy.name}*"):
                file.unlink()

    def close(self) -> None:
        shutil.rmtree(self._folder)


PLACES: Final[dict[str, Callable[[], Place]]] = {"postgresql": OnPostgres, "sqlite": OnSqlite}


def libpq(url: str) -> str:
    """The address as psycopg takes it."""
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


def file_of(url: str) -> str:
    """The file of a SQLite address."""
    return url.removeprefix("sqlite:///")


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")

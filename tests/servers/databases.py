"""Databases for tests: migrated once into a template, then copied for each test, or emptied after the one before."""

import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql

from tests.servers.lending import Lent

ENGINES: Final = ("sqlite", "postgresql")
_ROOT = Path(__file__).parents[2]
_TRIES = 50
_NAP_S = 0.1


class Databases(Protocol):
    """Makes databases of one engine; blocks are given SQLAlchemy's address, and the database goes at their end."""

    def empty(self) -> AbstractContextManager[str]:
        """A database without tables."""

    def migrated(self) -> AbstractContextManager[str]:
        """A database as the migrations leave it."""


def alembic_config(url: str) -> Config:
    """Alembic, told to use the database at ``url`` and our migrations."""
    config = Config(toml_file=_ROOT / "pyproject.toml")
    config.attributes["url"] = url
    return config


class SqliteDatabases:
    """Databases in files under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template: Path | None = None

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A file that does not exist yet."""
        place = self._folder / f"{uuid4().hex}.db"
        yield f"sqlite:///{place}"
        for file in self._folder.glob(f"{place.name}*"):
            file.unlink()

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """A copy of the one file the migrations were run in."""
        if self._template is None:
            template = self._folder / "template.db"
            command.upgrade(alembic_config(f"sqlite:///{template}"), "head")
            self._template = template
        with self.empty() as url:
            shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
            yield url


class PostgresDatabases:
    """Databases on the server at ``address`` (libpq's form), all with one ``prefix`` so that they are found again."""

    def __init__(self, address: str, prefix: str) -> None:
        self._address = address
        self._prefix = prefix
        self._template: str | None = None
        self._at_home: list[Lent] = []

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A copy of the server's own empty template."""
        with self._made_from("template0") as name:
            yield self._url(name)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """One as the migrations leave it: a copy of the one they were run in, or a copy that was emptied again."""
        lent = self._at_home.pop() if self._at_home else self._copied()
        try:
            yield self._url(lent.name)
        finally:
            if lent.emptied():
                self._at_home.append(lent)
            else:
                self._drop(lent.name)

    def close(self) -> None:
        """Drop what is left: the server may be somebody's own."""
        for lent in self._at_home:
            self._drop(lent.name)
        if self._template is not None:
            self._drop(self._template)

    def _copied(self) -> Lent:
        if self._template is None:
            name = self._create("template0")
            command.upgrade(alembic_config(self._url(name)), "head")
            self._template = name
        name = self._create(self._template)
        return Lent.fresh(name, self._url(name, scheme="postgresql"))

    @contextmanager
    def _made_from(self, template: str) -> Iterator[str]:
        name = self._create(template)
        try:
            yield name
        finally:
            self._drop(name)

    def _create(self, template: str) -> str:
        name = f"{self._prefix}_{uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self._address, autocommit=True) as connection:
            for _ in range(_TRIES):
                try:
                    connection.execute(statement)
                except psycopg.errors.ObjectInUse:  # a closing connection of the template, or autovacuum looking in
                    time.sleep(_NAP_S)
                else:
                    return name
        message = f"PostgreSQL's {template} stays in use."
        raise RuntimeError(message)

    def _drop(self, name: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _url(self, name: str, *, scheme: str = "postgresql+psycopg") -> str:
        parts = urlsplit(self._address)
        return urlunsplit(parts._replace(scheme=scheme, path=f"/{name}"))

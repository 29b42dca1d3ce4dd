"""What a database holds, kept aside: a long story is told once, and each test goes on from there in one of its own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine

from app.db.tables import Base

Fill = Callable[[Engine], None]
"""Fills an engine's database, which is as the migrations leave it and has not been used yet."""


def held(engine: Engine, folder: Path) -> Fill:
    """Keep what an engine's database holds now; nobody may be writing in it. ``folder`` is where a file may lie."""
    return _file(engine, folder) if engine.dialect.name == "sqlite" else _rows(engine)


def _file(engine: Engine, folder: Path) -> Fill:
    kept = folder / f"{uuid4().hex}.held"
    _copy(_place(engine), kept)
    return lambda other: _copy(kept, _place(other))


def _place(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        written.execute("PRAGMA synchronous=OFF")
        read.backup(written)


def _rows(engine: Engine) -> Fill:
    rows: dict[str, bytes] = {}
    with engine.connect() as connection, _cursor(connection) as cursor:
        for table in Base.metadata.sorted_tables:
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table.name))) as told:
                rows[table.name] = b"".join(told)

    def fill(other: Engine) -> None:
        with other.begin() as connection, _cursor(connection) as cursor:
            for name, content in rows.items():
                if content:
                    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as taken:
                        taken.write(content)

    return fill


def _cursor(connection: Connection) -> psycopg.Cursor:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver.cursor()

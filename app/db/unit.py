"""The unit of work: the only commit and the only rollback in the house, and how engines are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SQLiteConnection
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from app.db.second_wall import keep_to


class OvertakenError(Exception):
    """Another unit changed what this one had read before it held the locks: roll back and do it again."""


BUSY_TIMEOUT_MS = 15_000
_READING = "kizuna_reading"


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for SQLite or PostgreSQL.

    SQLite: write-ahead log, full synchronisation, foreign keys, and BEGIN IMMEDIATE for every unit that may write, so
    that no read-then-write is lost between processes.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def _prepare_sqlite(connection: SQLiteConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # INSERT OR REPLACE removes a row too; only so does SQLite ask the triggers that keep history.
    cursor.execute("PRAGMA recursive_triggers=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def unit_of_work(engine: Engine, programme_id: UUID | None = None) -> Iterator[Session]:
    """Open a unit that may write: one commit at its end, a rollback if anything was raised. Entry points only.

    ``programme_id``: whose rows it is about; left out, everybody's until a Scope (or `keep_to`) says so.
    """
    with Session(engine, expire_on_commit=False) as session:
        if programme_id is not None:
            keep_to(session, programme_id)
        with session.begin():
            yield session


@contextmanager
def trial(engine: Engine) -> Iterator[Session]:
    """Open a unit that may write and keeps nothing: to see what would be posted."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def reading(engine: Engine, programme_id: UUID | None = None) -> Iterator[Session]:
    """Open a unit that only reads: it takes no write lock on SQLite, and closing it leaves nothing behind.

    ``programme_id``: as in `unit_of_work`.
    """
    with Session(engine.execution_options(**{_READING: True}), expire_on_commit=False) as session:
        if programme_id is not None:
            keep_to(session, programme_id)
        yield session

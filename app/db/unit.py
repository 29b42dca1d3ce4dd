"""The unit of work: the only commit and the only rollback in the house, and how engines are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from sqlite3 import Connection as SQLiteConnection
from time import monotonic
from uuid import UUID

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.db.second_wall import Whose, keep_to


class OvertakenError(Exception):
    """Another unit changed what this one had read before it held the locks: roll back and do it again."""


BUSY_TIMEOUT_MS = 15_000
IDLE_S = 1.0
_USED = "kizuna_used"
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
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ask_if_idle, engine.dialect))
    return engine


def _note_use(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    del connection
    entry.info[_USED] = monotonic()


def _ask_if_idle(
    dialect: Dialect, connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection
) -> None:
    """Ask a connection that was idle whether its server still hears it; one just used is taken at its word.

    A question before every unit (SQLAlchemy's ``pool_pre_ping``) is one wait in ten of a webhook's answer.
    """
    del proxy
    if monotonic() - entry.info.get(_USED, -IDLE_S) < IDLE_S:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error  # the pool takes another one


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
def unit_of_work(engine: Engine, whose: UUID | Whose = Whose.EVERY) -> Iterator[Session]:
    """Open a unit that may write: one commit at its end, a rollback if anything was raised. Entry points only.

    ``whose`` rows it is about: a programme's; left out, everybody's until a Scope (or `keep_to`) says so.
    """
    with Session(engine, expire_on_commit=False) as session:
        keep_to(session, whose)
        with session.begin():
            yield session


@contextmanager
def trial(engine: Engine) -> Iterator[Session]:
    """Open a unit that may write and keeps nothing: to see what would be posted."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def reading(engine: Engine, whose: UUID | Whose = Whose.EVERY) -> Iterator[Session]:
    """Open a unit that only reads: it takes no write lock on SQLite, and closing it leaves nothing behind.

    ``whose`` as in `unit_of_work`.
    """
    with Session(engine.execution_options(**{_READING: True}), expire_on_commit=False) as session:
        keep_to(session, whose)
        yield session

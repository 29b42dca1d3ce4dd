"""What a run of ours wrote, row by row, so that a baseline can write the very same rows without any logic."""

import itertools
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import psycopg
from psycopg.types.json import set_json_loads

from app.db.tables import Base
from tests.benchmarks.places import file_of, libpq

Row = tuple[Any, ...]
COUNTING: Final = "bench_updates"


class Cursor(Protocol):
    """What both drivers can do."""

    def executemany(self, statement: str, rows: Sequence[Row], /) -> object:
        """Execute for every row."""

    def execute(self, statement: str, /) -> object:
        """Execute once."""

    def fetchall(self) -> list[Row]:
        """All rows of the answer."""


class Connection(Protocol):
    """What both drivers have."""

    def cursor(self) -> Any: ...  # noqa: ANN401 - the drivers' own kinds
    def commit(self) -> None: ...
    def close(self) -> None: ...


def connect(url: str) -> Connection:
    """Open a bare connection. JSON stays text, as it came, so that writing it again costs no encoding."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(file_of(url))
        connection.execute("PRAGMA synchronous=FULL")
        return connection
    plain = psycopg.connect(libpq(url))
    set_json_loads(lambda found: found.decode() if isinstance(found, bytes) else found, plain)
    return plain


def server_of(connection: Connection) -> int | None:
    """The process that serves a connection."""
    return connection.info.backend_pid if isinstance(connection, psycopg.Connection) else None


@dataclass(frozen=True, slots=True)
class Writes:
    """One table's share: rows to insert in the order they were, rows to update (all columns) and how often.

    ``changing`` are the columns that updates set, ``keys`` those that find the row.
    """

    table: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    changing: tuple[str, ...]
    inserted: list[Row]
    updated: list[Row]
    updates: int


def count_updates(url: str) -> None:
    """Let a SQLite database count updates by table (PostgreSQL does so by itself)."""
    if not url.startswith("sqlite"):
        return
    connection = sqlite3.connect(file_of(url))
    connection.execute(f"CREATE TABLE {COUNTING} (name TEXT)")
    for table in Base.metadata.tables:
        connection.execute(
            f"CREATE TRIGGER bench_{table} AFTER UPDATE ON {table} BEGIN INSERT INTO {COUNTING} VALUES ('{table}'); END"  # noqa: S608 - our own names
        )
    connection.commit()
    connection.close()


def _updates(url: str, cursor: Any) -> Mapping[str, int]:  # noqa: ANN401 - either driver's
    if url.startswith("sqlite"):
        cursor.execute(f"SELECT name, count(*) FROM {COUNTING} GROUP BY name")  # noqa: S608
    else:
        cursor.execute("SELECT relname, n_tup_upd FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd > 0")
    return dict(cursor.fetchall())


def read(before: str, after: str, skip: frozenset[str] = frozenset({"inbox_bodies"})) -> list[Writes]:
    """Compare two databases and return what was written between them; nobody else may be connected to ``after``."""
    earlier, later = connect(before), connect(after)
    old, new = earlier.cursor(), later.cursor()
    counted = _updates(after, new)
    order = "rowid" if after.startswith("sqlite") else "ctid"
    found = []
    for name, table in Base.metadata.tables.items():
        if name in skip:
            continue
        columns = tuple(column.name for column in table.columns)
        keys = tuple(column.name for column in table.primary_key)
        places = [columns.index(key) for key in keys]
        question = f"SELECT {', '.join(columns)} FROM {name} ORDER BY {order}"  # noqa: S608
        old.execute(question)
        known = {tuple(row[place] for place in places): row for row in old.fetchall()}
        new.execute(question)
        inserted: list[Row] = []
        updated: list[Row] = []
        changing: set[str] = set()
        for row in new.fetchall():
            was = known.get(tuple(row[place] for place in places))
            if was is None:
                inserted.append(row)
            elif was != row:
                updated.append(row)
                changing |= {column for column, a, b in zip(columns, was, row, strict=True) if a != b}
        updates = counted.get(name, 0)
        if inserted or updates:
            rest = [column for column in columns if column not in keys]
            setting = [column for column in rest if column in changing] or rest
            found.append(Writes(name, columns, keys, tuple(setting), inserted, updated, updates))
    earlier.close()
    later.close()
    return found


def _slices(rows: Sequence[Row], pages: int) -> list[Sequence[Row]]:
    edges = [len(rows) * page // pages for page in range(pages + 1)]
    return [rows[start:end] for start, end in itertools.pairwise(edges)]


@dataclass(frozen=True, slots=True)
class Step:
    """One ``executemany`` of one page."""

    statement: str
    rows: list[Row]


def plan(writes: Sequence[Writes], pages: int, *, mark: str) -> list[list[Step]]:
    """Spread the writes evenly over pages: the same rows, and as many updates as there were. Made before the watch.

    ``mark`` is the driver's placeholder.
    """
    planned: list[list[Step]] = [[] for _ in range(pages)]
    for table in writes:
        values = ", ".join(mark for _ in table.columns)
        insert = f"INSERT INTO {table.table} ({', '.join(table.columns)}) VALUES ({values})"  # noqa: S608
        setting = ", ".join(f"{column} = {mark}" for column in table.changing)
        finding = " AND ".join(f"{column} = {mark}" for column in table.keys)
        update = f"UPDATE {table.table} SET {setting} WHERE {finding}"  # noqa: S608
        places = [table.columns.index(column) for column in (*table.changing, *table.keys)]
        fresh, changed = _slices(table.inserted, pages), _slices(table.updated, pages)
        edges = [table.updates * page // pages for page in range(pages + 1)]
        for page, steps in enumerate(planned):
            if fresh[page]:
                steps.append(Step(insert, list(fresh[page])))
            there = [*changed[page], *fresh[page]]
            again = itertools.islice(itertools.cycle(there), edges[page + 1] - edges[page]) if there else ()
            if rows := [tuple(row[place] for place in places) for row in again]:
                steps.append(Step(update, rows))
    return planned


def write(connection: Connection, planned: Sequence[Sequence[Step]]) -> None:
    """The baseline itself: the drivers' ``executemany``, one commit a page."""
    for page in planned:
        cursor = connection.cursor()
        for step in page:
            cursor.executemany(step.statement, step.rows)
        connection.commit()


def counts(url: str) -> Mapping[str, int]:
    """How many rows each table has."""
    connection = connect(url)
    cursor = connection.cursor()
    found = {}
    for name in Base.metadata.tables:
        cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608
        found[name] = cursor.fetchall()[0][0]
    connection.close()
    return found

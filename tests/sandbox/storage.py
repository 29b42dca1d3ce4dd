"""One SQLite file per store (or memory): records as JSON text, sequences of ids, and small facts about the store."""

import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Record(Protocol):
    """Anything kept by number."""

    id: int


R = TypeVar("R", bound=Record)


class Storage:
    """Keeps records and facts; whoever calls it takes care that one thread does so at a time."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, making it where it is missing; without a path everything is kept in memory."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def load(self, kind: type[R]) -> dict[int, R]:
        """Every record of a kind, by id, in the order of ids."""
        adapter = _adapter(kind)
        rows = self._db.execute("SELECT id, body FROM records WHERE kind = ? ORDER BY id", (kind.__name__,))
        return {number: adapter.validate_json(body) for number, body in rows}

    def save(self, changed: Iterable[Record], removed: Iterable[Record], facts: dict[str, str]) -> None:
        """Write all of it in one transaction."""
        rows = [(type(record).__name__, record.id, _adapter(type(record)).dump_json(record)) for record in changed]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, CAST(? AS TEXT))", rows)
            gone = [(type(record).__name__, record.id) for record in removed]
            self._db.executemany("DELETE FROM records WHERE kind = ? AND id = ?", gone)
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", list(facts.items()))
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def facts(self) -> dict[str, str]:
        """Every small fact, by name."""
        return dict(self._db.execute("SELECT name, value FROM facts").fetchall())

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)

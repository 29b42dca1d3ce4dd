"""A backup of the embedded database: one consistent file made while everything runs, looked over, and put back."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import NullPool, create_engine, inspect, make_url, select
from sqlalchemy.orm import Session

from app.db.cipher import Cipher, SealBrokenError
from app.db.migrate import revisions
from app.db.resealing import sealed_tables
from app.db.tables import PersonRow

_PAGES: Final = 2_000
"""Pages copied in one go; between two goes writers get their turn. The copy is still of one instant."""
_BESIDE: Final = ("-wal", "-shm")


_OTHER_KEYS: Final = (
    "The keys do not fit this database: what is sealed in it was sealed under another key than those in "
    "KIZUNA_ENCRYPTION_KEYS. Set the keys that were in force when the backup was made (outside production they lie in "
    "<data>/secrets/encryption_keys). If they are lost, points and accounts are whole, but names, addresses, notes and "
    "shops' tokens cannot be read any more, and every shop has to be connected again."
)
_OTHER_PEPPER: Final = (
    "KIZUNA_SECRET_KEY is not the one of this database: nobody would be found by their address. Set the one that was "
    "in force when the backup was made (outside production it lies in <data>/secrets/secret_key)."
)


class BackupProblem(Exception):
    """A backup cannot be made, trusted or put back; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a backup holds."""

    revision: str
    programmes: int
    members: int
    transactions: int


def place(url: str) -> Path | None:
    """Return the file of an embedded database, None where a server keeps it."""
    parts = make_url(url)
    return Path(parts.database) if parts.get_backend_name() == "sqlite" and parts.database else None


def make(source: Path, target: Path) -> Found:
    """Copy a database that may be in use into a new file, readable by its owner only. Raises BackupProblem.

    SQLite's online backup: what was committed before the last page was copied is in it whole, everything later is not.
    """
    if not source.exists():
        message = f"There is no database at {source}: nothing to back up."
        raise BackupProblem(message)
    if target.exists():
        message = f"{target} is there already. Name a new file: an older backup is never written over."
        raise BackupProblem(message)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(draft)) as there:
            here.backup(there, pages=_PAGES)
            # One file that needs no second one beside it.
            there.execute("PRAGMA journal_mode=DELETE")
        found = look(draft)
        _flush(draft)
        draft.rename(target)
        _flush(target.parent)
    except OSError as error:
        message = f"{target} cannot be written: {error.strerror}. Name a file in a folder of your own with room in it."
        raise BackupProblem(message) from error
    finally:
        for left in (draft, *(draft.with_name(draft.name + end) for end in _BESIDE)):
            left.unlink(missing_ok=True)
    return found


def look(file: Path) -> Found:
    """Read a whole backup and say what it holds. Raises BackupProblem for one that is torn, foreign or too new."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as held:
            (word,) = held.execute("PRAGMA integrity_check(1)").fetchone()
            if word != "ok" or held.execute("PRAGMA foreign_key_check").fetchone() is not None:
                message = f"{file} is damaged. Take an older backup."
                raise BackupProblem(message)
            (revision,) = held.execute("SELECT version_num FROM alembic_version").fetchone()
            counts = [
                held.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own tables' names
                for table in ("programmes", "members", "transactions")
            ]
    except (sqlite3.DatabaseError, TypeError) as error:
        message = f"{file} is no backup of Kizuna, or not a whole one. Take another."
        raise BackupProblem(message) from error
    if revision not in revisions():
        message = (
            f"{file} was made by a newer Kizuna (its database has the shape {revision}). Install that version, "
            "or a newer one, and restore there."
        )
        raise BackupProblem(message)
    return Found(revision, *counts)


def restore(file: Path, target: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database; what lay there is kept beside it, and its new name is returned.

    Raises BackupProblem where a process still has the database open.
    """
    look(file)
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(file, draft)
        _flush(draft)
        moved = target.exists()
        if moved:
            with _alone(target):
                pass
            target.rename(aside)
            for end in _BESIDE:
                target.with_name(target.name + end).unlink(missing_ok=True)
        draft.rename(target)
        _flush(target.parent)
    except OSError as error:
        message = f"{target} cannot be written: {error.strerror}. Start this as the user who owns it."
        raise BackupProblem(message) from error
    finally:
        draft.unlink(missing_ok=True)
    return aside if moved else None


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Make sure that nobody else has the database open, and write what lies beside it into it."""
    with closing(sqlite3.connect(file, timeout=1)) as held:
        try:
            held.execute("PRAGMA locking_mode=EXCLUSIVE")
            held.execute("BEGIN EXCLUSIVE")
            held.execute("COMMIT")
            held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            message = "Kizuna is running on this database. Stop web, worker and clock first, then restore again."
            raise BackupProblem(message) from error
        except sqlite3.DatabaseError:
            pass  # what cannot be read is why somebody restores
        yield


@contextmanager
def opened(file: Path) -> Iterator[Session]:
    """Read a backup without changing a byte of it, or beside it."""
    engine = create_engine(f"sqlite:///file:{file.absolute()}?mode=ro&uri=true", poolclass=NullPool)
    with Session(engine) as session:
        yield session


def check_keys(session: Session, cipher: Cipher) -> None:
    """Open one sealed thing of each kind, and find one address by its hash. Raises BackupProblem.

    A backup of an older shape is read as far as that goes.
    """
    shape = inspect(session.connection())
    there = {table: {column["name"] for column in shape.get_columns(table)} for table in shape.get_table_names()}
    for table, columns in sealed_tables():
        for name in set(columns) & there.get(table.name, set()):
            column = table.c[name]
            sealed = session.scalar(select(column).where(column.is_not(None)).limit(1))
            try:
                if sealed is not None:
                    cipher.open(sealed)
            except SealBrokenError as error:
                raise BackupProblem(_OTHER_KEYS) from error
    known = select(PersonRow.email_sealed, PersonRow.email_hash)
    person = session.execute(
        known.where(PersonRow.email_sealed.is_not(None), PersonRow.email_hash.is_not(None)).limit(1)
    ).one_or_none()
    if person is None or person.email_sealed is None:
        return
    if cipher.fingerprint(cipher.open(person.email_sealed).decode()) != person.email_hash:
        raise BackupProblem(_OTHER_PEPPER)


def _flush(path: Path) -> None:
    """Make sure that a file, or a folder's list of files, is on the disk."""
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)

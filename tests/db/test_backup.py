"""A backup: whole while others write, never written over, put back only where nobody is at work, and keys that fit."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, make_url

from app.db import backup
from app.db.backup import BackupProblem, Found
from app.db.cipher import Cipher
from app.db.unit import make_engine
from app.loyalty.facts import Customer
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.servers.databases import SqliteDatabases

NOW = instant("2025-02-01")


@pytest.fixture
def ours(sqlite_databases: SqliteDatabases) -> Iterator[House]:
    """Ada, known by her address, bought something. The file goes with the folder of the tests."""
    with sqlite_databases.migrated() as url:
        engine = make_engine(url)
        made = house(engine)
        made.settle("2025-01-10", order(customer=Customer("7", "ada@example.com", "Ada")))
        yield made
        engine.dispose()


def _file(engine: Engine) -> Path:
    return Path(str(make_url(str(engine.url)).database))


def test_a_backup_holds_what_was_committed_and_nothing_that_was_not(ours: House, tmp_path: Path) -> None:
    """Somebody writes while it is made: their half transaction is not in it, and they are not hindered."""
    with closing(sqlite3.connect(_file(ours.engine), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM balances")
        found = backup.make(_file(ours.engine), tmp_path / "kizuna.backup")
        writer.execute("ROLLBACK")
    assert found == Found(found.revision, 1, 1, 1)
    copy = House(make_engine(f"sqlite:///{tmp_path / 'kizuna.backup'}"), ours.programme_id, ours.shop_id)
    assert copy.amounts("7") == ours.amounts("7")
    copy.engine.dispose()
    assert (tmp_path / "kizuna.backup").stat().st_mode & 0o077 == 0


def test_an_older_backup_is_not_written_over_and_nothing_half_done_stays(ours: House, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("an older one")
    with pytest.raises(BackupProblem, match="never written over"):
        backup.make(_file(ours.engine), tmp_path / "taken")
    with pytest.raises(BackupProblem, match="cannot be written"):
        backup.make(_file(ours.engine), tmp_path / "no folder" / "kizuna.backup")
    with pytest.raises(BackupProblem, match="nothing to back up"):
        backup.make(tmp_path / "nothing.db", tmp_path / "kizuna.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_is_no_backup_or_of_a_newer_kizuna_is_refused(ours: House, tmp_path: Path) -> None:
    (tmp_path / "rubbish").write_bytes(b"SQLite format 3\x00" + bytes(5_000))
    whole = tmp_path / "whole"
    backup.make(_file(ours.engine), whole)
    (tmp_path / "torn").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    for name in ("rubbish", "torn", "missing"):
        with pytest.raises(BackupProblem, match=r"no backup of Kizuna|damaged"):
            backup.look(tmp_path / name)
    with closing(sqlite3.connect(whole)) as held:
        held.execute("UPDATE alembic_version SET version_num = '9999'")
        held.commit()
    with pytest.raises(BackupProblem, match="newer Kizuna"):
        backup.look(whole)


def test_a_backup_is_not_put_back_under_running_processes(ours: House, tmp_path: Path) -> None:
    file = tmp_path / "kizuna.backup"
    backup.make(_file(ours.engine), file)
    with ours.engine.connect(), pytest.raises(BackupProblem, match="Stop web, worker and clock first"):
        backup.restore(file, _file(ours.engine), NOW)
    assert ours.amounts("7") == (10, 0, 0, 0)

    ours.engine.dispose()
    aside = backup.restore(file, _file(ours.engine), NOW)
    assert aside is not None
    assert backup.look(aside) == backup.look(file) == backup.look(_file(ours.engine))
    aside.unlink()


def test_keys_that_do_not_fit_are_told_with_what_to_do(ours: House, tmp_path: Path) -> None:
    file = tmp_path / "kizuna.backup"
    backup.make(_file(ours.engine), file)
    before = file.read_bytes()
    with backup.opened(file) as session:
        backup.check_keys(session, CIPHER)
        with pytest.raises(BackupProblem, match="Set the keys that were in force"):
            backup.check_keys(session, Cipher((Fernet.generate_key().decode(),), CIPHER.pepper))
        with pytest.raises(BackupProblem, match="KIZUNA_SECRET_KEY is not the one of this database"):
            backup.check_keys(session, Cipher(CIPHER.keys, "another pepper"))
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["kizuna.backup"]

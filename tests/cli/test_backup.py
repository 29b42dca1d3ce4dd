"""``kizuna backup``: made, verified and put back from the terminal; on PostgreSQL it says how."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from app.cli.backup import add
from app.cli.main import main
from app.settings import settings
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House, house

Told = pytest.CaptureFixture[str]


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A member with an order."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KIZUNA_SECRET_KEY", CIPHER.pepper)
    monkeypatch.setenv("KIZUNA_ENCRYPTION_KEYS", CIPHER.keys[0])
    settings.cache_clear()
    made = house(engine)
    made.settle("2025-01-10", order())
    yield made
    settings.cache_clear()


def test_a_backup_is_made_verified_and_put_back_or_it_is_said_how(
    ours: House, tmp_path: Path, capsys: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "kizuna.backup")
    assert main(["backup", "verify"]) == 0
    assert "the keys fit it" in capsys.readouterr().out
    made = main(["backup", "make", file])
    if ours.engine.dialect.name == "postgresql":
        assert made == main(["backup", "restore", file]) == 2
        said = capsys.readouterr().err
        assert ("pg_dump --format=custom" in said, "pg_restore --no-owner" in said) == (True, True)
        return
    assert made == main(["backup", "verify", file]) == 0
    assert "1 programmes, 1 members, 1 transactions, and the keys fit it." in capsys.readouterr().out
    ours.engine.dispose()
    assert main(["backup", "restore", file]) == 0
    said = capsys.readouterr().out
    assert "What lay there is kept as " in said
    assert said.endswith("compares every balance with its postings\n")
    assert main(["backup", "make", file]) == 2
    assert "never written over" in capsys.readouterr().err

    monkeypatch.setenv("KIZUNA_ENCRYPTION_KEYS", Fernet.generate_key().decode())
    settings.cache_clear()
    ours.engine.dispose()
    assert main(["backup", "restore", file]) == 2
    assert "Set the keys that were in force when the backup was made" in capsys.readouterr().err


def test_codes_made_since_the_backup_are_listed(ours: House, capsys: Told) -> None:
    assert main(["backup", "codes", f"{ours.shop_id.hex}.example", "--since", "2025-01-01"]) == 0
    assert capsys.readouterr().out.startswith("0 codes on orders")


def test_the_page_for_operators_names_every_verb() -> None:
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers())
    page = (Path(__file__).parents[2] / "docs" / "operators" / "backups.md").read_text(encoding="utf-8")
    for verb in ("make", "verify", "restore", "codes"):
        assert f"kizuna backup {verb}" in page
        with pytest.raises(SystemExit, match="0"):
            parser.parse_args(["backup", verb, "--help"])

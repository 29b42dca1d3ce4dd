"""``kizuna cases DIR``: run case files through the real engine and print one line a case."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Engine

from app.cli.cases.story import run as live
from app.db.cipher import Cipher
from app.db.migrate import upgrade
from app.db.unit import make_engine


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("cases", help="run case files through the engine; exit code 1 where a number differs")
    parser.add_argument("folder", type=Path, help="a folder of case files, or one file")
    parser.add_argument("--database", default=None, help="an empty database to use (default: a new SQLite file)")
    parser.set_defaults(run=run)


def read(place: Path) -> Iterator[Mapping[str, Any]]:
    """Return the cases of a file or of every file in a folder, by name; a file holds one case or a list."""
    files = sorted(place.rglob("*.json")) if place.is_dir() else [place]
    for file in files:
        content = json.loads(file.read_text())
        yield from content if isinstance(content, list) else [content]


def run(options: argparse.Namespace) -> int:
    """Run them and print ``ok`` or ``FAIL`` with the differences."""
    if not options.folder.exists():
        sys.stderr.write(f"There is no {options.folder}. Name a folder of case files, or one file.\n")
        return 2
    if options.database:
        return _run(options.folder, options.database)
    with tempfile.TemporaryDirectory(prefix="kizuna-cases-") as folder:
        return _run(options.folder, f"sqlite:///{folder}/cases.db")


def _run(place: Path, url: str) -> int:
    upgrade(url)
    engine = make_engine(url)
    failed = count = 0
    for case in read(place):
        count += 1
        told = _differences(engine, case)
        failed += bool(told)
        sys.stdout.write(f"FAIL {case['name']}: {'; '.join(told)}\n" if told else f"ok   {case['name']}\n")
        sys.stdout.flush()
    engine.dispose()
    sys.stdout.write(f"{count} cases, {failed} failed.\n")
    return 1 if failed or not count else 0


def _differences(engine: Engine, case: Mapping[str, Any]) -> list[str]:
    cipher = Cipher((Fernet.generate_key().decode(),), "cases")
    try:
        return live(engine, cipher, case)
    except Exception as error:  # noqa: BLE001 - one broken case must not hide the others
        return [f"{type(error).__name__}: {error}"[:500]]

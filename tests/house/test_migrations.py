"""Migrations go up, down and up again on both engines, and leave just what the models say."""

import ast
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from tests.servers.databases import Databases, alembic_config

REVISIONS = sorted((Path(__file__).parents[2] / "migrations" / "versions").glob("*.py"))


def _left(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_migrations_go_up_down_and_up_and_match_the_models(databases: Databases) -> None:
    with databases.empty() as url:
        config = alembic_config(url)
        command.upgrade(config, "head")
        command.check(config)
        made = _left(url)
        command.downgrade(config, "base")
        assert _left(url) == set()
        command.upgrade(config, "head")
        command.check(config)
        assert _left(url) == made


def test_each_single_step_can_be_taken_back(databases: Databases) -> None:
    with databases.empty() as url:
        config = alembic_config(url)
        for revision in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
            before = _left(url)
            command.upgrade(config, revision.revision)
            command.downgrade(config, "-1")
            assert _left(url) == before, f"{revision.revision} leaves something behind"
            command.upgrade(config, revision.revision)


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads()) <= 1


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda path: path.stem)
def test_a_migration_says_why(revision: Path) -> None:
    said = ast.get_docstring(ast.parse(revision.read_text(encoding="utf-8"))) or ""
    sentences = [line for line in said.splitlines() if line.strip() and ":" not in line.split(" ", 1)[0]]

    assert len(" ".join(sentences)) >= 40, "Say in the docstring what the migration is for, and why."

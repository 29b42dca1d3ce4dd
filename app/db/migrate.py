"""Migrations: applied by the release step, never by a process that answers."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

_ROOT = Path(__file__).parents[2]


def revisions() -> frozenset[str]:
    """Return every shape of the database that this code knows how to bring to the newest."""
    scripts = ScriptDirectory.from_config(Config(toml_file=_ROOT.joinpath("pyproject.toml")))
    return frozenset(script.revision for script in scripts.walk_revisions())


def upgrade(url: str) -> None:
    """Bring the database at ``url`` to the newest shape; a database that has it already is left alone."""
    config = Config(toml_file=_ROOT.joinpath("pyproject.toml"))
    config.attributes["url"] = url
    command.upgrade(config, "head")

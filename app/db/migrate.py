"""Migrations: applied by the release step, never by a process that answers."""

from pathlib import Path

from alembic import command
from alembic.config import Config

_ROOT = Path(__file__).parents[2]


def upgrade(url: str) -> None:
    """Bring the database at ``url`` to the newest shape; a database that has it already is left alone."""
    config = Config(toml_file=_ROOT.joinpath("pyproject.toml"))
    config.attributes["url"] = url
    command.upgrade(config, "head")

"""Migrations: applied by the release step, never by a process that answers."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

_GAVE_WAY: Final = ("40P01", "55P03")
"""PostgreSQL's words for a deadlock and for a lock that was not to be had in time."""
_TRIES: Final = 20
_PAUSE_S: Final = 1
_ROOT = Path(__file__).parents[2]


def revisions() -> frozenset[str]:
    """Return every shape of the database that this code knows how to bring to the newest."""
    scripts = ScriptDirectory.from_config(Config(toml_file=_ROOT.joinpath("pyproject.toml")))
    return frozenset(script.revision for script in scripts.walk_revisions())


def upgrade(url: str, nap: Callable[[], object] = lambda: time.sleep(_PAUSE_S)) -> None:
    """Bring the database at ``url`` to the newest shape; a database that has it already is left alone.

    Shops go on sending meanwhile: a step that could not have a table at once gives way and is tried again, whole.
    Raises OperationalError where it never got it.
    """
    config = Config(toml_file=_ROOT.joinpath("pyproject.toml"))
    config.attributes["url"] = url
    for left in reversed(range(_TRIES)):
        try:
            command.upgrade(config, "head")
        except OperationalError as error:
            if not left or getattr(error.orig, "sqlstate", None) not in _GAVE_WAY:
                raise
            nap()
        else:
            return

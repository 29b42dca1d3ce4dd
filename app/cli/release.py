"""``kizuna release``: bring the database to the newest shape. Run before the processes start."""

import argparse

from app.db.migrate import upgrade
from app.settings import settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("release", help="bring the database to the newest shape")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Migrate."""
    del options
    upgrade(settings().database_url)
    return 0

"""``kizuna worker``: the process that does what waits."""

import argparse

from app.cli import logs
from app.settings import settings
from jobs import worker


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    commands.add_parser("worker", help="do what waits").set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what waits."""
    del options
    chosen = settings()
    logs.configure(machine=chosen.production)
    worker.run(chosen)
    return 0

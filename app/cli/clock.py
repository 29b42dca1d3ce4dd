"""``kizuna clock``: the process that keeps the timetable."""

import argparse

from app.cli import logs
from app.settings import settings
from jobs import clock


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    commands.add_parser("clock", help="keep the timetable").set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Keep the timetable."""
    del options
    chosen = settings()
    logs.configure(machine=chosen.production)
    clock.run(chosen)
    return 0

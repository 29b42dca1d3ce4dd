"""``kizuna alerts``: what an operator has to look at now; exit code 1 where there is anything."""

import argparse
import sys

from app.cli.working import at_works
from jobs.alerts import alerts
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("alerts", help="say what has to be looked at; exit code 1 where there is anything")
    parser.set_defaults(run=at_works(run))


def run(works: Works, options: argparse.Namespace) -> int:
    """Print a line for each alert that is on, with where it stands what to do."""
    del options
    found = alerts(works)
    for each in found:
        sys.stdout.write(f"{each.alert}: {each.sentence} See {each.page}\n")
    sys.stdout.write(f"{len(found)} alerts.\n")
    return 1 if found else 0

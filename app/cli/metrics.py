"""``kizuna metrics``: figures in Prometheus' text format, for a file that its node exporter reads."""

import argparse
import sys

from app.cli.working import at_works
from jobs.metrics import lines
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("metrics", help="print counts and ages in Prometheus' text format")
    parser.set_defaults(run=at_works(run))


def run(works: Works, options: argparse.Namespace) -> int:
    """Print every figure; the exit code says nothing about them."""
    del options
    sys.stdout.writelines(f"{line}\n" for line in lines(works))
    return 0

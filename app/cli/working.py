"""The works of one command, opened when it begins and closed when it ends, and the programme it is about."""

import argparse
import sys
from collections.abc import Callable

from app.cli import finding
from app.db.tables import ProgrammeRow
from app.db.unit import reading
from app.settings import settings
from jobs import house
from jobs.works import Works


def at_works(run: Callable[[Works, argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return a command that needs the works, as one that needs its options only."""

    def command(options: argparse.Namespace) -> int:
        with house.opened(settings()) as works:
            return run(works, options)

    return command


def at_programme(run: Callable[[Works, ProgrammeRow, argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return a command that needs the works and the programme its option ``programme`` names."""

    def found(works: Works, options: argparse.Namespace) -> int:
        try:
            with reading(works.engine) as session:
                row = finding.programme(session, options.programme)
        except finding.NotFoundError as problem:
            sys.stderr.write(f"{problem}\n")
            return 2
        return run(works, row, options)

    return at_works(found)

"""The works of one command, opened when it begins and closed when it ends, and the programme it is about."""

import argparse
import sys
from collections.abc import Callable

from sqlalchemy.orm import Session

from app.cli import finding
from app.db.scope import Scope
from app.db.tables import ProgrammeRow
from app.db.unit import reading, unit_of_work
from app.loyalty.errors import LoyaltyError
from app.settings import settings
from jobs import house
from jobs.works import Works

Perform = Callable[[Scope, ProgrammeRow, argparse.Namespace], str]
Of = Callable[[Session, argparse.Namespace], ProgrammeRow]


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


def _named(session: Session, options: argparse.Namespace) -> ProgrammeRow:
    return finding.programme(session, options.programme)


def at_scope(perform: Perform, of: Of = _named) -> Callable[[argparse.Namespace], int]:
    """Return a command that works in one unit, in the scope of one programme, and prints what it has to say.

    ``of`` finds the programme; left out, the option ``programme`` names it. What is not found or refused ends with 2.
    """

    def found(works: Works, options: argparse.Namespace) -> int:
        try:
            with unit_of_work(works.engine) as session:
                row = of(session, options)
                said = perform(Scope(session, row.programme_id, works.clock(), works.cipher), row, options)
        except finding.NotFoundError as problem:
            sys.stderr.write(f"{problem}\n")
            return 2
        except LoyaltyError as refusal:
            sys.stderr.write(f"Refused: {refusal.code}.\n")
            return 2
        sys.stdout.write(f"{said}\n")
        return 0

    return at_works(found)

"""``kizuna audit``: rebuild and compare; exit code 1 and the rows on any difference."""

import argparse
import sys

from app.cli import logs
from app.cli.working import at_works
from app.settings import settings
from jobs.audit import audit, programmes
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("audit", help="compare every balance with its postings; exit code 1 on a difference")
    parser.set_defaults(run=at_works(run))


def run(works: Works, options: argparse.Namespace) -> int:
    """Audit every programme and print each breach."""
    del options
    logs.configure(machine=settings().production)
    found = 0
    looked = programmes(works)
    for programme_id in looked:
        for breach in audit(works, programme_id):
            found += 1
            sys.stdout.write(
                f"{breach.promise}: programme {programme_id}, member {breach.member_id}: {breach.detail}\n"
            )
    sys.stdout.write(f"{len(looked)} programmes audited, {found} breaches.\n")
    return 1 if found else 0

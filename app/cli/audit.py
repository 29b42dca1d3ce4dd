"""``kizuna audit``: rebuild and compare; exit code 1 and the rows on any difference."""

import argparse
import sys

from app.cli import logs
from app.settings import settings
from jobs import house
from jobs.audit import audit, programmes


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("audit", help="compare every balance with its postings; exit code 1 on a difference")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Audit every programme and print each breach."""
    del options
    chosen = settings()
    logs.configure(machine=chosen.production)
    works = house.build(chosen)
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

"""``kizuna surveys report``: what members answered, by touchpoint, tier and product."""

import argparse
import sys
from datetime import timedelta

from app.cli.working import at_programme
from app.db import hearing, questions
from app.db.scope import Scope
from app.db.tables import ProgrammeRow
from app.db.unit import reading
from app.loyalty.hearing.drivers import FEWEST, Line
from app.loyalty.hearing.surveys import SurveyKind
from jobs.works import Works

_NAMES = {SurveyKind.NPS: ("promoters", "detractors"), SurveyKind.CSAT: ("satisfied", "dissatisfied")}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("surveys", help="what members answer when they are asked")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    report = verbs.add_parser("report", help="scores, and what drives them")
    report.add_argument("programme", help="its id, or the domain of one of its shops")
    report.add_argument("--days", type=int, help="answers of so many days; left out: of all time")
    report.set_defaults(run=at_programme(_report))


def _report(works: Works, row: ProgrammeRow, options: argparse.Namespace) -> int:
    now = works.clock()
    since = now - timedelta(days=options.days) if options.days is not None else None
    with reading(works.engine) as session:
        scope = Scope(session, row.programme_id, now, works.cipher)
        asked, answered = questions.numbers(scope, since)
        found = hearing.reports(scope, since)
    for report in found:
        name = report.kind.value.upper()
        sys.stdout.write(f"{name}  {_line(report.kind, report.overall)}\n")
        for driver, lines in report.by.items():
            for line in lines:
                said = line.name if line.name is not None else "none"
                sys.stdout.write(f"{name} by {driver.value}  {said}  {_line(report.kind, line)}\n")
    sys.stdout.write(f"{asked} asked, {answered} of them answered.\n")
    return 0


def _line(kind: SurveyKind, line: Line) -> str:
    answers = f"{line.tally.answers} answer{'' if line.tally.answers == 1 else 's'}"
    if line.score is None:
        return f"{answers}: too few for a score, which takes {FEWEST}"
    good, bad = _NAMES[kind]
    tally = line.tally
    return f"{line.score}: {tally.share(tally.good)} % {good}, {tally.share(tally.bad)} % {bad}, {answers}"

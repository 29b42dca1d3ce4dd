"""``kizuna recovery``: cases that wait for an answer, answering and resolving them from the terminal."""

import argparse
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from app.actions.work_case import Work, answer_case, resolve_case
from app.cli.working import Perform, at_scope
from app.db import service_cases
from app.db.members import new_id
from app.db.scope import Scope
from app.db.service_cases import View
from app.db.tables import CaseRow, ProgrammeRow
from app.loyalty.errors import said
from app.loyalty.hearing.recovery import Answered, is_overdue

_ACTOR = "operator"
_MOST = 200
_MONTH = timedelta(days=30)
_DONE = {"answer": "answered", "resolve": "resolved"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("recovery", help="service cases: what waits for an answer, and since when")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    listed = verbs.add_parser("list", help="print cases, the most urgent first")
    listed.add_argument("programme", help="its id, or the domain of one of its shops")
    listed.add_argument("--view", choices=[view.value for view in View], default=View.OPEN.value)
    listed.set_defaults(run=at_scope(_list))
    for name, work in (("answer", answer_case), ("resolve", resolve_case)):
        verb = verbs.add_parser(name, help=f"{name} a case")
        verb.add_argument("programme", help="its id, or the domain of one of its shops")
        verb.add_argument("case", type=UUID, help="the case's id, as the list prints it")
        verb.add_argument("--words", required=name == "answer", default="", help="what was said; kept sealed")
        verb.set_defaults(run=at_scope(_doing(work)))


def _list(scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
    lines = [_line(scope, row) for row in service_cases.listed(scope, View(options.view), _MOST)]
    figures = service_cases.figures(scope, scope.now - _MONTH)
    prompt = figures.prompt
    median = f"{prompt.median}" if prompt.median is not None else "none yet"
    counted = f"{prompt.waiting} waiting, {prompt.overdue} of them overdue; {figures.promises_due} promises due."
    answered = f"First answer, 30 days: median {median}; {prompt.in_time} of {prompt.answered} in time."
    return "\n".join([*lines, counted, answered])


def _line(scope: Scope, row: CaseRow) -> str:
    late = is_overdue(Answered(row.opened_at, row.due_at, row.answered_at), scope.now)
    about = row.product or row.touchpoint or ""
    due = f"due {said(row.due_at)}{', overdue' if late else ''}"
    return (
        f"{row.case_id}  {row.kind}  {about}  {row.score} of {row.most}  {due}  member {row.member_id or 'not known'}"
    )


def _doing(work: Callable[[Scope, Work], None]) -> Perform:
    def perform(scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
        work(scope, Work(options.case, new_id(), _ACTOR, options.words))
        return f"{options.case}: {_DONE[options.verb]}."

    return perform

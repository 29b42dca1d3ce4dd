"""``kizuna referrals``: what waits at the referral desk and why, approving it, refusing it."""

import argparse
from collections.abc import Callable
from functools import partial

from app.actions.answers import Answer
from app.actions.decide_referral import approve_referral, refuse_referral
from app.cli import finding
from app.cli.working import at_scope
from app.db import referral_desk
from app.db.members import new_id
from app.db.referral_desk import Looked, View
from app.db.scope import Scope
from app.db.tables import ProgrammeRow
from app.loyalty.terms.suspicion import score

_ACTOR = "operator"
_MOST = 200
_DONE = {"approve": "approved", "refuse": "refused"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("referrals", help="what waits at the referral desk; approve it or refuse it")
    desk = parser.add_subparsers(dest="what", required=True, metavar="what")
    listed = desk.add_parser("list", help="print referrals with what speaks against them")
    listed.add_argument("programme", help="its id, or the domain of one of its shops")
    listed.add_argument("--view", choices=[view.value for view in View], default=View.WAITING.value)
    listed.set_defaults(run=at_scope(_list))
    for name, decide in (("approve", approve_referral), ("refuse", refuse_referral)):
        parser = desk.add_parser(name, help=f"{name} a referral")
        parser.add_argument("programme", help="its id, or the domain of one of its shops")
        parser.add_argument("referral", help="the referral's id, as the list prints it")
        parser.add_argument("--why", required=True, help="the reason, which is kept")
        parser.set_defaults(run=at_scope(partial(_decide, decide)))


def _list(scope: Scope, row: ProgrammeRow, options: argparse.Namespace) -> str:
    found = referral_desk.looked(scope, View(options.view), _MOST)
    counted = referral_desk.figures(scope)
    lines = [_line(each, row) for each in found]
    wrongly = f"held back wrongly: {counted.approved} of {counted.decided} decided"
    return "\n".join([*lines, f"{counted.waiting} waiting; {wrongly}."])


def _line(found: Looked, row: ProgrammeRow) -> str:
    outcome = found.outcome
    against = ", ".join(
        f"{signal.code.value} {signal.weight}" + (f" ({signal.number})" if signal.number is not None else "")
        for signal in outcome.signals
    )
    state = found.decision.value if found.decision else outcome.reason or "due"
    stake = finding.amount(found.points, row.unit, row.decimals)
    why = f"; {found.decided_by}: {found.why}" if found.decision else ""
    return f"{found.id}  {state}  {stake}  {score(outcome.signals)}: {against or 'nothing'}{why}"


def _decide(decide: Callable[..., Answer], scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
    answer = decide(scope, options.referral, key=new_id().hex, actor=_ACTOR, why=options.why)
    if answer.refused is not None:
        raise finding.NotFoundError(f"No referral {options.referral} of this programme has brought a friend yet.")
    return f"{options.referral}: {_DONE[options.what]}."

"""``kizuna tier invite`` and ``withdraw``: levels that are given, not earned."""

import argparse
import sys
from datetime import UTC, datetime
from uuid import UUID

from app.actions.answers import Answer
from app.actions.invite_member import invite_member, withdraw_invitation
from app.cli.working import at_works
from app.db.requests import Request
from app.db.scope import Scope
from app.db.unit import unit_of_work
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    tier = commands.add_parser("tier", help="give a member a level by invitation, or take it back")
    verbs = tier.add_subparsers(dest="verb", required=True, metavar="verb")
    invite = verbs.add_parser("invite", help="from now on, until it ends or is withdrawn")
    invite.add_argument("level", help="the id of a level that members are invited to")
    invite.add_argument("--until", type=_instant, default=None, help="ISO 8601 with an offset")
    withdraw = verbs.add_parser("withdraw", help="end an invitation now")
    withdraw.add_argument("invitation", help="the key it was given under")
    for verb, run in ((invite, _invite), (withdraw, _withdraw)):
        verb.add_argument("--programme", type=UUID, required=True)
        verb.add_argument("--member", type=UUID, required=True)
        verb.add_argument("--key", required=True, help="a name of your own for this request: repeating it does nothing")
        verb.add_argument("--why", required=True)
        verb.set_defaults(run=at_works(run))


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError("write the offset too, such as 2027-01-01T00:00:00+09:00")
    return instant.astimezone(UTC)


def _request(options: argparse.Namespace, content: dict[str, str | None]) -> Request:
    return Request(options.key, f"tier_{options.verb}", options.member, content, "operator", options.why)


def _invite(works: Works, options: argparse.Namespace) -> int:
    until = options.until.isoformat() if options.until else None
    with unit_of_work(works.engine) as session:
        scope = Scope(session, options.programme, works.clock(), works.cipher)
        request = _request(options, {"level": options.level, "until": until})
        answer = invite_member(scope, request, options.level, options.until)
    return _told(answer, f"Invited to {options.level} under the key {options.key}.")


def _withdraw(works: Works, options: argparse.Namespace) -> int:
    with unit_of_work(works.engine) as session:
        scope = Scope(session, options.programme, works.clock(), works.cipher)
        request = _request(options, {"invitation": options.invitation})
        answer = withdraw_invitation(scope, request, options.invitation)
    return _told(answer, "Withdrawn.")


def _told(answer: Answer, done: str) -> int:
    if answer.refused is None:
        sys.stdout.write(f"{done}\n")
        return 0
    numbers = "".join(f", {name} {number}" for name, number in answer.numbers.items())
    sys.stderr.write(f"Refused: {answer.refused}{numbers}.\n")
    return 2

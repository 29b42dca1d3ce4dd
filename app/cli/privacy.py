"""``kizuna privacy``: duties towards people, what is kept about a member, forgetting a member."""

import argparse
import json
import sys
from pathlib import Path
from uuid import UUID

from app.actions.erase_member import erase_member
from app.actions.hand_over import hand_over
from app.cli import finding
from app.cli.working import Perform, at_scope, at_works
from app.db import members, privacy
from app.db.dossier import dossier
from app.db.privacy import TERM
from app.db.scope import Scope
from app.db.tables import PrivacyRow, ProgrammeRow
from app.loyalty.errors import UnknownMemberError
from jobs.erasures import erase_again
from jobs.works import Works

_ACTOR = "operator"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("privacy", help="duties towards people: what is kept about a member, forgetting one")
    desk = parser.add_subparsers(dest="what", required=True, metavar="what")
    listed = _command(desk, "list", "print the duties that platforms laid on us", _list)
    listed.add_argument("--ended", action="store_true", help="those that were carried out instead")
    export = _command(desk, "export", "write everything that is kept about a member as JSON", _export)
    export.add_argument("member", help="the member's id, or an e-mail address")
    export.add_argument("--to", type=Path, help="a file; otherwise it is printed")
    erase = _command(desk, "erase", "forget a member for good: points end, codes are disabled", _erase)
    erase.add_argument("member", help="the member's id, or an e-mail address")
    erase.add_argument("--why", required=True, help="the reason, which is kept: do not name the person in it")
    again = desk.add_parser("again", help="after a restore: forget everybody again who was forgotten since the backup")
    again.add_argument("file", type=Path, nargs="?", help="left out: erasures.jsonl in the data folder")
    again.set_defaults(run=at_works(_again))
    done = _command(desk, "done", "say that a customer was given what is kept about them", _done)
    done.add_argument("duty", type=UUID, help="the duty's id, as the list prints it")


def _command(
    desk: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, perform: Perform
) -> argparse.ArgumentParser:
    parser = desk.add_parser(name, help=text)
    parser.add_argument("programme", help="its id, or the domain of one of its shops")
    parser.set_defaults(run=at_scope(perform))
    return parser


def _list(scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
    rows = privacy.listed(scope, ended=options.ended)
    return "\n".join([*map(_line, rows), f"{len(rows)} duties."])


def _line(row: PrivacyRow) -> str:
    whom = row.member_id or (f"customer {row.customer_id}" if row.customer_id else "–")
    when = f"done {row.done_at:%Y-%m-%d}" if row.done_at else f"due {row.received_at + TERM:%Y-%m-%d}"
    return f"{row.request_id}  {row.duty}  {whom}  {row.state}  {when}"


def _found(scope: Scope, named: str) -> UUID:
    """Return whom an id or an address names. Raises NotFoundError where that is not exactly one member."""
    if "@" in named:
        found = members.with_email(scope, scope.cipher.fingerprint(named))
        if len(found) != 1:
            raise finding.NotFoundError(
                f"{len(found)} members of this programme have that address: name one by its id."
            )
        return found[0]
    try:
        return UUID(named)
    except ValueError:
        raise finding.NotFoundError("That is neither a member's id nor an e-mail address.") from None


def _export(scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
    found = dossier(scope, _found(scope, options.member))
    if found is None:
        raise finding.NotFoundError("This programme has no such member.")
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if options.to is None:
        return text
    options.to.write_text(text, encoding="utf-8")
    return f"Written to {options.to}. It holds personal data: hand it over safely, then delete it."


def _erase(scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
    try:
        fresh = erase_member(scope, _found(scope, options.member), actor=_ACTOR, why=options.why)
    except UnknownMemberError:
        raise finding.NotFoundError("This programme has no such member.") from None
    return (
        "Forgotten. Deliveries that name the person go within minutes." if fresh else "Forgotten before; nothing done."
    )


def _again(works: Works, options: argparse.Namespace) -> int:
    file = options.file or works.erasures
    if file is None or not file.exists():
        sys.stderr.write(f"{file} is not there: nobody was forgotten on this machine. Name the file of another.\n")
        return 2
    sys.stdout.write(f"{erase_again(works, file)} members were known again and are forgotten again.\n")
    return 0


def _done(scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
    if not hand_over(scope, options.duty, actor=_ACTOR):
        raise finding.NotFoundError("This programme has no duty of that id that asks for a file.")
    return "Noted."

"""``kizuna hooks-out``: which other systems are told what changes for a shop's members."""

import argparse
import sys
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli import finding
from app.cli.working import at_scope, at_works
from app.db import listeners, shops
from app.db.listeners import Change, TooManyListenersError
from app.db.scope import Scope
from app.db.tables import DirectoryRow, ListenerRow, ProgrammeRow
from app.db.unit import unit_of_work
from integrations.platform import PlatformError
from jobs.works import Works

_URL_MAX: Final = 500
_REFUSALS: Final[Mapping[str, str]] = {
    "URL_REFUSED": "The address has to be https, without a name and password in it.",
    "ADDRESS_REFUSED": "The name leads to an address inside a network, where nothing is sent.",
    "UNREACHABLE": "The name leads nowhere.",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("hooks-out", help="tell other systems what changes, by signed webhooks")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    made = verbs.add_parser("add", help="tell an address from now on; prints the secret that signs, once")
    made.add_argument("--shop", required=True, help="the shop's domain, or its id")
    made.add_argument("--url", required=True, type=_url, help="where to send, https")
    made.add_argument(
        "--events", nargs="+", choices=[each.value for each in Change], default=[each.value for each in Change]
    )
    made.set_defaults(run=at_works(_add))
    shown = verbs.add_parser("list", help="the addresses, what waits for them and what was given up")
    shown.add_argument("programme", help="its id, or the domain of one of its shops")
    shown.set_defaults(run=at_scope(_list))
    for verb, perform, meaning in (
        ("rotate", _rotate, "a new secret; the old one signs along for seven days"),
        ("remove", _remove, "tell it nothing any more"),
    ):
        one = verbs.add_parser(verb, help=meaning)
        one.add_argument("listener", type=UUID, help="its id, as `hooks-out list` shows it")
        one.set_defaults(run=at_scope(perform, _of_listener))


def _url(words: str) -> str:
    """Raise argparse.ArgumentTypeError for an address that is too long to be one."""
    if len(words) > _URL_MAX:
        raise argparse.ArgumentTypeError(f"longer than {_URL_MAX} characters")
    return words


def _nobody(listener_id: UUID) -> str:
    return f"Nothing is told to a listener {listener_id}."


def _of_listener(session: Session, options: argparse.Namespace) -> ProgrammeRow:
    whose = session.scalar(select(ListenerRow.programme_id).where(ListenerRow.listener_id == options.listener))
    if whose is None:
        raise finding.NotFoundError(_nobody(options.listener))
    return finding.programme(session, str(whose))


def _add(works: Works, options: argparse.Namespace) -> int:
    """Look at the address before anything is written: asking for its name may take seconds."""
    try:
        works.telling.check(options.url)
        with unit_of_work(works.engine) as session:
            shop = _shop(session, options.shop)
            scope = Scope(session, shop.programme_id, works.clock(), works.cipher)
            made = listeners.add(scope, shop.shop_id, options.url, [Change(each) for each in options.events])
    except PlatformError as refused:
        sys.stderr.write(f"{_REFUSALS.get(refused.code, refused.code)}\n")
        return 2
    except TooManyListenersError:
        sys.stderr.write(f"A shop can have {listeners.LISTENERS_MAX} of them: remove one first.\n")
        return 2
    except finding.NotFoundError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(f"{made.listener_id} is told from now on. The secret, shown this once: {made.secret}\n")
    return 0


def _shop(session: Session, words: str) -> DirectoryRow:
    """Return the shop with this id or domain. Raises NotFoundError."""
    try:
        named = DirectoryRow.shop_id == UUID(words)
    except ValueError:
        named = DirectoryRow.domain == words
    found = session.scalars(select(DirectoryRow).where(named)).all()
    if len(found) != 1:
        raise finding.NotFoundError(
            f"Several shops have the domain {words}: name it by its id." if found else f"No shop is called {words}."
        )
    return found[0]


def _list(scope: Scope, _: ProgrammeRow, __: argparse.Namespace) -> str:
    domains = {shop.shop_id: shop.domain for shop in shops.of_programme(scope.session, scope.programme_id)}
    lines = [
        f"{each.row.listener_id} {domains[each.row.shop_id]} {each.row.url}: {', '.join(each.row.changes)}; "
        f"{each.waiting} waiting, {each.lost} given up{f', last {each.error}' if each.error else ''}"
        for each in listeners.of_programme(scope)
    ]
    return "\n".join(lines) or "Nobody is told of changes."


def _rotate(scope: Scope, _: ProgrammeRow, options: argparse.Namespace) -> str:
    row = listeners.get(scope, options.listener)
    if row is None:
        raise finding.NotFoundError(_nobody(options.listener))
    days = listeners.OLD_SIGNS.days
    return f"The new secret, shown this once; the old one signs along for {days} days: {listeners.rotate(scope, row)}"


def _remove(scope: Scope, _: ProgrammeRow, options: argparse.Namespace) -> str:
    listeners.remove(scope, options.listener)
    return f"{options.listener} is told nothing any more."

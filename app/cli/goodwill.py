"""``kizuna goodwill give`` and ``undo``: an apology to many at once, taken back as one if it was a mistake."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from app.actions.give_goodwill import Batch, give_goodwill, undo_goodwill
from app.cli.working import at_works
from app.db import goodwill
from app.db.scope import Scope
from app.db.unit import reading, unit_of_work
from app.loyalty.errors import LoyaltyError
from jobs.works import Works

_PAGE = 100
Thing = TypeVar("Thing")


def _pages(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    return (things[start : start + _PAGE] for start in range(0, len(things), _PAGE))


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("goodwill", help="give points to many at once, or take such a batch back")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    give = verbs.add_parser("give", help="the same for everybody named; repeating it gives nothing more")
    give.add_argument("--amount", type=int, required=True, help="smallest steps of the unit, for each")
    named = give.add_mutually_exclusive_group(required=True)
    named.add_argument("--orders", type=Path, help="a file with an order's number on each line")
    named.add_argument("--members", type=Path, help="a file with a member's id on each line")
    give.set_defaults(run=at_works(_give))
    undo = verbs.add_parser("undo", help="take back what is still there of a batch")
    undo.set_defaults(run=at_works(_undo), amount=0)
    for verb in (give, undo):
        verb.add_argument("batch", help="a name of your own for the cause")
        verb.add_argument("--programme", type=UUID, required=True)
        verb.add_argument("--why", required=True, help="the reason, which is kept")


def _batch(options: argparse.Namespace) -> Batch:
    return Batch(options.batch, options.amount, "operator", options.why)


def _give(works: Works, options: argparse.Namespace) -> int:
    if options.amount <= 0:
        sys.stderr.write(
            "Give an amount above zero; what was given too much is taken back by `kizuna goodwill undo`.\n"
        )
        return 2
    members, unknown = _named(works, options)
    given = 0
    try:
        for page in _pages(members):
            with unit_of_work(works.engine) as session:
                scope = Scope(session, options.programme, works.clock(), works.cipher)
                given += give_goodwill(scope, _batch(options), page)
    except LoyaltyError as refusal:
        numbers = "".join(f", {name} {number}" for name, number in refusal.numbers().items())
        sys.stderr.write(f"Refused: {refusal.code}{numbers}. {given} members were given it before that.\n")
        return 2
    sys.stdout.write(f"{given} of {len(members)} members were given {options.amount} now; the others had it.\n")
    for name in unknown:
        sys.stdout.write(f"Nobody known: {name}\n")
    return 0


def _named(works: Works, options: argparse.Namespace) -> tuple[list[UUID], list[str]]:
    """Return the members named in the file, each once, and the orders nobody knows."""
    lines = (options.orders or options.members).read_text("utf-8").split()
    if options.members:
        return sorted({UUID(line) for line in lines}), []
    found: dict[str, UUID] = {}
    with reading(works.engine) as session:
        scope = Scope(session, options.programme, works.clock(), works.cipher)
        for page in _pages(lines):
            found |= goodwill.buyers(scope, page)
    return sorted(set(found.values())), [line for line in lines if line not in found]


def _undo(works: Works, options: argparse.Namespace) -> int:
    taken = left = members = 0
    after: UUID | None = None
    while True:
        with unit_of_work(works.engine) as session:
            scope = Scope(session, options.programme, works.clock(), works.cipher)
            page = goodwill.holders(scope, options.batch, after, _PAGE)
            if not page:
                break
            undone = undo_goodwill(scope, _batch(options), page)
        after = page[-1]
        members, taken, left = members + undone.members, taken + undone.taken, left + undone.left
    sys.stdout.write(f"{taken} taken back from {members} members; {left} were used already and stay given.\n")
    return 0

"""``kizuna segments``: who is in a segment: how many, which members; and points for a drawn part of them."""

import argparse
import sys
from collections.abc import Callable
from fractions import Fraction
from uuid import UUID

from app.actions.draw_surprise import Draw, draw_surprise
from app.cli import finding
from app.cli.working import at_programme
from app.db import segments
from app.db.scope import Scope
from app.db.tables import ProgrammeRow
from app.db.unit import reading, unit_of_work
from app.loyalty.errors import LoyaltyError
from jobs.works import Works

_ACTOR = "operator"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("segments", help="count and list the members of a segment, or draw some of them")
    verbs = parser.add_subparsers(dest="what", required=True, metavar="what")
    told = (
        ("list", "print the segments of the programme in force", _list),
        ("count", "print how many members are in a segment now", _count),
        ("members", "print the ids of who is in a segment now, one a line", _members),
        ("draw", "give points to a drawn part of a segment", _draw),
    )
    for name, help_, run in told:
        verb = verbs.add_parser(name, help=help_)
        verb.add_argument("programme", help="its id, or the domain of one of its shops")
        if name != "list":
            verb.add_argument("segment", help="its id, as the list prints it")
        if name == "draw":
            _terms(verb)
        verb.set_defaults(run=_saying(run))


def _terms(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--id", required=True, help="a name of your own; the same draw again gives nothing more")
    verb.add_argument("--seed", required=True, help="any word; the same word draws the same members")
    verb.add_argument("--amount", type=int, required=True, help="smallest steps of the unit, for each winner")
    verb.add_argument("--budget", type=int, required=True, help="smallest steps for all winners together")
    verb.add_argument("--share", type=int, default=100, help="how many in a hundred of the segment win at most")
    verb.add_argument("--why", required=True, help="the reason, which is kept")


def _saying(perform: Callable[[Works, UUID, argparse.Namespace], str]) -> Callable[[argparse.Namespace], int]:
    def run(works: Works, row: ProgrammeRow, options: argparse.Namespace) -> int:
        try:
            sys.stdout.write(perform(works, row.programme_id, options))
        except finding.NotFoundError as problem:
            sys.stderr.write(f"{problem}\n")
        except segments.UnknownSegmentError:
            sys.stderr.write(f"The programme in force has no segment {options.segment}; see kizuna segments list.\n")
        except LoyaltyError as refusal:
            sys.stderr.write(f"Refused: {refusal.code}.\n")
        else:
            return 0
        return 2

    return at_programme(run)


def _list(works: Works, programme_id: UUID, options: argparse.Namespace) -> str:
    del options
    with reading(works.engine, programme_id) as session:
        found = segments.segments(Scope(session, programme_id, works.clock(), works.cipher))
    return "".join(f"{each.id}{f'  {each.name}' if each.name else ''}\n" for each in found)


def _count(works: Works, programme_id: UUID, options: argparse.Namespace) -> str:
    with reading(works.engine, programme_id) as session:
        scope = Scope(session, programme_id, works.clock(), works.cipher)
        return f"{segments.count(scope, segments.describe(scope, options.segment))}\n"


def _ids(works: Works, programme_id: UUID, segment: str) -> list[UUID]:
    with reading(works.engine, programme_id) as session:
        scope = Scope(session, programme_id, works.clock(), works.cipher)
        found = segments.describe(scope, segment)
        return [member_id for page in segments.members(scope, found) for member_id in page]


def _members(works: Works, programme_id: UUID, options: argparse.Namespace) -> str:
    return "".join(f"{member_id}\n" for member_id in _ids(works, programme_id, options.segment))


def _draw(works: Works, programme_id: UUID, options: argparse.Namespace) -> str:
    if options.amount <= 0 or not 0 < options.share <= 100:  # noqa: PLR2004 - in a hundred
        raise finding.NotFoundError("Give an amount above zero, and a share from 1 to 100.")
    ids = _ids(works, programme_id, options.segment)
    most = int(len(ids) * Fraction(options.share, 100))
    draw = Draw(options.id, options.seed, ids, options.amount, options.budget, most, segment=options.segment)
    with unit_of_work(works.engine, programme_id) as session:
        scope = Scope(session, programme_id, works.clock(), works.cipher)
        winners = draw_surprise(scope, draw, actor=_ACTOR, why=options.why)
    return "".join(f"{winner}\n" for winner in winners) + f"{len(winners)} win {options.amount} each.\n"

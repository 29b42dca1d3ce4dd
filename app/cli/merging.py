"""``kizuna merge`` and ``kizuna unmerge``: two members turn out to be one person, or turn out not to be."""

import argparse
import sys
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.merge_members import merge_members
from app.actions.unmerge_members import unmerge_members
from app.cli import finding
from app.cli.working import at_works
from app.db import members
from app.db.scope import Scope
from app.db.tables import MemberRow, ProgrammeRow
from app.db.unit import unit_of_work
from app.loyalty.errors import LoyaltyError
from jobs.works import Works

_ACTOR = "operator"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("merge", help="make two members one")
    parser.add_argument("keep", type=UUID, help="the member that is kept")
    parser.add_argument("lose", type=UUID, help="the member whose points, facts and accounts the kept one gets")
    parser.add_argument("--why", required=True, help="the reason, which is kept")
    parser.set_defaults(run=_with_scope(_merge))
    parser = commands.add_parser("unmerge", help="take a merge back")
    parser.add_argument("lose", type=UUID, help="the member that was merged into another")
    parser.add_argument("--why", required=True, help="the reason, which is kept")
    parser.set_defaults(run=_with_scope(_unmerge))


def _with_scope(
    perform: Callable[[Scope, ProgrammeRow, argparse.Namespace], str],
) -> Callable[[argparse.Namespace], int]:
    def run(works: Works, options: argparse.Namespace) -> int:
        try:
            with unit_of_work(works.engine) as session:
                row = _programme_of(session, options.lose)
                said = perform(Scope(session, row.programme_id, works.clock(), works.cipher), row, options)
        except (LoyaltyError, finding.NotFoundError) as refusal:
            sys.stderr.write(f"{refusal.code if isinstance(refusal, LoyaltyError) else refusal}\n")
            return 2
        sys.stdout.write(f"{said}\n")
        return 0

    return at_works(run)


def _programme_of(session: Session, member_id: UUID) -> ProgrammeRow:
    """Return the programme a member is in; members of two programmes cannot be merged."""
    row = session.scalar(
        select(ProgrammeRow).where(
            ProgrammeRow.programme_id
            == select(MemberRow.programme_id).where(MemberRow.member_id == member_id).scalar_subquery()
        )
    )
    if row is None:
        raise finding.NotFoundError(f"There is no member {member_id}.")
    return row


def _merge(scope: Scope, row: ProgrammeRow, options: argparse.Namespace) -> str:
    del row
    merged = merge_members(scope, options.keep, options.lose, actor=_ACTOR, why=options.why)
    if merged.repeated:
        return f"Nothing to do: {merged.kept_id} stands for both already."
    return f"{merged.kept_id} stands for both now."


def _unmerge(scope: Scope, row: ProgrammeRow, options: argparse.Namespace) -> str:
    if members.standing(scope, [options.lose])[options.lose] == options.lose:
        return f"Nothing to do: {options.lose} stands for itself."
    done = unmerge_members(scope, options.lose, actor=_ACTOR, why=options.why)
    said = f"{done.kept_id} and {done.lost_id} stand for themselves again."
    if not done.rest:
        return said
    debtor, creditor = (done.kept_id, done.lost_id) if done.rest > 0 else (done.lost_id, done.kept_id)
    amount = finding.amount(abs(done.rest), row.unit, row.decimals)
    return f"{said}\n{debtor} used {amount} of {creditor} and has nothing left to give them back: they stay used."

"""``kizuna merge`` and ``kizuna unmerge``: two members turn out to be one person, or turn out not to be."""

import argparse
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.merge_members import merge_members
from app.actions.unmerge_members import unmerge_members
from app.cli import finding
from app.cli.working import at_scope
from app.db import members
from app.db.scope import Scope
from app.db.tables import MemberRow, ProgrammeRow

_ACTOR = "operator"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("merge", help="make two members one")
    parser.add_argument("keep", type=UUID, help="the member that is kept")
    parser.add_argument("lose", type=UUID, help="the member whose points, facts and accounts the kept one gets")
    parser.add_argument("--why", required=True, help="the reason, which is kept")
    parser.set_defaults(run=at_scope(_merge, of=_programme_of))
    parser = commands.add_parser("unmerge", help="take a merge back")
    parser.add_argument("lose", type=UUID, help="the member that was merged into another")
    parser.add_argument("--why", required=True, help="the reason, which is kept")
    parser.set_defaults(run=at_scope(_unmerge, of=_programme_of))


def _programme_of(session: Session, options: argparse.Namespace) -> ProgrammeRow:
    """Return the programme the member is in; members of two programmes cannot be merged."""
    row = session.scalar(
        select(ProgrammeRow).where(
            ProgrammeRow.programme_id
            == select(MemberRow.programme_id).where(MemberRow.member_id == options.lose).scalar_subquery()
        )
    )
    if row is None:
        raise finding.NotFoundError(f"There is no member {options.lose}.")
    return row


def _merge(scope: Scope, _row: ProgrammeRow, options: argparse.Namespace) -> str:
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

"""A member says whether offers, picks and recommendations may be made for them; or staff write down that they did."""

from uuid import UUID

from sqlalchemy import select

from app.db import deeds, merges
from app.db.scope import Scope
from app.db.tables import MemberRow
from app.loyalty.errors import UnknownMemberError

WHAT = "choose_offers"
SHOPPER = "shopper"


def choose_offers(scope: Scope, member_id: UUID, *, wanted: bool, actor: str, why: str = "") -> bool:
    """Keep what a member wants, with who said so; the same once more is nothing. Returns whether it changed.

    Raises UnknownMemberError, also for who was merged into another or erased.
    """
    row = scope.session.scalar(
        select(MemberRow)
        .where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    )
    if row is None or row.is_gone:
        raise UnknownMemberError
    if wanted is (row.impersonal_since is None):
        return False
    merges.set_member(scope, member_id, impersonal_since=None if wanted else scope.now)
    detail = {"wanted": wanted}
    deeds.record(scope, actor=actor, what=WHAT, subject=f"member:{member_id}", why=why, detail=detail)
    return True

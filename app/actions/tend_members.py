"""Tending: releases, codes running out, expiries, version starts and tier days of the members whose moment has come."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.actions.sitting import Sitting
from app.db.scope import Scope
from app.db.tables import MemberRow


def due_members(scope: Scope, limit: int) -> Sequence[UUID]:
    """Return members for whom something is due by now, the longest due first."""
    return list(
        scope.session.scalars(
            select(MemberRow.member_id)
            .where(MemberRow.programme_id == scope.programme_id, MemberRow.due_at <= scope.now)
            .order_by(MemberRow.due_at)
            .limit(limit)
        )
    )


def tend_members(scope: Scope, member_ids: Sequence[UUID]) -> int:
    """Do what is due for a page of members; twice is once. Returns the number of transactions made."""
    return Sitting(scope, member_ids).conclude()

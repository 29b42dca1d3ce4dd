"""Audit: rebuild what should be from the postings, compare, and settle everything again to see that nothing moves."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from app.actions.sitting import Sitting
from app.db import audit, programmes
from app.db.audit import Breach
from app.db.scope import Scope
from app.db.tables import MemberRow

PAGE = 100


def audit_ledger(scope: Scope) -> Iterator[Breach]:
    """Return every breach of the ledger's promises in a programme; none where all is well."""
    yield from audit.breaches(scope.session, scope.programme_id)


def audit_settlements(scope: Scope, after: UUID, limit: int = PAGE) -> tuple[list[Breach], UUID | None]:
    """Settle a page of members in their heads and tell whose points would move; the caller rolls the unit back.

    Returns the breaches and the last member looked at, None where there are no more. Members with something due at this
    moment are left out: they are late, not wrong. A closed programme judges nobody any more.
    """
    if programmes.row(scope.session, scope.programme_id).state == programmes.CLOSED:
        return [], None
    page = list(
        scope.session.scalars(
            select(MemberRow.member_id)
            .where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id > after)
            .order_by(MemberRow.member_id)
            .limit(limit)
        )
    )
    if not page:
        return [], None
    sitting = Sitting(scope, page)
    late = {member_id for member_id, file in sitting.files.items() if file.books.transactions}
    before = {member_id: file.books.number for member_id, file in sitting.files.items()}
    sitting.conclude()
    found = [
        Breach("W3 order-free", member_id, f"settling again posts {file.books.number - before[member_id]} postings")
        for member_id, file in sitting.files.items()
        if member_id not in late and file.books.number != before[member_id]
    ]
    return found, page[-1]

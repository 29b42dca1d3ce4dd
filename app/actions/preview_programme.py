"""A shadow run of a version over the programme's real members and orders: read only, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.db import memberfiles, programmes
from app.db.scope import Scope
from app.db.tables import MemberRow, OrderRow
from app.loyalty.publishing.shadow import Outlook, compared, outlook
from app.loyalty.terms.programme import Version

PAGE = 100
ORDERS = 100


@dataclass(frozen=True, slots=True)
class MemberOutlook:
    """What the version would mean for a member."""

    member_id: UUID
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class OrderOutlook:
    """An order under the shop's own number: points as they are due, and as they would have been."""

    name: str
    member_id: UUID
    paid_at: datetime
    is_due: int
    would_be_due: int


def preview_members(
    scope: Scope, version: Version, after: UUID, limit: int = PAGE
) -> tuple[list[MemberOutlook], UUID | None]:
    """Judge a page of members with and without the version, from its ``starts_at`` on.

    Returns the outlooks and the last member looked at, None where there are no more. Nothing is locked or posted.
    """
    page = list(
        scope.session.scalars(
            select(MemberRow.member_id)
            .where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id > after)
            .order_by(MemberRow.member_id)
            .limit(limit)
        )
    )
    programme = programmes.load(scope.session, scope.programme_id)
    files = memberfiles.load(scope.session, scope.programme_id, page, locked=False)
    found = [MemberOutlook(member, outlook(file.history(), programme, version)) for member, file in files.items()]
    return found, page[-1] if len(page) == limit else None


def preview_orders(scope: Scope, version: Version, limit: int = ORDERS) -> list[OrderOutlook]:
    """Return the orders paid last, each with what it is due and what it would be had the version always been in force.

    The latest payment comes first. Nothing is locked or posted.
    """
    rows = scope.session.execute(
        select(OrderRow.shop_id, OrderRow.order_id, OrderRow.name, OrderRow.member_id)
        .where(OrderRow.programme_id == scope.programme_id, OrderRow.paid_at.is_not(None))
        .order_by(OrderRow.paid_at.desc(), OrderRow.order_id.desc())
        .limit(limit)
    ).all()
    names = {(f"order:{row.order_id}", str(row.shop_id)): row for row in rows}
    programme = programmes.load(scope.session, scope.programme_id)
    files = memberfiles.load(scope.session, scope.programme_id, {row.member_id for row in rows}, locked=False)
    found = []
    for member_id, file in files.items():
        for source, order in compared(file.history(), programme, version, scope.now).items():
            row = names.get((source.name, source.shop))
            if row is not None:
                found.append(OrderOutlook(row.name, member_id, order.paid_at, order.is_due, order.would_be_due))
    return sorted(found, key=lambda order: (order.paid_at, order.name), reverse=True)

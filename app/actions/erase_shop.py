"""Forget a shop whose owner removed the app for good: whom only it knew, what opened it, what it sent."""

from uuid import UUID

from sqlalchemy import delete, or_, select, update

from app.actions.erase_member import erase_member
from app.db import shops
from app.db.privacy import State
from app.db.scope import Scope
from app.db.tables import (
    CursorRow,
    DirectoryRow,
    IdentityRow,
    InboxBodyRow,
    ListenerRow,
    OutboxRow,
    PrivacyRow,
)
from app.loyalty.facts import Duty

PAGE = 50


def erase_members_of_shop(scope: Scope, shop_id: UUID, *, actor: str, why: str) -> int:
    """Erase a page of the members that this shop alone knows; others lose their names here. Returns how many it was.

    A member that another shop of the programme knows too stays a member: the other shop did not ask.
    """
    found = list(
        scope.session.scalars(
            select(IdentityRow.member_id)
            .distinct()
            .where(IdentityRow.programme_id == scope.programme_id, IdentityRow.shop_id == shop_id)
            .order_by(IdentityRow.member_id)
            .limit(PAGE)
        )
    )
    elsewhere = set(
        scope.session.scalars(
            select(IdentityRow.member_id)
            .distinct()
            .where(
                IdentityRow.programme_id == scope.programme_id,
                IdentityRow.member_id.in_(found),
                IdentityRow.shop_id != shop_id,
            )
        )
    )
    for member_id in found:
        if member_id not in elsewhere:
            erase_member(scope, member_id, actor=actor, why=why)
    scope.session.execute(
        delete(IdentityRow).where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.member_id.in_(found),
        )
    )
    return len(found)


def forget_shop(scope: Scope, shop_id: UUID) -> None:
    """Drop what a shop sent, what opened it and where it was found; the ledger keeps its random id.

    Members who joined there stay members of the programme. A shop that comes back afterwards is a new one. Files that
    its customers asked for are owed no more: nothing of them is left, and nobody is there to hand them over.
    """
    session, programme_id = scope.session, scope.programme_id
    shops.drop_credentials(session, programme_id, shop_id)
    for table in (InboxBodyRow, CursorRow, ListenerRow):
        session.execute(delete(table).where(table.programme_id == programme_id, table.shop_id == shop_id))
    session.execute(
        delete(OutboxRow).where(
            OutboxRow.programme_id == programme_id, OutboxRow.shop_id == shop_id, OutboxRow.state == "waiting"
        )
    )
    session.execute(
        update(PrivacyRow)
        .where(
            PrivacyRow.programme_id == programme_id,
            PrivacyRow.shop_id == shop_id,
            or_(
                PrivacyRow.state == State.SCRUBBING.value,
                (PrivacyRow.duty == Duty.CUSTOMER_DATA.value) & (PrivacyRow.state != State.DONE.value),
            ),
        )
        .values(state=State.DONE.value, done_at=scope.now, sealed=None, customer_id=None)
    )
    session.execute(
        delete(DirectoryRow).where(DirectoryRow.programme_id == programme_id, DirectoryRow.shop_id == shop_id)
    )
    row = shops.get(session, programme_id, shop_id)
    row.domain, row.name, row.external_id, row.home_url = str(shop_id), "—", None, None

"""A member leaves the programme: forgotten like anybody who asks for it, and out of it until they join again."""

from uuid import UUID

from sqlalchemy import select

from app.actions.choose_offers import SHOPPER
from app.actions.erase_member import erase_member
from app.actions.join_member import join_member
from app.db import erasing, forgotten, members
from app.db.scope import Scope
from app.db.tables import IdentityRow
from app.loyalty.errors import UnknownMemberError


def leave_programme(scope: Scope, shop_id: UUID, customer_id: str) -> None:
    """Forget the member whom a shop knows by this customer id, for good, and keep their accounts out.

    Points that are left end and unused codes are disabled. What the accounts do at the shops afterwards makes nobody a
    member; who buys as a guest is a guest like any other. Raises UnknownMemberError.
    """
    member_id = members.find(scope, shop_id, [customer_id]).get(customer_id)
    if member_id is None:
        raise UnknownMemberError
    stands = members.standing(scope, [member_id])[member_id]
    names = scope.session.execute(
        select(IdentityRow.shop_id, IdentityRow.customer_id).where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.member_id.in_(erasing.themselves(scope, stands)),
            ~IdentityRow.customer_id.startswith("guest:"),
        )
    ).all()
    erase_member(scope, member_id, actor=SHOPPER, why="left by themselves")
    forgotten.keep(scope, [(shop, name) for shop, name in names], stays_out=True)


def join_again(scope: Scope, shop_id: UUID, customer_id: str, email: str | None) -> UUID:
    """Let a customer in, who may have left before. Returns the member; what was before stays forgotten."""
    forgotten.let_in(scope, shop_id, customer_id)
    return join_member(scope, shop_id, customer_id, email)

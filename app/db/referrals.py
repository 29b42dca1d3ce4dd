"""Referrals by what is known of them: the advocate's code, the friend's address, what the friend bought before."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select

from app.db import members
from app.db.scope import Scope
from app.db.tables import MemberRow, OrderRow, ReferralRow


def advocate(scope: Scope, code: str, *, lock: bool = False) -> MemberRow | None:
    """Return the member whose link has this code, or who stands for that one.

    With ``lock`` nobody else claims by it meanwhile.
    """
    found = scope.session.scalar(
        select(MemberRow.member_id).where(MemberRow.programme_id == scope.programme_id, MemberRow.referral_code == code)
    )
    if found is None:
        return None
    query = select(MemberRow).where(
        MemberRow.programme_id == scope.programme_id, MemberRow.member_id == members.standing(scope, [found])[found]
    )
    return scope.session.scalar(query.with_for_update() if lock else query)


def claimed(scope: Scope, email_hash: str) -> ReferralRow | None:
    """Return the first claim made with an address."""
    return scope.session.scalar(
        select(ReferralRow)
        .where(ReferralRow.programme_id == scope.programme_id, ReferralRow.email_hash == email_hash)
        .order_by(ReferralRow.at, ReferralRow.referral_id)
        .limit(1)
    )


def first_purchase(scope: Scope, member_ids: Iterable[UUID]) -> datetime | None:
    """Return when any of these members first paid for an order."""
    return scope.session.scalar(
        select(func.min(OrderRow.paid_at)).where(
            OrderRow.programme_id == scope.programme_id, OrderRow.member_id.in_(sorted(set(member_ids)))
        )
    )


def put_claim(scope: Scope, claim: ReferralRow) -> None:
    """Store a claim: a referral whose friend is known by a code until an order uses it."""
    scope.session.execute(
        insert(ReferralRow).values(
            programme_id=scope.programme_id,
            referral_id=claim.referral_id,
            shop_id=claim.shop_id,
            advocate_id=claim.advocate_id,
            friend_id=None,
            at=claim.at,
            code=claim.code,
            code_state=claim.code_state,
            ends_at=claim.ends_at,
            email_hash=claim.email_hash,
            channel=claim.channel,
        )
    )

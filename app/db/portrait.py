"""One member as staff see them: where points lie, what comes and goes next, codes, referrals, names at shops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.db.people import NOBODY, Person, people
from app.db.scope import Scope
from app.db.tables import BalanceRow, IdentityRow, LotRow, MemberRow, OrderRow, RedemptionRow, ReferralRow
from app.loyalty.ledger.postings import Account

CODES_SHOWN = 10
REFERRALS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Next:
    """What moves next by itself: an amount at an instant."""

    at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class Portrait:
    """Amounts in smallest steps of the unit. ``names`` knows the people of the referrals, too."""

    member: MemberRow
    available: int
    pending: int
    held: int
    owed: int
    release: Next | None
    expiry: Next | None
    codes: Sequence[RedemptionRow]
    orders: Mapping[tuple[UUID, str], str]
    """What people call the orders that used the codes."""
    invited: Sequence[ReferralRow]
    invited_by: ReferralRow | None
    identities: Sequence[IdentityRow]
    names: dict[UUID, Person]

    @property
    def person(self) -> Person:
        """Return the member's own person."""
        return self.names.get(self.member.member_id, NOBODY)


def portrait(scope: Scope, member_id: UUID) -> Portrait | None:
    """Return a member of the programme, None where it has no such member."""
    session, programme_id = scope.session, scope.programme_id
    member = session.scalar(
        select(MemberRow).where(MemberRow.programme_id == programme_id, MemberRow.member_id == member_id)
    )
    if member is None:
        return None
    sums: dict[str, int] = {
        account: int(amount)
        for account, amount in session.execute(
            select(BalanceRow.account, func.sum(BalanceRow.amount))
            .where(BalanceRow.programme_id == programme_id, BalanceRow.member_id == member_id)
            .group_by(BalanceRow.account)
        )
    }
    invited = session.scalars(
        select(ReferralRow)
        .where(ReferralRow.programme_id == programme_id, ReferralRow.advocate_id == member_id)
        .order_by(ReferralRow.at.desc())
        .limit(REFERRALS_SHOWN)
    ).all()
    invited_by = session.scalar(
        select(ReferralRow)
        .where(ReferralRow.programme_id == programme_id, ReferralRow.friend_id == member_id)
        .order_by(ReferralRow.at, ReferralRow.referral_id)
        .limit(1)
    )
    codes = session.scalars(
        select(RedemptionRow)
        .where(RedemptionRow.programme_id == programme_id, RedemptionRow.member_id == member_id)
        .order_by(RedemptionRow.requested_at.desc())
        .limit(CODES_SHOWN)
    ).all()
    known = {member_id, *(row.friend_id for row in invited if row.friend_id is not None)}
    if invited_by is not None:
        known.add(invited_by.advocate_id)
    return Portrait(
        member,
        sums.get(Account.AVAILABLE.value, 0),
        sums.get(Account.PENDING.value, 0),
        sums.get(Account.HELD.value, 0),
        -sums.get(Account.DEBT.value, 0),
        _next(scope, member_id, Account.PENDING),
        _next(scope, member_id, Account.AVAILABLE),
        codes,
        _names_of_orders(scope, codes),
        invited,
        invited_by,
        session.scalars(
            select(IdentityRow)
            .where(IdentityRow.programme_id == programme_id, IdentityRow.member_id == member_id)
            .order_by(IdentityRow.created_at, IdentityRow.customer_id)
        ).all(),
        people(scope, known),
    )


def _names_of_orders(scope: Scope, codes: Sequence[RedemptionRow]) -> dict[tuple[UUID, str], str]:
    used = [(row.use_shop_id, row.use_order) for row in codes if row.use_order is not None]
    rows = scope.session.execute(
        select(OrderRow.shop_id, OrderRow.order_id, OrderRow.name).where(
            OrderRow.programme_id == scope.programme_id, tuple_(OrderRow.shop_id, OrderRow.order_id).in_(used)
        )
    )
    return {(shop_id, order_id): name for shop_id, order_id, name in rows}


def _next(scope: Scope, member_id: UUID, account: Account) -> Next | None:
    """Return what is released (pending) or expires (available) first, and how much of it at that instant."""
    instant = LotRow.release_at if account is Account.PENDING else LotRow.expires_at
    row = scope.session.execute(
        select(instant, func.sum(BalanceRow.amount))
        .select_from(BalanceRow)
        .join(
            LotRow,
            (LotRow.programme_id == BalanceRow.programme_id)
            & (LotRow.member_id == BalanceRow.member_id)
            & (LotRow.lot == BalanceRow.lot),
        )
        .where(
            BalanceRow.programme_id == scope.programme_id,
            BalanceRow.member_id == member_id,
            BalanceRow.account == account.value,
            BalanceRow.amount > 0,
            instant.is_not(None),
        )
        .group_by(instant)
        .order_by(instant)
        .limit(1)
    ).one_or_none()
    return Next(row[0], int(row[1])) if row is not None and row[0] is not None else None

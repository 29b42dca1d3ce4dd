"""A member's history as shoppers see it: every movement of what can be spent, with the balance after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.db.origins import Behind, Reader
from app.db.tables import PostingRow, ReferralRow, TransactionRow
from app.loyalty.ledger.postings import Account, Reason, Source

SPENDABLE = (Account.AVAILABLE.value, Account.DEBT.value)
"""Available less debt: what leaves debt makes it larger, so both accounts count alike."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One transaction that changed what can be spent. ``balance_after`` is below zero while points are owed."""

    number: int
    reason: Reason
    source: Source
    at: datetime
    change: int
    balance_after: int
    behind: Behind


def _change() -> ColumnElement[int]:
    comes = case((PostingRow.to_account.in_(SPENDABLE), PostingRow.amount), else_=0)
    goes = case((PostingRow.from_account.in_(SPENDABLE), PostingRow.amount), else_=0)
    return func.sum(comes - goes)


def movements(
    session: Session, programme_id: UUID, member_id: UUID, *, before: int | None, limit: int
) -> tuple[Sequence[Movement], int | None]:
    """Return a page, newest first, and the number to ask for the next with (None: that is all).

    Postings are only ever added, so two pages asked for at different times fit together.
    """
    change = _change()
    query = (
        select(TransactionRow, change)
        .join(
            PostingRow,
            (PostingRow.programme_id == TransactionRow.programme_id)
            & (PostingRow.member_id == TransactionRow.member_id)
            & (PostingRow.transaction_number == TransactionRow.number),
        )
        .where(TransactionRow.programme_id == programme_id, TransactionRow.member_id == member_id)
        .group_by(*TransactionRow.__table__.columns)
        .having(change != 0)
        .order_by(TransactionRow.number.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(TransactionRow.number < before)
    found = [(row, int(amount)) for row, amount in session.execute(query)]
    page = found[:limit]
    if not page:
        return (), None
    behind = Reader(session, programme_id, [(member_id, row.source) for row, _ in page])
    balance = _balance_after(session, programme_id, member_id, page[0][0].number)
    entries = []
    for row, amount in page:
        source = Source.parse(row.source)
        what = behind.of(member_id, row.source, behind.lots.get((member_id, row.source)))
        entries.append(Movement(row.number, Reason(row.reason), source, row.at, amount, balance, what))
        balance -= amount
    return entries, page[-1][0].number if len(found) > limit else None


def _balance_after(session: Session, programme_id: UUID, member_id: UUID, number: int) -> int:
    """Return what could be spent after a transaction, by the postings up to it."""
    total = session.scalar(
        select(_change()).where(
            PostingRow.programme_id == programme_id,
            PostingRow.member_id == member_id,
            PostingRow.transaction_number <= number,
        )
    )
    return int(total or 0)


def as_friend(session: Session, programme_id: UUID, member_id: UUID) -> frozenset[str]:
    """Return the referrals in which a member was the friend."""
    return frozenset(
        session.scalars(
            select(ReferralRow.referral_id).where(
                ReferralRow.programme_id == programme_id, ReferralRow.friend_id == member_id
            )
        )
    )

"""What shops of a programme owe each other: points issued by one and used in orders of another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.db.tables import LotRow, PostingRow, TransactionRow
from app.loyalty.ledger.postings import Account, Reason


@dataclass(frozen=True, slots=True)
class Owed:
    """``issuer`` owes ``spender`` for ``amount`` (smallest steps) of its points, used at ``spender``'s less undone.

    Below zero where a window saw more uses undone than made: then the spender owes it back.
    """

    issuer: UUID
    spender: UUID
    amount: int


def owed_between(
    session: Session, programme_id: UUID, *, since: datetime | None = None, until: datetime | None = None
) -> list[Owed]:
    """Return what was used between two shops, by the instant of use (``since`` <= at < ``until``), zeros left out.

    One GROUP BY over captured postings: the lot's shop, the transaction's shop. Points drawn from debt belong to no
    lot, and a lot that a redemption opened for them was issued by nobody: neither is owed (cases FORMAT section 10).
    """
    used = PostingRow.to_account == Account.REDEEMED.value
    undone = PostingRow.from_account == Account.REDEEMED.value
    lot = case((used, PostingRow.from_lot), else_=PostingRow.to_lot)
    amount = func.sum(case((used, PostingRow.amount), else_=-PostingRow.amount))
    query = (
        select(LotRow.shop_id, TransactionRow.shop_id, amount)
        .select_from(TransactionRow)
        .join(
            PostingRow,
            (PostingRow.programme_id == TransactionRow.programme_id)
            & (PostingRow.member_id == TransactionRow.member_id)
            & (PostingRow.transaction_number == TransactionRow.number),
        )
        .join(
            LotRow,
            (LotRow.programme_id == PostingRow.programme_id)
            & (LotRow.member_id == PostingRow.member_id)
            & (LotRow.lot == lot),
        )
        .where(
            TransactionRow.programme_id == programme_id,
            TransactionRow.reason.in_((Reason.USE.value, Reason.GIVE_BACK.value)),
            or_(and_(used, PostingRow.from_lot != 0), and_(undone, PostingRow.to_lot != 0)),
            LotRow.shop_id != TransactionRow.shop_id,
            LotRow.source != TransactionRow.source,
        )
        .group_by(LotRow.shop_id, TransactionRow.shop_id)
        .having(amount != 0)
        .order_by(LotRow.shop_id, TransactionRow.shop_id)
    )
    if since is not None:
        query = query.where(TransactionRow.at >= since)
    if until is not None:
        query = query.where(TransactionRow.at < until)
    return [Owed(issuer, spender, int(total)) for issuer, spender, total in session.execute(query)]


def standings(owed: Iterable[Owed]) -> Mapping[UUID, int]:
    """Return what each shop is to get from all others, below zero where it has to give: the sum is zero."""
    found: dict[UUID, int] = {}
    for entry in owed:
        found[entry.spender] = found.get(entry.spender, 0) + entry.amount
        found[entry.issuer] = found.get(entry.issuer, 0) - entry.amount
    return found

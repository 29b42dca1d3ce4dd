"""The auditor's questions: every answer should be empty; what comes back is a breach, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.db.tables import BalanceRow, DeedRow, MemberRow, PostingRow, SettlementRow, TransactionRow
from app.db.tables.ledger import OF_ITS_TRANSACTION
from app.loyalty.ledger.postings import Account, Reason

_MOVE_WHAT_WAS_GIVEN = (
    Reason.AWARD, Reason.TAKE_BACK, Reason.EXPIRE, Reason.MERGE, Reason.UNMERGE, Reason.ERASE,
)  # fmt: skip
"""Reasons that change what a source was given, or what of it expired."""
NOBODY = UUID(int=0)
"""Stands where a breach is no single member's."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One row that should not be: which promise, of which member, and the numbers."""

    promise: str
    member_id: UUID
    detail: str


def breaches(session: Session, programme_id: UUID) -> Iterator[Breach]:
    """Return every breach in a programme: balances against a fold of the postings, numbering, overdrafts, the law."""
    yield from _unlike_folds(session, programme_id)
    yield from _overdrawn(session, programme_id)
    yield from _debt_beside_points(session, programme_id)
    yield from _gaps(session, programme_id)
    yield from _orphans(session, programme_id)
    yield from _settled_otherwise(session, programme_id)
    yield from _lost_between_members(session, programme_id)
    yield from _left_with_tombstones(session, programme_id)


def _fold(programme_id: UUID) -> Select[UUID, str, int, int]:
    """Return what every address should hold: all that came in less all that went out."""
    came = select(
        PostingRow.member_id,
        PostingRow.to_account.label("account"),
        PostingRow.to_lot.label("lot"),
        PostingRow.amount.label("amount"),
    ).where(PostingRow.programme_id == programme_id)
    went = select(
        PostingRow.member_id,
        PostingRow.from_account.label("account"),
        PostingRow.from_lot.label("lot"),
        (-PostingRow.amount).label("amount"),
    ).where(PostingRow.programme_id == programme_id)
    moves = union_all(came, went).subquery()
    return select(moves.c.member_id, moves.c.account, moves.c.lot, func.sum(moves.c.amount).label("amount")).group_by(
        moves.c.member_id, moves.c.account, moves.c.lot
    )


def _unlike_folds(session: Session, programme_id: UUID) -> Iterator[Breach]:
    fold = _fold(programme_id).subquery()
    same = and_(
        BalanceRow.programme_id == programme_id,
        BalanceRow.member_id == fold.c.member_id,
        BalanceRow.account == fold.c.account,
        BalanceRow.lot == fold.c.lot,
    )
    stored = func.coalesce(BalanceRow.amount, 0)
    differing = (
        select(fold.c.member_id, fold.c.account, fold.c.lot, fold.c.amount, stored)
        .outerjoin(BalanceRow, same)
        .where(fold.c.amount != stored)
    )
    for member_id, account, lot, folded, kept in session.execute(differing):
        yield Breach("L5 cache = truth", member_id, f"{account} lot {lot}: postings say {folded}, balance says {kept}")
    alone = (
        select(BalanceRow.member_id, BalanceRow.account, BalanceRow.lot, BalanceRow.amount)
        .outerjoin(fold, same)
        .where(BalanceRow.programme_id == programme_id, fold.c.member_id.is_(None), BalanceRow.amount != 0)
    )
    for member_id, account, lot, kept in session.execute(alone):
        yield Breach("L5 cache = truth", member_id, f"{account} lot {lot}: no posting, balance says {kept}")


def _overdrawn(session: Session, programme_id: UUID) -> Iterator[Breach]:
    rows = session.execute(
        select(BalanceRow.member_id, BalanceRow.account, BalanceRow.lot, BalanceRow.amount).where(
            BalanceRow.programme_id == programme_id,
            BalanceRow.account.in_(("pending", "available", "held")),
            BalanceRow.amount < 0,
        )
    )
    for member_id, account, lot, amount in rows:
        yield Breach("L4 no overdraft", member_id, f"{account} lot {lot}: {amount}")


def _debt_beside_points(session: Session, programme_id: UUID) -> Iterator[Breach]:
    debt = func.sum(case((BalanceRow.account == "debt", BalanceRow.amount), else_=0))
    available = func.sum(case((BalanceRow.account == "available", BalanceRow.amount), else_=0))
    rows = session.execute(
        select(BalanceRow.member_id, debt, available)
        .where(BalanceRow.programme_id == programme_id)
        .group_by(BalanceRow.member_id)
        .having(debt != 0, (debt > 0) | (available > 0))
    )
    for member_id, owed, spendable in rows:
        yield Breach("L4 no overdraft", member_id, f"debt {owed} beside available {spendable}")


def _gaps(session: Session, programme_id: UUID) -> Iterator[Breach]:
    counted = (
        select(PostingRow.member_id, func.count().label("count"), func.max(PostingRow.number).label("last"))
        .where(PostingRow.programme_id == programme_id)
        .group_by(PostingRow.member_id)
        .subquery()
    )
    rows = session.execute(
        select(MemberRow.member_id, MemberRow.number, counted.c.count, counted.c.last)
        .join(counted, counted.c.member_id == MemberRow.member_id)
        .where(
            MemberRow.programme_id == programme_id,
            (counted.c.count != counted.c.last) | (MemberRow.number != counted.c.last),
        )
    )
    for member_id, number, count, last in rows:
        yield Breach("L2 append-only", member_id, f"{count} postings, the last is {last}, the member says {number}")


def _orphans(session: Session, programme_id: UUID) -> Iterator[Breach]:
    rows = session.execute(
        select(PostingRow.member_id, PostingRow.number)
        .outerjoin(
            TransactionRow,
            OF_ITS_TRANSACTION,
        )
        .where(PostingRow.programme_id == programme_id, TransactionRow.number.is_(None))
    )
    for member_id, number in rows:
        yield Breach("L1 conservation", member_id, f"posting {number} belongs to no transaction")


def _settled_otherwise(session: Session, programme_id: UUID) -> Iterator[Breach]:
    """Compare what settlements say was posted and expired with what the postings of their sources moved."""
    moved = (
        select(
            TransactionRow.member_id,
            TransactionRow.source,
            func.sum(
                case(
                    (and_(PostingRow.from_account == "issued", PostingRow.to_account != "issued"), PostingRow.amount),
                    (PostingRow.to_account == "issued", -PostingRow.amount),
                    else_=0,
                )
            ).label("posted"),
            func.sum(
                case(
                    (PostingRow.to_account == "expired", PostingRow.amount),
                    (PostingRow.from_account == "expired", -PostingRow.amount),
                    else_=0,
                )
            ).label("expired"),
        )
        .join(
            PostingRow,
            OF_ITS_TRANSACTION,
        )
        .where(
            TransactionRow.programme_id == programme_id,
            TransactionRow.reason.in_(
                [reason.value for reason in _MOVE_WHAT_WAS_GIVEN],
            ),
        )
        .group_by(TransactionRow.member_id, TransactionRow.source)
        .subquery()
    )
    rows = session.execute(
        select(
            SettlementRow.member_id,
            SettlementRow.source,
            SettlementRow.posted,
            SettlementRow.expired,
            func.coalesce(moved.c.posted, literal(0)),
            func.coalesce(moved.c.expired, literal(0)),
        )
        .outerjoin(moved, (moved.c.member_id == SettlementRow.member_id) & (moved.c.source == SettlementRow.source))
        .where(
            SettlementRow.programme_id == programme_id,
            (SettlementRow.posted != func.coalesce(moved.c.posted, literal(0)))
            | (SettlementRow.expired != func.coalesce(moved.c.expired, literal(0))),
        )
    )
    for member_id, source, posted, expired, really_posted, really_expired in rows:
        detail = (
            f"{source}: posted {posted}, postings say {really_posted}; expired {expired}, postings say {really_expired}"
        )
        yield Breach("L3 once", member_id, detail)


def _lost_between_members(session: Session, programme_id: UUID) -> Iterator[Breach]:
    """What left one member's books for another's arrived there: over all members nothing is on the way.

    What shops took into another programme, or brought from one, is what the deeds of both sides say.
    """
    amount = session.scalar(
        select(func.sum(BalanceRow.amount)).where(
            BalanceRow.programme_id == programme_id, BalanceRow.account == Account.MOVED.value
        )
    )
    told = session.scalars(
        select(DeedRow.detail).where(
            DeedRow.programme_id == programme_id, DeedRow.what.in_(("shop_moved_out", "shop_moved_in"))
        )
    )
    amount = (amount or 0) - sum(int(detail["moved"]) for detail in told)
    if amount:
        yield Breach("L1 conservation", NOBODY, f"{amount} moved out of members' books and into none")


def _left_with_tombstones(session: Session, programme_id: UUID) -> Iterator[Breach]:
    """A member that was merged into another holds nothing any more."""
    rows = session.execute(
        select(BalanceRow.member_id, BalanceRow.account, BalanceRow.lot, BalanceRow.amount)
        .join(
            MemberRow,
            (MemberRow.programme_id == BalanceRow.programme_id) & (MemberRow.member_id == BalanceRow.member_id),
        )
        .where(BalanceRow.programme_id == programme_id, MemberRow.merged_into.is_not(None), BalanceRow.amount != 0)
    )
    for member_id, account, lot, amount in rows:
        yield Breach("L1 conservation", member_id, f"merged, but {account} lot {lot} still holds {amount}")

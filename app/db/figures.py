"""A programme's figures as the ledger has them: members, points outstanding, given, redeemed and expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.db.tables import BalanceRow, MemberRow, PostingRow, SettlementRow, TransactionRow
from app.db.tables.members import STANDING
from app.loyalty.ledger.postings import Account, Reason

PERIOD = timedelta(days=30)
_STEP = timedelta(days=3)
_STEPS = 10
_BY_HAND = (Account.GRANTED.value, Account.IMPORTED.value)
_REASONS = tuple(
    reason.value for reason in (Reason.ADJUST, Reason.IMPORT, Reason.USE, Reason.GIVE_BACK, Reason.EXPIRE, Reason.ERASE)
)
"""The movements in which points come from people's hands, are redeemed, or expire."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in the last 30 days, in steps of three days, and in the 30 days before."""

    steps: tuple[int, ...]
    before: int

    @property
    def now(self) -> int:
        """Return the sum of the last 30 days."""
        return sum(self.steps)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What members hold now, in smallest steps of the unit; ``owed`` is what they owe."""

    available: int
    pending: int
    held: int
    owed: int

    @property
    def total(self) -> int:
        """Return all that may still be spent: available, on the way and on hold."""
        return self.available + self.pending + self.held


@dataclass(frozen=True, slots=True)
class Figures:
    """A programme's five figures. ``given`` counts by the day of the order, review or sign-up, refunds taken off."""

    members: int
    joined: Flow
    outstanding: Outstanding
    given: Flow
    redeemed: Flow
    expired: Flow


def figures(session: Session, programme_id: UUID, now: datetime) -> Figures:
    """Return the figures of a programme as of now."""
    windows = _windows(now)
    by_hand, redeemed, expired = _moved(session, programme_id, windows)
    settled = _settled(session, programme_id, windows)
    return Figures(
        members=_members(session, programme_id),
        joined=_joined(session, programme_id, windows),
        outstanding=outstanding(session, programme_id),
        given=_flow([fact + hand for fact, hand in zip(settled, by_hand, strict=True)]),
        redeemed=_flow(redeemed),
        expired=_flow(expired),
    )


def outstanding(session: Session, programme_id: UUID) -> Outstanding:
    """Return what all members of a programme hold and owe."""
    rows = session.execute(
        select(BalanceRow.account, func.sum(BalanceRow.amount))
        .where(
            BalanceRow.programme_id == programme_id,
            BalanceRow.account.in_(
                [Account.AVAILABLE.value, Account.PENDING.value, Account.HELD.value, Account.DEBT.value]
            ),
        )
        .group_by(BalanceRow.account)
    )
    found = {account: int(amount) for account, amount in rows}
    return Outstanding(
        found.get(Account.AVAILABLE.value, 0),
        found.get(Account.PENDING.value, 0),
        found.get(Account.HELD.value, 0),
        -found.get(Account.DEBT.value, 0),
    )


def _members(session: Session, programme_id: UUID) -> int:
    count = session.scalar(
        select(func.count()).select_from(MemberRow).where(MemberRow.programme_id == programme_id, *STANDING)
    )
    return int(count or 0)


Window = tuple[datetime, datetime]


def _windows(now: datetime) -> list[Window]:
    """Return the period before, then the steps of the last period, the oldest first; each without its beginning."""
    edges = [now - PERIOD + _STEP * step for step in range(_STEPS)] + [now]
    return [(now - 2 * PERIOD, edges[0]), *pairwise(edges)]


def _flow(amounts: Sequence[int]) -> Flow:
    before, *steps = amounts
    return Flow(tuple(steps), before)


def _joined(session: Session, programme_id: UUID, windows: Sequence[Window]) -> Flow:
    since: ColumnElement[datetime] = func.coalesce(MemberRow.joined_at, MemberRow.created_at)
    counts = [
        func.coalesce(func.sum(case((and_(since > begin, since <= end), 1), else_=0)), 0) for begin, end in windows
    ]
    row = session.execute(
        select(*counts).where(MemberRow.programme_id == programme_id, *STANDING, since > windows[0][0])
    ).one()
    return _flow([int(count) for count in row])


def _settled(session: Session, programme_id: UUID, windows: Sequence[Window]) -> list[int]:
    """Return what the facts of each window were given, as they are settled now."""
    parts = [
        select(literal(index), func.sum(SettlementRow.posted)).where(
            SettlementRow.programme_id == programme_id, SettlementRow.moment > begin, SettlementRow.moment <= end
        )
        for index, (begin, end) in enumerate(windows)
    ]
    found = {index: int(amount or 0) for index, amount in session.execute(union_all(*parts))}
    return [found[index] for index in range(len(windows))]


def _moved(session: Session, programme_id: UUID, windows: Sequence[Window]) -> tuple[list[int], list[int], list[int]]:
    """Return for each window what people gave by hand, what was redeemed and what expired, each less what came back."""
    parts = [
        select(
            literal(index),
            -_net(*_BY_HAND),
            _net(Account.REDEEMED.value, Account.DONATED.value),
            _net(Account.EXPIRED.value),
        )
        .select_from(TransactionRow)
        .join(
            PostingRow,
            (PostingRow.programme_id == TransactionRow.programme_id)
            & (PostingRow.member_id == TransactionRow.member_id)
            & (PostingRow.transaction_number == TransactionRow.number),
        )
        .where(
            TransactionRow.programme_id == programme_id,
            TransactionRow.at > begin,
            TransactionRow.at <= end,
            TransactionRow.reason.in_(_REASONS),
        )
        for index, (begin, end) in enumerate(windows)
    ]
    found = {
        index: (int(by_hand), int(redeemed), int(expired))
        for index, by_hand, redeemed, expired in session.execute(union_all(*parts))
    }
    rows = [found[index] for index in range(len(windows))]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def _net(*accounts: str) -> ColumnElement[int]:
    """Return the sum of what went into some of the programme's accounts, less what came out of them."""
    into = case((PostingRow.to_account.in_(accounts), PostingRow.amount), else_=0)
    out = case((PostingRow.from_account.in_(accounts), PostingRow.amount), else_=0)
    return func.coalesce(func.sum(into - out), 0)

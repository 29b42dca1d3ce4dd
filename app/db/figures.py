"""A programme's figures as the ledger has them: members, points outstanding, given, redeemed and expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.tables import BalanceRow, MemberRow, PostingRow, SettlementRow, TransactionRow
from app.loyalty.ledger import Account, Reason

PERIOD = timedelta(days=30)
_STEP = timedelta(days=3)
_STEPS = 10
_BY_HAND = (Account.GRANTED.value, Account.IMPORTED.value)


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
    return Figures(
        members=_members(session, programme_id),
        joined=_joined(session, programme_id, now),
        outstanding=outstanding(session, programme_id),
        given=_given(session, programme_id, now),
        redeemed=_through(session, programme_id, Account.REDEEMED, (Reason.USE, Reason.GIVE_BACK), now),
        expired=_through(session, programme_id, Account.EXPIRED, (Reason.EXPIRE,), now),
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
    count = session.scalar(select(func.count()).select_from(MemberRow).where(MemberRow.programme_id == programme_id))
    return int(count or 0)


Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None] | ColumnElement[datetime]


def _steps(instant: Instant, amount: ColumnElement[int] | int, now: datetime) -> list[ColumnElement[int]]:
    """Return one sum for the period before, then one for each step of the last period, the oldest first."""
    edges = [now - PERIOD + _STEP * step for step in range(_STEPS)] + [now]
    windows = [(now - 2 * PERIOD, edges[0]), *pairwise(edges)]
    return [
        func.coalesce(func.sum(case((and_(instant > since, instant <= until), amount), else_=0)), 0)
        for since, until in windows
    ]


def _flow(session: Session, *statements: Select[*tuple[int, ...]]) -> Flow:
    """Add up what several statements counted step by step."""
    rows = [session.execute(statement).one() for statement in statements]
    before, *steps = (sum(int(part) for part in parts) for parts in zip(*rows, strict=True))
    return Flow(tuple(steps), before)


def _joined(session: Session, programme_id: UUID, now: datetime) -> Flow:
    since: ColumnElement[datetime] = func.coalesce(MemberRow.joined_at, MemberRow.created_at)
    return _flow(session, select(*_steps(since, 1, now)).where(MemberRow.programme_id == programme_id))


def _given(session: Session, programme_id: UUID, now: datetime) -> Flow:
    """Return what facts of these days were given, as settled now, and what people gave or took by hand."""
    settled = select(*_steps(SettlementRow.moment, SettlementRow.posted.expression, now)).where(
        SettlementRow.programme_id == programme_id, SettlementRow.moment > now - 2 * PERIOD
    )
    by_hand = _moved(programme_id, _net(_BY_HAND, comes_from=True), (Reason.ADJUST, Reason.IMPORT), now)
    return _flow(session, settled, by_hand)


def _through(session: Session, programme_id: UUID, account: Account, reasons: Sequence[Reason], now: datetime) -> Flow:
    """Return what went into one of the programme's accounts, less what came back."""
    return _flow(session, _moved(programme_id, _net((account.value,), comes_from=False), reasons, now))


def _net(accounts: Sequence[str], *, comes_from: bool) -> ColumnElement[int]:
    out = case((PostingRow.from_account.in_(accounts), PostingRow.amount), else_=0)
    into = case((PostingRow.to_account.in_(accounts), PostingRow.amount), else_=0)
    return out - into if comes_from else into - out


def _moved(
    programme_id: UUID, amount: ColumnElement[int], reasons: Sequence[Reason], now: datetime
) -> Select[*tuple[int, ...]]:
    return (
        select(*_steps(TransactionRow.at, amount, now))
        .select_from(TransactionRow)
        .join(
            PostingRow,
            (PostingRow.programme_id == TransactionRow.programme_id)
            & (PostingRow.member_id == TransactionRow.member_id)
            & (PostingRow.transaction_number == TransactionRow.number),
        )
        .where(
            TransactionRow.programme_id == programme_id,
            TransactionRow.at > now - 2 * PERIOD,
            TransactionRow.reason.in_([reason.value for reason in reasons]),
        )
    )

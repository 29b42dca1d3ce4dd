"""What happened to a member's points, as people read it: each transaction with what stands behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.db.origins import Behind, Reader
from app.db.tables import BalanceRow, PostingRow, SettlementRow, TransactionRow
from app.loyalty.ledger.postings import Account, Reason, Source

IN_SIGHT = (Account.PENDING.value, Account.AVAILABLE.value, Account.DEBT.value)
"""What a member sees as theirs, on the way or spendable, less what they owe; points on hold are out of sight."""
INNER = (Reason.RELEASE.value, Reason.PAY_DEBT.value)
"""Movements that change nothing in sight."""
BETWEEN = (Reason.MERGE.value, Reason.UNMERGE.value, Reason.MOVE.value)
"""Movements between two members' books: nothing comes into the programme, nothing leaves it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction, or (``number`` and ``reason`` None) a judgement that never moved anything.

    ``change`` is what it added to the points in sight, ``moved`` the sum of its postings, ``running`` the points in
    sight after it (smallest steps; None where a member's history is not read as a whole).
    """

    member_id: UUID
    source: Source
    at: datetime
    recorded_at: datetime
    behind: Behind
    number: int | None = None
    reason: Reason | None = None
    change: int = 0
    moved: int = 0
    running: int | None = None

    @property
    def happened_at(self) -> datetime:
        """Return when the fact behind it happened at the shop, else when it was posted."""
        settled = self.behind.settlement
        if (self.reason is None or self.reason is Reason.AWARD) and settled is not None and settled.moment is not None:
            return settled.moment
        return self.at


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first; ``before`` is the number to ask for older ones with, None at the beginning."""

    entries: Sequence[Entry]
    before: int | None


def of_member(
    session: Session,
    programme_id: UUID,
    member_id: UUID,
    *,
    before: int | None = None,
    limit: int = 50,
    everything: bool = False,
) -> Page:
    """Return a page of a member's history. ``everything`` shows movements that change nothing in sight, too."""
    older = [TransactionRow.number < before] if before is not None else []
    if not everything:
        older += [TransactionRow.reason.not_in(INNER), or_(TransactionRow.reason.not_in(BETWEEN), _shows())]
    rows = session.scalars(
        select(TransactionRow)
        .where(TransactionRow.programme_id == programme_id, TransactionRow.member_id == member_id, *older)
        .order_by(TransactionRow.number.desc())
        .limit(limit + 1)
    ).all()
    more, rows = len(rows) > limit, rows[:limit]
    entries = _entries(session, programme_id, rows)
    if rows:
        entries = _with_running(entries, _in_sight_before(session, programme_id, member_id, rows[0].number))
    newest = _recorded_at(session, programme_id, member_id, before) if before is not None else None
    verdicts = _verdicts(session, programme_id, member_id, until=newest, since=rows[-1].recorded_at if more else None)
    return Page(_merged(entries, verdicts), rows[-1].number if more else None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a movement stands among all of a programme, the newest first."""

    at: datetime
    member_id: UUID
    number: int


def newest(
    session: Session,
    programme_id: UUID,
    limit: int,
    *,
    after: Place | None = None,
    reasons: Sequence[Reason] = (),
) -> list[Entry]:
    """Return the newest movements of all members, older than ``after``; for all reasons where none is given."""
    wanted: list[ColumnElement[bool]] = [TransactionRow.reason.not_in((*INNER, *BETWEEN))]
    if reasons:
        wanted = [TransactionRow.reason.in_([reason.value for reason in reasons])]
    if after is not None:
        place = tuple_(TransactionRow.at, TransactionRow.member_id, TransactionRow.number)
        wanted.append(place < tuple_(after.at, after.member_id, after.number))
    rows = session.scalars(
        select(TransactionRow)
        .where(TransactionRow.programme_id == programme_id, *wanted)
        .order_by(TransactionRow.at.desc(), TransactionRow.member_id.desc(), TransactionRow.number.desc())
        .limit(limit)
    ).all()
    return _entries(session, programme_id, rows)


def of_source(session: Session, programme_id: UUID, source: Source) -> list[Entry]:
    """Return every movement that belongs to one source, of whichever members, the oldest first."""
    rows = session.scalars(
        select(TransactionRow)
        .where(TransactionRow.programme_id == programme_id, TransactionRow.source == source.text())
        .order_by(TransactionRow.recorded_at, TransactionRow.number)
    ).all()
    return _entries(session, programme_id, rows)


# -- amounts -----------------------------------------------------------------------------------------------------------


def _shows() -> ColumnElement[bool]:
    """Return whether a transaction moves something in sight."""
    return exists().where(
        PostingRow.programme_id == TransactionRow.programme_id,
        PostingRow.member_id == TransactionRow.member_id,
        PostingRow.transaction_number == TransactionRow.number,
        or_(PostingRow.from_account.in_(IN_SIGHT), PostingRow.to_account.in_(IN_SIGHT)),
    )


def _change() -> ColumnElement[int]:
    """Return what a posting adds to the points in sight."""
    comes = case((PostingRow.to_account.in_(IN_SIGHT), PostingRow.amount), else_=0)
    goes = case((PostingRow.from_account.in_(IN_SIGHT), PostingRow.amount), else_=0)
    return comes - goes


def in_sight(session: Session, programme_id: UUID, member_id: UUID) -> int:
    """Return a member's points in sight now."""
    total = session.scalar(
        select(func.coalesce(func.sum(BalanceRow.amount), 0)).where(
            BalanceRow.programme_id == programme_id,
            BalanceRow.member_id == member_id,
            BalanceRow.account.in_(IN_SIGHT),
        )
    )
    return int(total or 0)


def _in_sight_before(session: Session, programme_id: UUID, member_id: UUID, number: int) -> int:
    """Return the points in sight just before a transaction."""
    since = session.scalar(
        select(func.coalesce(func.sum(_change()), 0)).where(
            PostingRow.programme_id == programme_id,
            PostingRow.member_id == member_id,
            PostingRow.transaction_number > number,
        )
    )
    return in_sight(session, programme_id, member_id) - int(since or 0)


def _with_running(entries: Sequence[Entry], newest: int) -> list[Entry]:
    counted, running = [], newest
    for entry in entries:
        counted.append(replace(entry, running=running))
        running -= entry.change
    return counted


def _entries(session: Session, programme_id: UUID, rows: Sequence[TransactionRow]) -> list[Entry]:
    if not rows:
        return []
    members = sorted({row.member_id for row in rows})
    keys = [(row.member_id, row.number) for row in rows]
    amounts = {
        (member, number): (int(change), int(moved))
        for member, number, change, moved in session.execute(
            select(
                PostingRow.member_id,
                PostingRow.transaction_number,
                func.sum(_change()),
                func.sum(PostingRow.amount),
            )
            .where(
                PostingRow.programme_id == programme_id,
                PostingRow.member_id.in_(members),
                tuple_(PostingRow.member_id, PostingRow.transaction_number).in_(keys),
            )
            .group_by(PostingRow.member_id, PostingRow.transaction_number)
        )
    }
    behind = Reader(session, programme_id, [(row.member_id, row.source) for row in rows])
    entries = []
    for row in rows:
        change, moved = amounts[(row.member_id, row.number)]
        lot = behind.lots.get((row.member_id, row.source)) if row.reason == Reason.AWARD.value else None
        entries.append(
            Entry(
                row.member_id,
                Source.parse(row.source),
                row.at,
                row.recorded_at,
                behind.of(row.member_id, row.source, lot),
                row.number,
                Reason(row.reason),
                change,
                moved,
            )
        )
    return entries


# -- judgements that moved nothing -------------------------------------------------------------------------------------


def _recorded_at(session: Session, programme_id: UUID, member_id: UUID, number: int) -> datetime | None:
    return session.scalar(
        select(TransactionRow.recorded_at).where(
            TransactionRow.programme_id == programme_id,
            TransactionRow.member_id == member_id,
            TransactionRow.number == number,
        )
    )


def _verdicts(
    session: Session, programme_id: UUID, member_id: UUID, *, until: datetime | None, since: datetime | None
) -> list[Entry]:
    """Return judgements without any transaction, settled in [since, until), the newest first."""
    moved = exists().where(
        TransactionRow.programme_id == SettlementRow.programme_id,
        TransactionRow.member_id == SettlementRow.member_id,
        TransactionRow.source == SettlementRow.source,
    )
    window = [SettlementRow.settled_at < until] if until is not None else []
    if since is not None:
        window.append(SettlementRow.settled_at >= since)
    rows = session.scalars(
        select(SettlementRow)
        .where(
            SettlementRow.programme_id == programme_id,
            SettlementRow.member_id == member_id,
            SettlementRow.reason.is_not(None),
            ~moved,
            *window,
        )
        .order_by(SettlementRow.settled_at.desc(), SettlementRow.moment.desc(), SettlementRow.source)
    ).all()
    behind = Reader(session, programme_id, [(row.member_id, row.source) for row in rows]) if rows else None
    return [
        Entry(
            row.member_id,
            Source.parse(row.source),
            row.settled_at,
            row.settled_at,
            behind.of(row.member_id, row.source, None),
        )
        for row in rows
        if behind is not None
    ]


def _merged(entries: Sequence[Entry], verdicts: Sequence[Entry]) -> list[Entry]:
    """Put judgements between the transactions where they belong; transactions keep their own order."""
    merged: list[Entry] = []
    left = list(verdicts)
    for entry in entries:
        while left and (left[0].recorded_at, left[0].happened_at) > (entry.recorded_at, entry.happened_at):
            merged.append(left.pop(0))
        merged.append(entry)
    return merged + left

"""The roll of members: pages by key, the newest first, and finding people by what is known of them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.db import members
from app.db.people import NOBODY, Person, opened, people
from app.db.scope import Scope
from app.db.tables import BalanceRow, IdentityRow, LotRow, MemberRow, OrderRow, PersonRow
from app.db.tables.members import STANDING
from app.loyalty.ledger.postings import Account

PAGE = 50
READ_MAX = 2000
"""How many sealed names one search by name opens before it offers to go on (about a tenth of a second)."""
_READ = 500
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One member, amounts in smallest steps. ``expiring`` ends within ``SOON``, the first of it at ``expires_at``."""

    member: MemberRow
    person: Person
    available: int = 0
    pending: int = 0
    held: int = 0
    owed: int = 0
    last_order_at: datetime | None = None
    expiring: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Roll:
    """A page of members; ``older`` and ``newer`` are the keys to ask for the next pages with.

    ``unread`` tells that a search by name has not read everybody yet: ``older`` goes on with it.
    """

    lines: Sequence[Line]
    older: UUID | None = None
    newer: UUID | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members: of a level, with something to find, after or before a member on the roll."""

    text: str = ""
    level: str | None = None
    after: UUID | None = None
    before: UUID | None = None


def count(scope: Scope) -> tuple[int, dict[str | None, int]]:
    """Return how many members there are, and how many at each level (None for none)."""
    rows = scope.session.execute(
        select(MemberRow.tier, func.count())
        .where(MemberRow.programme_id == scope.programme_id, *STANDING)
        .group_by(MemberRow.tier)
    )
    levels = dict(rows.all())
    return sum(levels.values()), levels


def roll(scope: Scope, wanted: Wanted) -> Roll:
    """Return a page of members, the newest first. Exact words find at once; names are sealed and read one by one."""
    text = wanted.text.strip()
    if not text:
        return _page(scope, wanted)
    exact = _exactly(scope, text)
    if exact or "@" in text:
        rows = scope.session.scalars(
            _members(scope, wanted.level).where(MemberRow.member_id.in_(exact)).order_by(MemberRow.member_id.desc())
        ).all()
        return Roll(_lines(scope, rows))
    return _by_name(scope, wanted, _folded(text))


def _members(scope: Scope, level: str | None) -> Select[MemberRow]:
    statement = select(MemberRow).where(MemberRow.programme_id == scope.programme_id, *STANDING)
    return statement.where(MemberRow.tier == level) if level is not None else statement


def _page(scope: Scope, wanted: Wanted) -> Roll:
    """Ids are made in order of time, so the primary key is the order of the roll."""
    statement = _members(scope, wanted.level)
    if wanted.before is not None:
        found = scope.session.scalars(
            statement.where(MemberRow.member_id > wanted.before).order_by(MemberRow.member_id).limit(PAGE + 1)
        ).all()
        rows = list(reversed(found[:PAGE]))
        newer = rows[0].member_id if len(found) > PAGE else None
        return Roll(_lines(scope, rows), rows[-1].member_id if rows else None, newer)
    if wanted.after is not None:
        statement = statement.where(MemberRow.member_id < wanted.after)
    found = scope.session.scalars(statement.order_by(MemberRow.member_id.desc()).limit(PAGE + 1)).all()
    rows = list(found[:PAGE])
    newer = rows[0].member_id if wanted.after is not None and rows else None
    return Roll(_lines(scope, rows), rows[-1].member_id if len(found) > PAGE else None, newer)


# -- finding -----------------------------------------------------------------------------------------------------------


def _exactly(scope: Scope, text: str) -> set[UUID]:
    """Return members of whom this is the id, the referral code, a shop's customer number, or the e-mail address."""
    session, programme_id = scope.session, scope.programme_id
    asked: list[ColumnElement[bool]] = [MemberRow.referral_code == text.lower()]
    if (member_id := _id(text)) is not None:
        asked.append(MemberRow.member_id == member_id)
    found = set(session.scalars(select(MemberRow.member_id).where(MemberRow.programme_id == programme_id, or_(*asked))))
    found |= set(
        session.scalars(
            select(IdentityRow.member_id).where(
                IdentityRow.programme_id == programme_id, IdentityRow.customer_id == text
            )
        )
    )
    if "@" in text:
        found |= set(
            session.scalars(
                select(PersonRow.member_id).where(
                    PersonRow.programme_id == programme_id, PersonRow.email_hash == scope.cipher.fingerprint(text)
                )
            )
        )
    return set(members.standing(scope, found).values())


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _folded(text: str) -> str:
    """Return a text without case, marks and width, so that Tomás is found by tomas."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().split())


def _by_name(scope: Scope, wanted: Wanted, folded: str) -> Roll:
    """Read sealed names from the newest member on until a page is full or ``READ_MAX`` were read."""
    after, read = wanted.after, 0
    rows: list[MemberRow] = []
    while len(rows) < PAGE and read < READ_MAX:
        statement = (
            _members(scope, wanted.level)
            .add_columns(PersonRow)
            .join(
                PersonRow,
                (PersonRow.programme_id == MemberRow.programme_id) & (PersonRow.member_id == MemberRow.member_id),
            )
        )
        if after is not None:
            statement = statement.where(MemberRow.member_id < after)
        found = scope.session.execute(statement.order_by(MemberRow.member_id.desc()).limit(_READ)).all()
        for member, person in found:
            after = member.member_id
            if folded in _folded(opened(scope, person).name or ""):
                rows.append(member)
                if len(rows) == PAGE:
                    return Roll(_lines(scope, rows), after, unread=True)
        read += len(found)
        if len(found) < _READ:
            return Roll(_lines(scope, rows))
    return Roll(_lines(scope, rows), after, unread=True)


# -- what stands on a line ---------------------------------------------------------------------------------------------


def _lines(scope: Scope, rows: Sequence[MemberRow]) -> list[Line]:
    ids = [row.member_id for row in rows]
    if not ids:
        return []
    session, programme_id = scope.session, scope.programme_id
    known = people(scope, ids)
    sums: dict[tuple[UUID, str], int] = {
        (member, account): int(amount)
        for member, account, amount in session.execute(
            select(BalanceRow.member_id, BalanceRow.account, func.sum(BalanceRow.amount))
            .where(BalanceRow.programme_id == programme_id, BalanceRow.member_id.in_(ids))
            .group_by(BalanceRow.member_id, BalanceRow.account)
        )
    }
    last = dict(
        session.execute(
            select(OrderRow.member_id, func.max(OrderRow.paid_at))
            .where(OrderRow.programme_id == programme_id, OrderRow.member_id.in_(ids))
            .group_by(OrderRow.member_id)
        ).all()
    )
    soon: dict[UUID, tuple[int, datetime | None]] = {
        member: (int(amount), at)
        for member, amount, at in session.execute(
            select(BalanceRow.member_id, func.sum(BalanceRow.amount), func.min(LotRow.expires_at))
            .join(
                LotRow,
                (LotRow.programme_id == BalanceRow.programme_id)
                & (LotRow.member_id == BalanceRow.member_id)
                & (LotRow.lot == BalanceRow.lot),
            )
            .where(
                BalanceRow.programme_id == programme_id,
                BalanceRow.member_id.in_(ids),
                BalanceRow.account == Account.AVAILABLE.value,
                BalanceRow.amount > 0,
                LotRow.expires_at <= scope.now + SOON,
            )
            .group_by(BalanceRow.member_id)
        )
    }
    return [
        Line(
            row,
            known.get(row.member_id, NOBODY),
            sums.get((row.member_id, Account.AVAILABLE.value), 0),
            sums.get((row.member_id, Account.PENDING.value), 0),
            sums.get((row.member_id, Account.HELD.value), 0),
            -sums.get((row.member_id, Account.DEBT.value), 0),
            last.get(row.member_id),
            *soon.get(row.member_id, (0, None)),
        )
        for row in rows
    ]

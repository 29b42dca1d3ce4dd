"""A shop that joins a group: what stands in the way, what lies in its members' books, and the rows that go along."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from app.db import members, privacy, programmes
from app.db.scope import Scope
from app.db.second_wall import keep_to
from app.db.tables import (
    BalanceRow,
    BirthdayRow,
    CredentialsRow,
    CursorRow,
    DirectoryRow,
    IdentityRow,
    InboxBodyRow,
    InboxRow,
    ListenerRow,
    MemberRow,
    NoteRow,
    OutboxRow,
    PersonRow,
    PrivacyRow,
    ProgrammeRow,
    RedemptionRow,
    ShopRow,
    TaskRow,
)
from app.loyalty.ledger.books import RedemptionState

_UNSEEN: Final = {"synchronize_session": False}
_OF_A_PERSON: Final = (IdentityRow, BirthdayRow, NoteRow)
"""Rows that name a member and go along, with the member's new id."""
_OF_THE_SHOP: Final = (CredentialsRow, CursorRow, ListenerRow)


def alone(session: Session) -> None:
    """Let nobody make or change members until the commit: who came in between would be left behind.

    Every programme waits for these seconds. SQLite has one writer at a time as it is.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE members, identities IN SHARE ROW EXCLUSIVE MODE"))


def unfinished(scope: Scope, shop_id: UUID) -> dict[str, int]:
    """Return how much of what is unfinished at a shop's own programme stands in the way, by what it is."""
    mine = (InboxRow.programme_id == scope.programme_id, InboxRow.shop_id == shop_id)
    asked = {
        "DELIVERIES_WAIT": select(func.count()).where(*mine, InboxRow.state.in_(("waiting", "quarantined"))),
        "EFFECTS_WAIT": select(func.count()).where(
            OutboxRow.programme_id == scope.programme_id, OutboxRow.state == "waiting"
        ),
        "REWARDS_OPEN": select(func.count()).where(
            RedemptionRow.programme_id == scope.programme_id, RedemptionRow.state == RedemptionState.HELD.value
        ),
        "TASKS_OPEN": select(func.count()).where(TaskRow.programme_id == scope.programme_id, TaskRow.state == "open"),
        "DUTIES_OPEN": select(func.count()).where(
            PrivacyRow.programme_id == scope.programme_id, PrivacyRow.state.not_in(privacy.ENDED)
        ),
        "OTHER_SHOPS": select(func.count()).where(
            ShopRow.programme_id == scope.programme_id, ShopRow.shop_id != shop_id
        ),
    }
    found = {what: scope.session.scalar(query) or 0 for what, query in asked.items()}
    return {what: number for what, number in found.items() if number}


def holdings(scope: Scope) -> dict[str, int]:
    """Return what lies in all members' books of a programme, by account; debt below zero."""
    rows = scope.session.execute(
        select(BalanceRow.account, func.sum(BalanceRow.amount))
        .where(
            BalanceRow.programme_id == scope.programme_id,
            BalanceRow.account.in_(("pending", "available", "debt")),
        )
        .group_by(BalanceRow.account)
    )
    return {account: int(amount) for account, amount in rows}


def everybody(scope: Scope, limit: int) -> list[MemberRow]:
    """Return the members that stand for themselves and are not forgotten, by id, at most ``limit``."""
    return list(
        scope.session.scalars(
            select(MemberRow)
            .where(
                MemberRow.programme_id == scope.programme_id,
                MemberRow.merged_into.is_(None),
                MemberRow.erased_at.is_(None),
            )
            .order_by(MemberRow.member_id)
            .limit(limit)
        )
    )


def proved(scope: Scope, shop_id: UUID) -> list[tuple[UUID, str]]:
    """Return which addresses the accounts of a shop have proved, as (member, keyed hash), the first made first."""
    rows = scope.session.execute(
        select(IdentityRow.member_id, IdentityRow.proved_hash)
        .where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.proved_hash.is_not(None),
        )
        .order_by(IdentityRow.member_id, IdentityRow.customer_id)
    )
    return [(member_id, email_hash) for member_id, email_hash in rows if email_hash is not None]


def make_members(scope: Scope, rows: Iterable[MemberRow], shop_id: UUID) -> None:
    """Make these members in another programme, under their own ids, with empty books, at no level."""
    made = list(rows)
    taken = set(
        scope.session.scalars(
            select(MemberRow.referral_code).where(
                MemberRow.programme_id == scope.programme_id,
                MemberRow.referral_code.in_([row.referral_code for row in made]),
            )
        )
    )
    fresh = [
        {
            "programme_id": scope.programme_id,
            "member_id": row.member_id,
            "created_at": row.created_at,
            "provisional": row.provisional,
            "referral_code": members.word() if row.referral_code in taken else row.referral_code,
            "joined_at": row.joined_at,
            "joined_shop_id": shop_id if row.joined_at is not None else None,
            "passed_until": scope.now,
            "impersonal_since": row.impersonal_since,
        }
        for row in made
    ]
    if fresh:
        scope.session.execute(insert(MemberRow), fresh)


def take_along(own: Scope, group: Scope, shop_id: UUID, becomes: Mapping[UUID, UUID]) -> None:
    """Move what names people, and the shop's door, from one programme into the other; the ledger stays.

    ``becomes``: who each member is in the group. A person the group knows already keeps the name it has there.
    """
    for table in _OF_A_PERSON:
        for row in _taken(own, table):
            if row["member_id"] in becomes:
                _put(group, table, row | {"member_id": becomes[row["member_id"]]})
    for row in _taken(own, PersonRow):
        if becomes.get(row["member_id"]) == row["member_id"]:
            _put(group, PersonRow, row)
    for door in _OF_THE_SHOP:
        for row in _taken(own, door):
            _put(group, door, row)
    keep_to(own.session, own.programme_id)
    own.session.execute(
        delete(InboxBodyRow).where(InboxBodyRow.programme_id == own.programme_id, InboxBodyRow.shop_id == shop_id),
        execution_options=_UNSEEN,
    )
    _let_in(own, group, shop_id)


def close(own: Scope) -> None:
    """Let a programme without shops be history: nobody in it is judged any more, and it tells who nobody is."""
    keep_to(own.session, own.programme_id)
    own.session.execute(
        update(MemberRow).where(MemberRow.programme_id == own.programme_id).values(due_at=None),
        execution_options=_UNSEEN,
    )
    own.session.execute(
        update(MemberRow)
        .where(MemberRow.programme_id == own.programme_id, MemberRow.erased_at.is_(None))
        .values(erased_at=own.now),
        execution_options=_UNSEEN,
    )
    own.session.execute(
        update(ProgrammeRow).where(ProgrammeRow.programme_id == own.programme_id).values(state=programmes.CLOSED),
        execution_options=_UNSEEN,
    )


def _let_in(own: Scope, group: Scope, shop_id: UUID) -> None:
    """Make the shop one of the group's: what happened there until now earns nothing in the group."""
    mine = (ShopRow.programme_id == own.programme_id, ShopRow.shop_id == shop_id)
    row = dict(own.session.execute(select(*ShopRow.__table__.columns).where(*mine)).mappings().one())
    own.session.execute(
        update(ShopRow).where(*mine).values(state="disconnected", disconnected_at=own.now), execution_options=_UNSEEN
    )
    _put(group, ShopRow, row | {"counts_from": group.now})
    group.session.execute(
        update(DirectoryRow).where(DirectoryRow.shop_id == shop_id).values(programme_id=group.programme_id),
        execution_options=_UNSEEN,
    )


def _taken(own: Scope, table: type[Any]) -> Sequence[dict[str, Any]]:
    """Take all rows of a table out of a programme."""
    keep_to(own.session, own.programme_id)
    columns, mine = table.__table__.columns, table.programme_id == own.programme_id
    taken = own.session.execute(delete(table).where(mine).returning(*columns), execution_options=_UNSEEN)
    return [dict(row) for row in taken.mappings()]


def _put(group: Scope, table: type[Any], row: Mapping[str, Any]) -> None:
    keep_to(group.session, group.programme_id)
    group.session.execute(insert(table).values({**row, "programme_id": group.programme_id}))

"""Members that became one: who stands for whom, what was carried over, and what taking it back needs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, insert, select, tuple_, union_all, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db.scope import Scope
from app.db.tables import (
    BirthdayRow,
    CaseRow,
    EventRow,
    IdentityRow,
    LotRow,
    MemberRow,
    MergeRow,
    NoteRow,
    OrderRow,
    PostingRow,
    PrivacyRow,
    ProfileAnswerRow,
    QuestionRow,
    ReferralRow,
    RequestRow,
    ReviewRow,
    TaskRow,
    TierInvitationRow,
    TransactionRow,
)
from app.db.tables.ledger import OF_ITS_TRANSACTION
from app.loyalty.ledger.postings import Account, LotId, Reason, Source

FOLLOWING: Final[tuple[InstrumentedAttribute[Any], ...]] = (
    IdentityRow.member_id,
    OrderRow.member_id,
    ReviewRow.member_id,
    EventRow.member_id,
    BirthdayRow.member_id,
    ReferralRow.advocate_id,
    ReferralRow.friend_id,
    RequestRow.member_id,
    TaskRow.member_id,
    TierInvitationRow.member_id,
    QuestionRow.member_id,
    ProfileAnswerRow.member_id,
    CaseRow.member_id,
    NoteRow.member_id,
    PrivacyRow.member_id,
)
"""What names a member by what the person is or did, and so follows them into a merge and back."""

STAYING: Final[Mapping[str, str]] = {
    "transactions.member_id": "history is never changed: what moves is posted",
    "postings.member_id": "history is never changed: what moves is posted",
    "lots.member_id": "history is never changed: lots get their like in the other book",
    "balances.member_id": "follows the postings",
    "settlements.member_id": "follows the postings",
    "redemptions.member_id": "is carried with the books that hold its points",
    "members.member_id": "the tombstone itself",
    "people.member_id": "what was said of the tombstone's person",
}
"""What names a member and stays, each with its reason."""

_MEMBERS_OWN: Final = (Account.PENDING.value, Account.AVAILABLE.value, Account.HELD.value, Account.DEBT.value)


def programme_side(scope: Scope, member_id: UUID) -> dict[Source, dict[Account, int]]:
    """Return what each source of a member's history holds on the programme's side: all that came in less what went."""
    sums: dict[Source, dict[Account, int]] = {}
    parts = [
        select(TransactionRow.source, account.label("account"), (PostingRow.amount * sign).label("amount"))
        .join(
            PostingRow,
            OF_ITS_TRANSACTION,
        )
        .where(TransactionRow.programme_id == scope.programme_id, TransactionRow.member_id == member_id)
        for account, sign in ((PostingRow.to_account, 1), (PostingRow.from_account, -1))
    ]
    for text, account, amount in scope.session.execute(union_all(*parts)):
        accounts = sums.setdefault(Source.parse(text), {})
        if account not in _MEMBERS_OWN and account != Account.MOVED.value:
            accounts[Account(account)] = accounts.get(Account(account), 0) + int(amount)
    return sums


def posted_at(scope: Scope, member_id: UUID, numbers: Iterable[int]) -> dict[int, Any]:
    """Return the instants of a member's postings."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    rows = scope.session.execute(
        select(PostingRow.number, TransactionRow.at)
        .join(
            TransactionRow,
            OF_ITS_TRANSACTION,
        )
        .where(
            PostingRow.programme_id == scope.programme_id,
            PostingRow.member_id == member_id,
            PostingRow.number.in_(wanted),
        )
    )
    return dict(rows.all())


def debt_payers(scope: Scope, member_id: UUID, after: int) -> list[tuple[LotId, int]]:
    """Return which lots paid how much of a member's debt after a posting number."""
    rows = scope.session.execute(
        select(PostingRow.from_lot, PostingRow.amount)
        .join(
            TransactionRow,
            OF_ITS_TRANSACTION,
        )
        .where(
            PostingRow.programme_id == scope.programme_id,
            PostingRow.member_id == member_id,
            PostingRow.number > after,
            TransactionRow.reason == Reason.PAY_DEBT.value,
        )
        .order_by(PostingRow.number)
    )
    paid: dict[LotId, int] = {}
    for lot, amount in rows:
        paid[LotId(lot)] = paid.get(LotId(lot), 0) + int(amount)
    return list(paid.items())


def lots(scope: Scope, member_id: UUID, wanted: Iterable[LotId]) -> Sequence[LotRow]:
    """Return lots of a member, also those with nothing left in them."""
    return scope.session.scalars(
        select(LotRow).where(
            LotRow.programme_id == scope.programme_id,
            LotRow.member_id == member_id,
            LotRow.lot.in_(sorted(set(wanted))),
        )
    ).all()


# -- whose facts they are ----------------------------------------------------------------------------------------------


def follow(scope: Scope, lost: UUID, kept: UUID) -> dict[str, list[list[str]]]:
    """Let everything that follows a member name another; return which rows did, by column."""
    moved: dict[str, list[list[str]]] = {}
    for column in FOLLOWING:
        table = column.class_
        keys = _keys(column)
        asked = [table.programme_id == scope.programme_id, column == lost]
        if column.key in table.__table__.primary_key.columns:
            # Told of both at one instant: what was told of the kept one counts, the other's stays with the tombstone.
            theirs = select(*keys).where(table.programme_id == scope.programme_id, column == kept)
            asked.append(tuple_(*keys).not_in(theirs))
        rows = scope.session.execute(select(*keys).where(*asked).order_by(*keys)).all()
        moved[_name(column)] = [[_text(value) for value in row] for row in rows]
        scope.session.execute(
            update(table).where(*asked).values({column.key: kept}), execution_options={"synchronize_session": False}
        )
    return moved


def return_to(scope: Scope, moved: Mapping[str, Sequence[Sequence[str]]], kept: UUID, lost: UUID) -> None:
    """Let rows that followed into a merge name the member again whose they were."""
    for column in FOLLOWING:
        table = column.class_
        keys = _keys(column)
        for row in moved.get(_name(column), ()):
            named = [key == _value(key.type.python_type, value) for key, value in zip(keys, row, strict=True)]
            scope.session.execute(
                update(table)
                .where(table.programme_id == scope.programme_id, column == kept, *named)
                .values({column.key: lost}),
                execution_options={"synchronize_session": False},
            )


def _keys(column: InstrumentedAttribute[Any]) -> list[Column[Any]]:
    """Return what names a row beside its programme and its member."""
    primary = column.class_.__table__.primary_key
    return [key for key in primary if key.name not in {"programme_id", column.key}]


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _value(kind: type[Any], text: str) -> Any:  # noqa: ANN401 - whatever the column holds
    return datetime.fromisoformat(text) if kind is datetime else kind(text)


def _name(column: InstrumentedAttribute[Any]) -> str:
    return f"{column.class_.__tablename__}.{column.key}"


# -- the record --------------------------------------------------------------------------------------------------------


def keep(scope: Scope, row: Mapping[str, Any]) -> None:
    """Keep a merge, or its undoing."""
    scope.session.execute(insert(MergeRow).values(programme_id=scope.programme_id, at=scope.now, **row))


def in_force(scope: Scope, lost: UUID) -> MergeRow | None:
    """Return the merge that made this member a tombstone, None where it stands for itself."""
    undone = select(MergeRow.undoes).where(
        MergeRow.programme_id == scope.programme_id, MergeRow.lost_id == lost, MergeRow.undoes.is_not(None)
    )
    return scope.session.scalar(
        select(MergeRow).where(
            MergeRow.programme_id == scope.programme_id,
            MergeRow.lost_id == lost,
            MergeRow.undoes.is_(None),
            MergeRow.merge_id.not_in(undone),
        )
    )


def parted(scope: Scope, one: UUID, other: UUID) -> bool:
    """Say whether people took a merge of these two back: then no machine makes them one again."""
    pair = sorted((one, other))
    found = scope.session.scalar(
        select(MergeRow.merge_id)
        .where(
            MergeRow.programme_id == scope.programme_id,
            MergeRow.undoes.is_not(None),
            MergeRow.kept_id.in_(pair),
            MergeRow.lost_id.in_(pair),
        )
        .limit(1)
    )
    return found is not None


def set_member(scope: Scope, member_id: UUID, **values: object) -> None:
    """Set columns of a member's row."""
    scope.session.execute(
        update(MemberRow)
        .where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
        .values(**values),
        execution_options={"synchronize_session": False},
    )

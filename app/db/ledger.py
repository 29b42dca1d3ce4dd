"""The only writer of transactions, postings, lots, balances and settlements.

A page of members, one statement a table.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.memberfiles import MemberFile, Settled, mark, pack_forgiven
from app.db.pages import Verb, write
from app.db.tables import (
    BalanceRow,
    LotRow,
    MemberRow,
    PostingRow,
    RedemptionRow,
    SettlementRow,
    TransactionRow,
)
from app.loyalty.judging.dues import Due
from app.loyalty.judging.earning import Judgement
from app.loyalty.ledger.books import NEVER, Redemption
from app.loyalty.ledger.postings import Address, Source
from app.loyalty.settling import next_instant
from app.loyalty.terms.programme import Programme

Row = dict[str, Any]


def save(
    session: Session,
    programme_id: UUID,
    programme: Programme,
    page: Sequence[tuple[MemberFile, Judgement]],
    now: datetime,
) -> int:
    """Write what a page of members' files and judgements say now; ``now`` is when it was recorded.

    Returns the number of transactions. The primary key (programme, member, number) is the alarm should two writers ever
    hold one member: the second fails whole.
    """
    transactions: list[Row] = []
    postings: list[Row] = []
    lots: list[Row] = []
    balances: list[Row] = []
    settlements: list[Row] = []
    redemptions: list[Row] = []
    members: list[Row] = []
    for file, judgement in page:
        key = {"programme_id": programme_id, "member_id": file.row.member_id}
        made, moved, changed = _movements(key, file, now)
        transactions += made
        postings += moved
        balances += changed
        lots += _lots(key, file)
        settlements += _settlements(key, file, judgement, now)
        redemptions += _redemptions(key, file)
        members.append(_member(key, file, judgement, programme))
    write(session, TransactionRow, Verb.INSERT, transactions)
    write(session, PostingRow, Verb.INSERT, postings)
    write(session, LotRow, Verb.INSERT, lots)
    _move_balances(session, balances)
    write(session, SettlementRow, Verb.REPLACE, settlements)
    write(session, RedemptionRow, Verb.REPLACE, redemptions)
    write(session, MemberRow, Verb.UPDATE, members)
    return len(transactions)


def _move_balances(session: Session, balances: list[Row]) -> None:
    """Add to what grows; take from rows that must be there, with the CHECK against overdrawing as the last wall.

    A row that shrinks below zero could not be upserted: the CHECK looks at the row proposed for insertion too.
    """
    write(session, BalanceRow, Verb.ADD, [row for row in balances if row["amount"] > 0 or not row["lot"]])
    less = [row for row in balances if row["amount"] < 0 and row["lot"]]
    if write(session, BalanceRow, Verb.CHANGE, less) != len(less):
        raise RuntimeError("a balance row that points leave is missing: run kizuna audit")


def _movements(key: Row, file: MemberFile, now: datetime) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the rows of new transactions and postings, and what they change at each address."""
    books = file.books
    number = books.number - sum(len(transaction.postings) for transaction in books.transactions)
    transactions: list[Row] = []
    postings: list[Row] = []
    changes: dict[Address, int] = {}
    for transaction in books.transactions:
        first = number + 1
        for posting in transaction.postings:
            number += 1
            postings.append(
                key
                | {
                    "number": number,
                    "transaction_number": first,
                    "from_account": posting.source.account.value,
                    "from_lot": posting.source.lot or 0,
                    "to_account": posting.destination.account.value,
                    "to_lot": posting.destination.lot or 0,
                    "amount": posting.amount,
                }
            )
            changes[posting.source] = changes.get(posting.source, 0) - posting.amount
            changes[posting.destination] = changes.get(posting.destination, 0) + posting.amount
        transactions.append(
            key
            | {
                "number": first,
                "reason": transaction.reason.value,
                "source": transaction.source.text(),
                "shop_id": UUID(transaction.shop) if transaction.shop else None,
                "at": transaction.at,
                "recorded_at": now,
            }
        )
    balances = [
        key | {"account": address.account.value, "lot": address.lot or 0, "amount": amount}
        for address, amount in changes.items()
        if amount
    ]
    return transactions, postings, balances


def _lots(key: Row, file: MemberFile) -> list[Row]:
    return [
        key
        | {
            "lot": lot.id,
            "source": lot.source.text(),
            "shop_id": UUID(lot.shop),
            "release_at": lot.release_at,
            "expires_at": lot.expires_at,
            "parent": lot.parent,
        }
        for lot in file.books.lots.values()
        if lot.id > file.row.lots_opened
    ]


def _settlements(key: Row, file: MemberFile, judgement: Judgement, now: datetime) -> list[Row]:
    """Return the settlements that say something else than before."""
    rows = []
    for source in {**judgement.dues, **file.books.given}:
        settled, before = _settled(file, source, judgement.dues.get(source)), file.settled.get(source)
        if before is not None and _same(settled, before):
            continue
        given, due = file.books.of(source), judgement.dues.get(source)
        rows.append(
            key
            | {
                "source": source.text(),
                "revision": before.revision + 1 if before else 1,
                "version": settled.version,
                "due": settled.due,
                "posted": settled.posted,
                "expired": settled.expired,
                "forgiven": settled.forgiven,
                "moment": given.moment or (due.moment if due else None),
                "tier": settled.tier,
                "reason": settled.reason,
                "breakdown": settled.breakdown,
                "settled_at": now,
            }
        )
    return rows


def _settled(file: MemberFile, source: Source, due: Due | None) -> Settled:
    given = file.books.of(source)
    judged_by = due.version.number if due is not None and due.version is not None else None
    return Settled(
        revision=0,
        version=given.version if given.version is not None else judged_by,
        due=due.amount if due else 0,
        posted=given.posted,
        expired=given.expired,
        forgiven=[pack_forgiven(entry) for entry in given.forgiven],
        tier=due.tier if due else None,
        reason=due.reason if due else None,
        breakdown=[dict(part) for part in due.breakdown] if due else [],
    )


def _same(settled: Settled, before: Settled) -> bool:
    return (
        settled.due == before.due
        and settled.posted == before.posted
        and settled.expired == before.expired
        and settled.reason == before.reason
        and settled.version == before.version
        and settled.tier == before.tier
        and settled.forgiven == before.forgiven
        and settled.breakdown == before.breakdown
    )


def _redemptions(key: Row, file: MemberFile) -> list[Row]:
    return [
        _redemption(key, redemption, file.issuing_shops[redemption.id])
        for redemption in file.books.redemptions
        if file.redemption_marks.get(redemption.id) != mark(redemption)
    ]


def _redemption(key: Row, redemption: Redemption, shop_id: UUID) -> Row:
    use = redemption.use
    return key | {
        "redemption_id": redemption.id,
        "shop_id": shop_id,
        "reward": redemption.reward,
        "cost": redemption.cost,
        "version": redemption.version,
        "code": redemption.code,
        "state": redemption.state.value,
        "stage": redemption.stage.value,
        "requested_at": redemption.requested_at,
        "requested_number": redemption.requested_number,
        "ends_at": redemption.ends_at,
        "parts": [[part.lot, part.amount] for part in redemption.parts],
        "use_shop_id": UUID(use.shop) if use else None,
        "use_order": use.order if use else None,
        "use_paid_at": use.paid_at if use else None,
        "external_id": redemption.external_id,
        "code_gone": redemption.code_gone,
        "value_minor": redemption.value_minor,
        "option": redemption.option,
        "cause": redemption.cause,
    }


def _member(key: Row, file: MemberFile, judgement: Judgement, programme: Programme) -> Row:
    standing = judgement.standing
    due_at = min(next_instant(file.books, programme), standing.next_check or NEVER, judgement.next_date or NEVER)
    return key | {
        "number": file.books.number,
        "lots_opened": file.books.lots_opened,
        "passed_until": file.books.passed_until,
        "due_at": due_at if due_at < NEVER else None,
        "tier": standing.level,
        "tier_since": standing.since,
        "grace_ends": standing.grace_ends,
        "held_until": standing.held_until,
        "activity": standing.activity,
    }

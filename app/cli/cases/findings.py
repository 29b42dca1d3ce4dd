"""What the tables say at an expectation, in the words of the case files."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.db.between_shops import owed_between
from app.db.scope import Scope
from app.db.tables import BalanceRow, LotRow, MemberRow, PostingRow, TransactionRow
from app.db.tables.ledger import OF_ITS_TRANSACTION
from app.loyalty.ledger.postings import Source

_GIVEN = ("issued", "granted", "imported", "forgiven")
_GONE = ("redeemed", "donated", "expired", "moved")
_TOTALS = dict.fromkeys(_GIVEN, -1) | dict.fromkeys(_GONE, 1)
Found = Mapping[str, Any]


def _z(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at is not None else None


def member(scope: Scope, member_id: UUID, name: str) -> Found:
    """Return a member's balances, tier, totals and lots; sources that hold our id are told by the story's ``name``."""
    amounts = dict(
        scope.session.execute(
            select(BalanceRow.account, func.sum(BalanceRow.amount))
            .where(BalanceRow.programme_id == scope.programme_id, BalanceRow.member_id == member_id)
            .group_by(BalanceRow.account)
        ).all()
    )

    def amount(account: str) -> int:
        return int(amounts.get(account, 0))

    tier = scope.session.scalar(
        select(MemberRow.tier).where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
    )
    return {
        "pending": amount("pending"),
        "available": amount("available"),
        "held": amount("held"),
        "debt": -amount("debt"),
        "tier": tier,
        "totals": {name: sign * amount(name) for name, sign in _TOTALS.items()},
        "lots": _lots(scope, member_id, name),
    }


def law_broken(found: Found) -> str | None:
    """Return how the law of every member is broken, None where it holds."""
    totals = found["totals"]
    left = sum(totals[name] for name in _GIVEN) - sum(totals[name] for name in _GONE)
    right = found["pending"] + found["available"] + found["held"] - found["debt"]
    return None if left == right else f"{left} moved in, but {right} lie there"


def _lots(scope: Scope, member_id: UUID, name: str) -> list[Found]:
    rows = scope.session.execute(
        select(LotRow.source, LotRow.release_at, LotRow.expires_at, func.sum(BalanceRow.amount))
        .join(
            BalanceRow,
            (BalanceRow.programme_id == LotRow.programme_id)
            & (BalanceRow.member_id == LotRow.member_id)
            & (BalanceRow.lot == LotRow.lot),
        )
        .where(LotRow.programme_id == scope.programme_id, LotRow.member_id == member_id, BalanceRow.amount != 0)
        .group_by(LotRow.source, LotRow.release_at, LotRow.expires_at)
    )
    return lots(
        {
            "source": Source.parse(source).name.replace(str(member_id), name),
            "remaining": int(amount),
            "release_at": _z(start),
            "expires_at": _z(end),
        }
        for source, start, end, amount in rows
    )


def lots(entries: Iterable[Mapping[str, Any]]) -> list[Found]:
    """Return lots in one order, those of equal source and dates as one."""
    merged: dict[tuple[str, str, str], int] = {}
    for entry in entries:
        ends = _z(datetime.fromisoformat(entry["expires_at"])) if entry.get("expires_at") else ""
        key = (entry["source"], _z(datetime.fromisoformat(entry["release_at"])) or "", ends or "")
        merged[key] = merged.get(key, 0) + entry["remaining"]
    return [
        {"source": source, "remaining": amount, "release_at": start, "expires_at": end or None}
        for (source, start, end), amount in sorted(merged.items())
    ]


def _movements(scope: Scope) -> Select[PostingRow, TransactionRow]:
    return (
        select(PostingRow, TransactionRow)
        .join(
            TransactionRow,
            OF_ITS_TRANSACTION,
        )
        .where(PostingRow.programme_id == scope.programme_id)
    )


def net(scope: Scope, names: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return what every source moved by account, zeros left out; ``names`` turns our member ids into the story's."""
    moved: dict[str, dict[str, int]] = {}
    for posting, transaction in scope.session.execute(_movements(scope)):
        source = Source.parse(transaction.source).name
        for ours, theirs in names.items():
            source = source.replace(ours, theirs)
        accounts = moved.setdefault(source, {})
        accounts[posting.from_account] = accounts.get(posting.from_account, 0) - posting.amount
        accounts[posting.to_account] = accounts.get(posting.to_account, 0) + posting.amount
    return {
        source: {account: amount for account, amount in accounts.items() if amount}
        for source, accounts in moved.items()
    }


def settlement(scope: Scope, names: Mapping[UUID, str]) -> dict[str, int]:
    """Return the points of lots from one shop used in orders at another, net, zeros left out."""
    owed = owed_between(scope.session, scope.programme_id)
    return {f"{names[entry.issuer]}>{names[entry.spender]}": entry.amount for entry in owed}

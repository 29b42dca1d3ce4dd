"""Codes on orders that look like ours and that this database does not know: made after a backup that was restored."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.db.scope import Scope
from app.db.tables import OrderRow, RedemptionRow, ReferralRow

_OURS: Final = re.compile(r"[A-Z0-9]{1,6}-[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{5}", re.IGNORECASE)
"""As codes are made: a prefix and three groups."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A code on an order; ``amount_minor`` is what it took off there, in the smallest unit of the order's currency."""

    code: str
    order: str
    placed_at: datetime
    member_id: UUID
    amount_minor: int
    currency: str


def strays(scope: Scope, since: datetime) -> Iterator[Stray]:
    """Return the unknown codes of our shape on orders placed since an instant, the oldest order first."""
    orders = scope.session.scalars(
        select(OrderRow)
        .where(OrderRow.programme_id == scope.programme_id, OrderRow.placed_at >= since)
        .order_by(OrderRow.placed_at, OrderRow.order_id)
        .execution_options(yield_per=500)
    )
    known = _known(scope)
    for row in orders:
        for code, amount_minor in row.snapshot.get("codes", ()):
            if _OURS.fullmatch(code) and code.casefold() not in known:
                currency = str(row.snapshot["currency"])
                yield Stray(code, row.name, row.placed_at, row.member_id, amount_minor, currency)


def _known(scope: Scope) -> set[str]:
    given = scope.session.scalars(select(RedemptionRow.code).where(RedemptionRow.programme_id == scope.programme_id))
    friends = scope.session.scalars(
        select(ReferralRow.code).where(ReferralRow.programme_id == scope.programme_id, ReferralRow.code.is_not(None))
    )
    return {code.casefold() for code in (*given, *friends) if code}

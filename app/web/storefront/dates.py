"""When something happens to a member's points: released, or ended, the soonest first."""

from collections.abc import Iterable
from datetime import UTC, datetime

from app.db.storefront import Portion
from app.loyalty.ledger.postings import Account
from app.web.storefront import shapes


def next_of(portions: Iterable[Portion], account: Account) -> shapes.DatedPoints | None:
    """Return what is released (of pending) or ends (of available) first, all of that instant together."""
    dated: dict[datetime, int] = {}
    for portion in portions:
        at = portion.release_at if account is Account.PENDING else portion.expires_at
        if portion.account is account and at is not None:
            dated[at] = dated.get(at, 0) + portion.amount
    first = min(dated, default=None)
    return shapes.DatedPoints(points=dated[first], at=first) if first is not None else None


def endings(portions: Iterable[Portion]) -> list[shapes.EndingPoints]:
    """Return all that can be spent by the instant at which it ends, the soonest first; what never ends comes last."""
    dated: dict[datetime | None, int] = {}
    for portion in portions:
        if portion.account is Account.AVAILABLE:
            dated[portion.expires_at] = dated.get(portion.expires_at, 0) + portion.amount
    soonest = sorted(dated.items(), key=lambda each: (each[0] is None, each[0] or datetime.min.replace(tzinfo=UTC)))
    return [shapes.EndingPoints(points=points, at=at) for at, points in soonest]

"""The referral desk: what waits for staff, what they decided, and how often holding back was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.db.outcomes import unpack_outcome
from app.db.scope import Scope
from app.db.tables import ReferralRow
from app.loyalty.members.history import ReferralOutcome
from app.loyalty.terms.suspicion import Decision


class View(StrEnum):
    """What is looked at."""

    WAITING = "waiting"
    DECIDED = "decided"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Looked:
    """A referral with both its sides. ``decision`` is None where staff said nothing."""

    id: str
    advocate_id: UUID
    friend_id: UUID
    at: datetime
    outcome: ReferralOutcome
    held_at: datetime | None
    decision: Decision | None
    decided_at: datetime | None
    decided_by: str | None
    why: str | None

    @property
    def waits(self) -> bool:
        """Say whether it is held back until staff decide."""
        return self.held_at is not None and self.decision is None

    @property
    def points(self) -> int:
        """Return what is at stake in smallest steps: the points of both sides."""
        return self.outcome.advocate_points + self.outcome.friend_points


@dataclass(frozen=True, slots=True)
class Figures:
    """How the desk does. Of the ``decided`` ones that had been held back ``approved`` were: held back wrongly."""

    waiting: int
    decided: int
    approved: int

    @property
    def false_positives(self) -> int | None:
        """Return the part held back wrongly in hundredths of a percent, None before anything was decided."""
        return self.approved * 10_000 // self.decided if self.decided else None


_WAITS = and_(ReferralRow.held_at.is_not(None), ReferralRow.decision.is_(None))


def figures(scope: Scope) -> Figures:
    """Count what waits and what was decided."""
    rows = scope.session.execute(
        select(ReferralRow.decision, func.count())
        .where(ReferralRow.programme_id == scope.programme_id, ReferralRow.held_at.is_not(None))
        .group_by(ReferralRow.decision)
    )
    counts: dict[str | None, int] = dict(rows.all())
    approved = counts.get(Decision.APPROVED.value, 0)
    return Figures(counts.get(None, 0), approved + counts.get(Decision.REFUSED.value, 0), approved)


def place_of(found: Looked, view: View) -> tuple[datetime, str]:
    """Return where a referral stands in a view, to ask for what comes after it."""
    at = {View.WAITING: found.held_at, View.DECIDED: found.decided_at, View.ALL: found.at}[view]
    return at or found.at, found.id


def looked(scope: Scope, view: View, limit: int, after: tuple[datetime, str] | None = None) -> Sequence[Looked]:
    """Return referrals with both sides known after a place: what waits, the longest first; else the newest first."""
    chosen: dict[View, tuple[ColumnElement[bool], ...]] = {
        View.WAITING: (_WAITS,),
        View.DECIDED: (ReferralRow.decided_at.is_not(None),),
        View.ALL: (),
    }
    instants: dict[View, InstrumentedAttribute[Any]] = {
        View.WAITING: ReferralRow.held_at,
        View.DECIDED: ReferralRow.decided_at,
        View.ALL: ReferralRow.at,
    }
    place = (instants[view], ReferralRow.referral_id)
    ahead = view is View.WAITING
    order = [column.asc() if ahead else column.desc() for column in place]
    rest = []
    if after is not None:
        rest.append(tuple_(*place) > after if ahead else tuple_(*place) < after)
    rows = scope.session.scalars(
        select(ReferralRow)
        .where(
            ReferralRow.programme_id == scope.programme_id,
            ReferralRow.outcome.is_not(None),
            ReferralRow.friend_id.is_not(None),
            ReferralRow.friend_id != ReferralRow.advocate_id,
            *chosen[view],
            *rest,
        )
        .order_by(*order)
        .limit(limit)
    )
    return [found for row in rows if (found := _looked(row)) is not None]


def one(scope: Scope, referral_id: str) -> Looked | None:
    """Return a referral with both sides known, None where there is none."""
    row = scope.session.scalar(
        select(ReferralRow).where(
            ReferralRow.programme_id == scope.programme_id, ReferralRow.referral_id == referral_id
        )
    )
    return _looked(row) if row is not None else None


def _looked(row: ReferralRow) -> Looked | None:
    if row.friend_id is None or row.outcome is None:
        return None
    return Looked(
        row.referral_id,
        row.advocate_id,
        row.friend_id,
        row.at,
        unpack_outcome(row.referral_id, row.at, row.outcome),
        row.held_at,
        Decision(row.decision) if row.decision else None,
        row.decided_at,
        row.decided_by,
        row.decided_why,
    )

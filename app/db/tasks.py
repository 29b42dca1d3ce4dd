"""What staff have to do for members who asked for it, and what they have done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, tuple_

from app.db.scope import Scope
from app.db.tables import TaskRow

OPEN = "open"


class View(StrEnum):
    """What is looked at."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many tasks are open, and how many of them are past their day."""

    open: int
    overdue: int


def figures(scope: Scope) -> Figures:
    """Return how much there is to do."""
    late = func.count().filter(TaskRow.due_at <= scope.now)
    found = scope.session.execute(
        select(func.count(), late).where(TaskRow.programme_id == scope.programme_id, TaskRow.state == OPEN)
    ).one()
    return Figures(*found)


def tasks(scope: Scope, view: View, limit: int, after: tuple[datetime, str] | None = None) -> Sequence[TaskRow]:
    """Return a page of tasks after a place (when opened, redemption): open ones the oldest first, else the newest."""
    place = (TaskRow.opened_at, TaskRow.redemption_id)
    found = select(TaskRow).where(TaskRow.programme_id == scope.programme_id)
    if view is View.OPEN:
        found = found.where(TaskRow.state == OPEN).order_by(*place)
        found = found.where(tuple_(*place) > after) if after is not None else found
    else:
        found = found.where(TaskRow.state != OPEN).order_by(*(column.desc() for column in place))
        found = found.where(tuple_(*place) < after) if after is not None else found
    return scope.session.scalars(found.limit(limit)).all()

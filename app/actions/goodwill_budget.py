"""What staff may still give this month: goodwill in batches and rewards given for nothing share one budget."""

from datetime import datetime

from sqlalchemy import select

from app.db import goodwill
from app.db.scope import Scope
from app.db.tables import ProgrammeRow
from app.loyalty.days import day_start, local_day
from app.loyalty.errors import BudgetExceededError
from app.loyalty.terms.programme import Programme


def one_at_a_time(scope: Scope) -> None:
    """Take the programme's lock, before any member's: two givers at once could each find the budget whole."""
    scope.session.execute(
        select(ProgrammeRow.programme_id).where(ProgrammeRow.programme_id == scope.programme_id).with_for_update()
    )


def left(scope: Scope, programme: Programme) -> int | None:
    """Return what is left of the month's budget in smallest steps, None where there is no budget."""
    version = programme.version_at(scope.now)
    budget = version.goodwill_budget if version is not None else None
    if budget is None:
        return None
    return max(0, budget - goodwill.given_since(scope, _month_start(scope.now, programme.home.zone)))


def check_budget(scope: Scope, programme: Programme, need: int) -> None:
    """Refuse to give more than is left. Raises BudgetExceededError."""
    have = left(scope, programme)
    if have is not None and need > have:
        raise BudgetExceededError(have, need)


def _month_start(now: datetime, zone: str) -> datetime:
    return day_start(local_day(now, zone).replace(day=1), zone)

"""A budget of an earning rule: what all members together get by it, in a period or at all."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Period(StrEnum):
    """How long a budget lasts before it is whole again: a part of the calendar of the shop where it happened."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class RulePot(NamedTuple):
    """What points are taken from: a rule's budget by its id, in one period, such as ``2025-05``; empty for ever."""

    id: str
    period: str = ""


@dataclass(frozen=True, slots=True)
class RuleBudget:
    """``points`` in smallest steps of the unit ``per`` period; without one at all.

    One ``id`` is one budget, in whatever version it stands.
    """

    id: str
    points: int
    per: Period | None = None

    def pot(self, day: date) -> RulePot:
        """Return what something that happened on a local day takes from."""
        said = day.isoformat()
        periods = {Period.DAY: said, Period.MONTH: said[:7], Period.YEAR: said[:4]}
        return RulePot(self.id, periods[self.per] if self.per is not None else "")

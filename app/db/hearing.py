"""The driver report, read in one go: scores of all answers since an instant, and by each driver."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.db import questions
from app.db.scope import Scope
from app.loyalty.hearing.drivers import FEWEST, Driver, Line, lines, score, tallied
from app.loyalty.hearing.surveys import SurveyKind


@dataclass(frozen=True, slots=True)
class Report:
    """What the answers to questions of one kind say: all together, and a line for each touchpoint, tier, product."""

    kind: SurveyKind
    overall: Line
    by: Mapping[Driver, tuple[Line, ...]]


def reports(scope: Scope, since: datetime | None, fewest: int = FEWEST) -> list[Report]:
    """Return a report for each kind of question that has answers since an instant (None: ever)."""
    found = []
    for kind in SurveyKind:
        tally = tallied(questions.counted(scope, kind, None, since))
        if tally.answers:
            by = {driver: lines(kind, questions.counted(scope, kind, driver, since), fewest) for driver in Driver}
            found.append(Report(kind, Line(None, tally, score(kind, tally, fewest)), by))
    return found

"""Service cases as they are kept: opened once a source, listed by what they wait for, with what staff did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.db.members import new_id
from app.db.scope import Scope
from app.db.tables import CaseRow, CaseStepRow
from app.loyalty.hearing.recovery import Answered, CaseState, Promptness, Step, promptness

_AS_IT_IS_NOW = {"populate_existing": True}


class View(StrEnum):
    """What is looked at: what waits for an answer, what was promised or is not resolved, what is done."""

    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in its list."""

    at: datetime
    case_id: UUID


def open_new(scope: Scope, rows: Sequence[Mapping[str, Any]]) -> None:
    """Open cases; a source that has one keeps it, and at most learns whose it is."""
    if not rows:
        return
    dialect = scope.session.get_bind().dialect.name
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(CaseRow)
    whole = [
        {"programme_id": scope.programme_id, "case_id": new_id(), "state": CaseState.OPEN.value} | dict(row)
        for row in rows
    ]
    scope.session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["programme_id", "source"],
            set_={"member_id": func.coalesce(statement.excluded.member_id, CaseRow.member_id)},
        ),
        whole,
    )


def belongs(scope: Scope, source: str, member_id: UUID) -> None:
    """Tell a case, by its source, whose it turned out to be."""
    scope.session.execute(
        update(CaseRow)
        .where(CaseRow.programme_id == scope.programme_id, CaseRow.source == source)
        .values(member_id=member_id),
        execution_options={"synchronize_session": False},
    )


def one(scope: Scope, case_id: UUID, *, locked: bool = False) -> CaseRow | None:
    """Return a case as it stands now; ``locked``: nobody else changes it until the unit ends."""
    asked = select(CaseRow).where(CaseRow.programme_id == scope.programme_id, CaseRow.case_id == case_id)
    return scope.session.scalar(asked.with_for_update() if locked else asked, execution_options=_AS_IT_IS_NOW)


def steps(scope: Scope, case_id: UUID) -> Sequence[CaseStepRow]:
    """Return what staff did about a case, the first thing first."""
    return scope.session.scalars(
        select(CaseStepRow)
        .where(CaseStepRow.programme_id == scope.programme_id, CaseStepRow.case_id == case_id)
        .order_by(CaseStepRow.at, CaseStepRow.step_id)
    ).all()


def took(scope: Scope, step_id: UUID) -> CaseStepRow | None:
    """Return a step that was taken under this id."""
    return scope.session.scalar(
        select(CaseStepRow).where(CaseStepRow.programme_id == scope.programme_id, CaseStepRow.step_id == step_id)
    )


def take(
    scope: Scope,
    case_id: UUID,
    step_id: UUID,
    what: Step,
    actor: str,
    words: str = "",
    *,
    amount: int | None = None,
    until: datetime | None = None,
) -> None:
    """Keep what was done."""
    scope.session.add(
        CaseStepRow(
            programme_id=scope.programme_id, step_id=step_id, case_id=case_id, at=scope.now, actor=actor,
            what=what.value, amount=amount, until=until,
            words_sealed=scope.cipher.seal(words.encode()) if words else None,
        )
    )  # fmt: skip
    scope.session.flush()


def words_of(scope: Scope, row: CaseStepRow) -> str:
    """Return what was written with a step."""
    return scope.cipher.open(row.words_sealed).decode() if row.words_sealed else ""


_ORDER: Mapping[View, InstrumentedAttribute[Any]] = {
    View.OPEN: CaseRow.due_at,
    View.ANSWERED: CaseRow.due_at,
    View.RESOLVED: CaseRow.resolved_at,
}


def listed(scope: Scope, view: View, limit: int, after: Place | None = None) -> Sequence[CaseRow]:
    """Return cases after a place: those that wait by when they are due, the resolved ones the latest first."""
    column, newest_first = _ORDER[view], view is View.RESOLVED
    wanted: list[ColumnElement[bool]] = [CaseRow.programme_id == scope.programme_id, CaseRow.state == view.value]
    if after is not None:
        here, place = tuple_(column, CaseRow.case_id), tuple_(after.at, after.case_id)
        wanted.append(here < place if newest_first else here > place)
    keys = (column.desc(), CaseRow.case_id.desc()) if newest_first else (column.asc(), CaseRow.case_id.asc())
    return scope.session.scalars(select(CaseRow).where(*wanted).order_by(*keys).limit(limit)).all()


def place_of(row: CaseRow, view: View) -> Place:
    """Return where a case stands in a list."""
    return Place((row.resolved_at if view is View.RESOLVED else None) or row.due_at, row.case_id)


def of_member(scope: Scope, member_id: UUID, limit: int) -> Sequence[CaseRow]:
    """Return a member's cases, the newest first."""
    return scope.session.scalars(
        select(CaseRow)
        .where(CaseRow.programme_id == scope.programme_id, CaseRow.member_id == member_id)
        .order_by(CaseRow.opened_at.desc(), CaseRow.case_id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class Figures:
    """How the desk does: promptness of the cases opened since an instant, and promises that were due by now."""

    prompt: Promptness
    promises_due: int


def figures(scope: Scope, since: datetime) -> Figures:
    """Return how quickly cases opened since an instant were answered; those that still wait are always counted."""
    rows = scope.session.execute(
        select(CaseRow.opened_at, CaseRow.due_at, CaseRow.answered_at, CaseRow.state).where(
            CaseRow.programme_id == scope.programme_id,
            or_(CaseRow.opened_at >= since, CaseRow.state == CaseState.OPEN.value),
        )
    )
    cases = [
        Answered(opened_at, due_at, answered_at)
        for opened_at, due_at, answered_at, state in rows
        # Resolved without an answer, as a mistake: it waits for nobody.
        if answered_at is not None or state == CaseState.OPEN.value
    ]
    due = scope.session.scalar(
        select(func.count()).where(
            and_(CaseRow.programme_id == scope.programme_id, CaseRow.state != CaseState.RESOLVED.value),
            CaseRow.follow_up_at <= scope.now,
        )
    )
    return Figures(promptness(cases, scope.now), due or 0)


def change(scope: Scope, case_id: UUID, **values: object) -> None:
    """Set what changed about a case."""
    scope.session.execute(
        update(CaseRow).where(CaseRow.programme_id == scope.programme_id, CaseRow.case_id == case_id).values(**values),
        execution_options={"synchronize_session": False},
    )


def review_source(shop_id: UUID, review_id: str) -> str:
    """Return what a case of a review is known by."""
    return f"review:{shop_id.hex}:{review_id}"

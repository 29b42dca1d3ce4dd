"""Audit every programme: what comes back is a breach, and the night's job says so loudly."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import structlog
from sqlalchemy import select

from app.actions.audit_ledger import audit_ledger, audit_settlements
from app.db.audit import Breach
from app.db.scope import Scope
from app.db.tables import AuditRow, ProgrammeRow
from app.db.unit import reading, trial, unit_of_work
from app.failpoints import Place, passed
from jobs.rounds import NOBODY, Mark
from jobs.works import Works

log = structlog.get_logger()


def audit_all(works: Works) -> int:
    """Audit every programme and log each breach. Returns how many there were."""
    count = 0
    for programme_id in programmes(works):
        found = list(audit(works, programme_id))
        _say(programme_id, found)
        _note(works, programme_id, len(found))
        count += len(found)
    return count


def audit_page(works: Works, programme_id: UUID, mark: Mark) -> Mark | None:
    """Audit a programme's ledger, then a page of its members at a time; what was found is noted at its end."""
    found = list(_ledger(works, programme_id)) if mark.after == NOBODY else []
    more, after = _settlements(works, programme_id, mark.after)
    _say(programme_id, [*found, *more])
    count = mark.count + len(found) + len(more)
    if after is not None:
        return Mark(after, count)
    _note(works, programme_id, count)
    return None


def programmes(works: Works) -> list[UUID]:
    """Return every programme."""
    with reading(works.engine) as session:
        return list(session.scalars(select(ProgrammeRow.programme_id).order_by(ProgrammeRow.programme_id)))


def audit(works: Works, programme_id: UUID) -> Iterator[Breach]:
    """Return a programme's breaches: balances against postings, then every member settled again without a commit."""
    yield from _ledger(works, programme_id)
    after: UUID | None = NOBODY
    while after is not None:
        found, after = _settlements(works, programme_id, after)
        yield from found


def _ledger(works: Works, programme_id: UUID) -> list[Breach]:
    with reading(works.engine, programme_id) as session:
        return list(audit_ledger(Scope(session, programme_id, works.clock(), works.cipher)))


def _settlements(works: Works, programme_id: UUID, after: UUID) -> tuple[list[Breach], UUID | None]:
    with trial(works.engine) as session:
        return audit_settlements(Scope(session, programme_id, works.clock(), works.cipher), after)


def _say(programme_id: UUID, found: Sequence[Breach]) -> None:
    for breach in found:
        log.error("audit_breach", programme_id=str(programme_id), promise=breach.promise, detail=breach.detail)


def _note(works: Works, programme_id: UUID, breaches: int) -> None:
    with unit_of_work(works.engine, programme_id) as session:
        session.merge(AuditRow(programme_id=programme_id, at=works.clock(), breaches=breaches))
    passed(Place.AUDIT_NOTED)
    log.info("audit_done", programme_id=str(programme_id), breaches=breaches)

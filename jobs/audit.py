"""Audit every programme: what comes back is a breach, and the night's job says so loudly."""

from collections.abc import Iterator
from uuid import UUID

import structlog
from sqlalchemy import select

from app.actions.audit_ledger import audit_ledger, audit_settlements
from app.db.audit import Breach
from app.db.scope import Scope
from app.db.tables import AuditRow, ProgrammeRow
from app.db.unit import reading, trial, unit_of_work
from app.failpoints import Place, passed
from jobs.works import Works

log = structlog.get_logger()


def audit_all(works: Works) -> int:
    """Audit every programme and log each breach. Returns how many there were."""
    count = 0
    for programme_id in programmes(works):
        found = list(audit(works, programme_id))
        for breach in found:
            log.error("audit_breach", programme_id=str(programme_id), promise=breach.promise, detail=breach.detail)
        with unit_of_work(works.engine, programme_id) as session:
            session.merge(AuditRow(programme_id=programme_id, at=works.clock(), breaches=len(found)))
        passed(Place.AUDIT_NOTED)
        count += len(found)
    log.info("audit_done", breaches=count)
    return count


def programmes(works: Works) -> list[UUID]:
    """Return every programme."""
    with reading(works.engine) as session:
        return list(session.scalars(select(ProgrammeRow.programme_id).order_by(ProgrammeRow.programme_id)))


def audit(works: Works, programme_id: UUID) -> Iterator[Breach]:
    """Return a programme's breaches: balances against postings, then every member settled again without a commit."""
    with reading(works.engine, programme_id) as session:
        yield from list(audit_ledger(Scope(session, programme_id, works.clock(), works.cipher)))
    after: UUID | None = UUID(int=0)
    while after is not None:
        with trial(works.engine) as session:
            found, after = audit_settlements(Scope(session, programme_id, works.clock(), works.cipher), after)
        yield from found

"""Programme versions one at a time, as requests at the storefront need them; each is read once a process."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.db.programmes import VERSION
from app.db.tables import VersionRow
from app.loyalty.terms.programme import Version

_KEPT_MAX = 4096
_kept: dict[tuple[UUID, int], Version] = {}
_IN_FORCE = (
    select(VersionRow.number)
    .where(VersionRow.programme_id == bindparam("programme"), VersionRow.starts_at <= bindparam("now"))
    .order_by(VersionRow.starts_at.desc(), VersionRow.number.desc())
    .limit(1)
)


def version_at(session: Session, programme_id: UUID, now: datetime) -> Version | None:
    """Return the version in force: the latest start, of equal starts the one published last. None before the first."""
    number = session.scalar(_IN_FORCE, {"programme": programme_id, "now": now})
    return version(session, programme_id, number) if number is not None else None


def version(session: Session, programme_id: UUID, number: int) -> Version | None:
    """Return a version by its number. Published content never changes, so it is read once a process."""
    known = _kept.get((programme_id, number))
    if known is not None:
        return known
    content = session.scalar(
        select(VersionRow.content).where(VersionRow.programme_id == programme_id, VersionRow.number == number)
    )
    if content is None:
        return None
    if len(_kept) >= _KEPT_MAX:
        _kept.clear()
    return _kept.setdefault((programme_id, number), VERSION.validate_python(content))

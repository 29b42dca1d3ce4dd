"""Drafts: versions that are still being written, one under each name; they judge nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from app.db.programmes import VERSION
from app.db.scope import Scope
from app.db.tables import DraftRow
from app.loyalty.terms.programme import Version

USUAL = "draft"
"""The name of a draft that was given none."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was kept; ``starts_at`` None: it begins when it is published."""

    name: str
    content: Version
    starts_at: datetime | None
    saved_at: datetime


def keep(scope: Scope, name: str, content: Version, starts_at: datetime | None, *, by: str) -> None:
    """Keep a draft under a name, in place of the one that was there."""
    scope.session.merge(
        DraftRow(
            programme_id=scope.programme_id,
            name=name,
            starts_at=starts_at,
            saved_at=scope.now,
            saved_by=by,
            content=VERSION.dump_python(content, mode="json"),
        )
    )


def find(scope: Scope, name: str) -> Draft | None:
    """Return the draft of this name."""
    row = scope.session.scalar(
        select(DraftRow).where(DraftRow.programme_id == scope.programme_id, DraftRow.name == name)
    )
    return None if row is None else Draft(row.name, VERSION.validate_python(row.content), row.starts_at, row.saved_at)


def names(scope: Scope) -> Sequence[str]:
    """Return the names of all drafts."""
    rows = select(DraftRow.name).where(DraftRow.programme_id == scope.programme_id).order_by(DraftRow.name)
    return scope.session.scalars(rows).all()


def forget(scope: Scope, name: str) -> None:
    """Remove a draft: it was published, or is not wanted any more."""
    scope.session.execute(delete(DraftRow).where(DraftRow.programme_id == scope.programme_id, DraftRow.name == name))

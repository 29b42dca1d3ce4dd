"""Whether the database has the newest shape, and for how long the oldest work in its tables has waited."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, or_, select, text
from sqlalchemy.orm import Session

from app.db.migrate import revisions
from app.db.tables import InboxRow, OutboxRow

_ROOT = Path(__file__).parents[2]


@cache
def _heads() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(Config(toml_file=_ROOT.joinpath("pyproject.toml"))).get_heads())


def is_migrated(session: Session) -> bool:
    """Say whether every migration this code knows was applied. Raises SQLAlchemyError where the database is away."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return False
    return frozenset(session.scalars(text("SELECT version_num FROM alembic_version"))) == _heads()


def is_workable(session: Session) -> bool:
    """Say whether work can be done: the shape is ours, or a newer one, which only adds to it (a release under way)."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return False
    return session.scalar(text("SELECT version_num FROM alembic_version")) not in revisions() - _heads()


@dataclass(frozen=True, slots=True)
class Lag:
    """Whole seconds that the oldest waiting row of each table has been due; None where nothing waits."""

    inbox_seconds: int | None
    outbox_seconds: int | None


def lag(session: Session, now: datetime) -> Lag:
    """Return how far behind the work is; what is to be tried again later does not count before its time."""
    waits = []
    for row, since in ((InboxRow, InboxRow.received_at), (OutboxRow, OutboxRow.created_at)):
        oldest = session.scalar(
            select(func.min(func.coalesce(row.next_try, since), type_=since.type)).where(
                row.state == "waiting", or_(row.next_try.is_(None), row.next_try <= now)
            )
        )
        waits.append(max(0, int((now - oldest).total_seconds())) if oldest is not None else None)
    return Lag(*waits)

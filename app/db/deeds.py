"""Deeds: who did what by hand, when and why."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from app.db.members import new_id
from app.db.scope import Scope
from app.db.tables import DeedRow


def record(scope: Scope, *, actor: str, what: str, subject: str, why: str, detail: Mapping[str, Any]) -> None:
    """Keep a deed."""
    scope.session.execute(
        insert(DeedRow).values(
            programme_id=scope.programme_id,
            deed_id=new_id(),
            at=scope.now,
            actor=actor,
            what=what,
            subject=subject,
            why=why,
            detail=dict(detail),
        )
    )

"""Choosing what members collect, points or money, while nobody has any yet."""

from sqlalchemy import exists, select, update

from app.db import deeds, programmes
from app.db.scope import Scope
from app.db.tables import DeedRow, ProgrammeRow, TransactionRow
from app.loyalty.errors import UnitFixedError
from app.loyalty.money import POINTS, exponent
from app.loyalty.terms.programme import Version

WHAT = "choose_unit"
"""The deed's word; its detail tells the last version that was written in the unit before."""


def choose_unit(scope: Scope, *, money: bool, by: str) -> None:
    """Let the programme count in money of its currency, or in whole points; where it does already, nothing happens.

    Promises made so far were in the other unit: each is followed, at its own start, by one that promises nothing, and
    none of them can be gone back to. Raises UnitFixedError once anything was posted.
    """
    row = scope.session.execute(
        select(ProgrammeRow.unit, ProgrammeRow.currency)
        .where(ProgrammeRow.programme_id == scope.programme_id)
        .with_for_update()
    ).one()
    unit, decimals = (row.currency, exponent(row.currency)) if money else (POINTS, 0)
    if row.unit == unit:
        return
    if scope.session.scalar(select(exists().where(TransactionRow.programme_id == scope.programme_id))):
        raise UnitFixedError
    scope.session.execute(
        update(ProgrammeRow).where(ProgrammeRow.programme_id == scope.programme_id).values(unit=unit, decimals=decimals)
    )
    promised = programmes.load(scope.session, scope.programme_id).versions
    for starts_at in sorted({version.starts_at for version in promised}):
        programmes.publish(scope.session, scope.programme_id, Version(starts_at), by=by, now=scope.now)
    last = max((version.number for version in promised), default=0)
    detail = {"unit": unit, "decimals": decimals, "void_until": last}
    deeds.record(scope, actor=by, what=WHAT, subject="programme", why="", detail=detail)


def void_until(scope: Scope) -> int:
    """Return the number of the last version that was written in another unit, 0 where the unit was never changed."""
    detail = scope.session.scalar(
        select(DeedRow.detail)
        .where(DeedRow.programme_id == scope.programme_id, DeedRow.what == WHAT)
        .order_by(DeedRow.at.desc(), DeedRow.deed_id.desc())
        .limit(1)
    )
    return int(detail["void_until"]) if detail else 0

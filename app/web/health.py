"""What operators and load balancers ask: does the process live, is it ready, how far behind is the work."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from app.db import readiness
from app.db.unit import reading
from app.web import tracing
from app.web.house import house
from app.web.policy import ShopFrom, Who, policy

health = APIBlueprint("health", __name__, tag="Health")

_LATE_S = 15 * 60
_NOT_READY: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    503: {
        "description": "Not ready",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ready"}}},
    }
}


class Alive(BaseModel):
    """The process answers."""

    status: str


class Ready(BaseModel):
    """``late`` says that something has waited for more than a quarter of an hour: workers are away or too few."""

    status: str
    database: bool
    migrations: bool
    inbox_lag_seconds: int | None
    outbox_lag_seconds: int | None
    late: bool


@health.get("/healthz")
@health.output(Alive)
@policy(who=Who.ANYONE, shop=ShopFrom.NONE)
def healthz() -> Alive:
    """Say that the process answers."""
    return Alive(status="ok")


@health.get("/readyz")
@health.output(Ready)
@health.doc(responses=_NOT_READY)
@policy(who=Who.ANYONE, shop=ShopFrom.NONE)
def readyz() -> Ready | tuple[Ready, int]:
    """Say whether requests can be answered: the database is there and has the newest shape."""
    works = house().works
    try:
        with reading(works.engine) as session:
            newest = readiness.is_migrated(session)
            lag = readiness.lag(session, works.clock()) if newest else readiness.Lag(None, None)
    except SQLAlchemyError as error:
        tracing.log_crash(error)
        return _found(readiness.Lag(None, None), database=False, migrations=False), 503
    found = _found(lag, database=True, migrations=newest)
    return found if newest else (found, 503)


def _found(lag: readiness.Lag, *, database: bool, migrations: bool) -> Ready:
    waits = [seconds for seconds in (lag.inbox_seconds, lag.outbox_seconds) if seconds is not None]
    return Ready(
        status="ready" if database and migrations else "not ready",
        database=database,
        migrations=migrations,
        inbox_lag_seconds=lag.inbox_seconds,
        outbox_lag_seconds=lag.outbox_seconds,
        late=any(seconds > _LATE_S for seconds in waits),
    )

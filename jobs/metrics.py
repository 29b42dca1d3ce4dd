"""Counts and ages of the whole house in Prometheus' text format, for whoever draws curves; of nobody by name."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.db import readiness
from app.db.inbox import State
from app.db.tables import AuditRow, CursorRow, InboxRow, MemberRow, OutboxRow, RedemptionRow, ShopRow
from app.db.unit import reading
from app.loyalty.ledger.books import Stage
from jobs.alerts import Alert, alerts
from jobs.works import Works

HOLDS_END: Final = timedelta(minutes=15)
"""So long after a platform is up, points that are held have become a code or are back."""

Figure = Callable[[Session, datetime], int]


def lines(works: Works) -> Iterator[str]:
    """Return the figures line by line; of a database that is away only that it is."""
    try:
        with reading(works.engine) as session:
            there = readiness.is_migrated(session)
            now = works.clock()
            found = {name: find(session, now) for name, (_, find) in FIGURES.items()} if there else {}
    except SQLAlchemyError:
        there, found = False, {}
    yield from _gauge("up", "Whether the database answers and has the newest shape.", {"": int(there)})
    for name, value in found.items():
        yield from _gauge(name, FIGURES[name][0], {"": value})
    on = {each.alert: each.count for each in alerts(works)}
    told = {f'{{alert="{alert}"}}': on.get(alert, 0) for alert in Alert}
    yield from _gauge("alert", "What each alert counts, 0 where it is off; docs/operators/alerts.md.", told)


def _gauge(name: str, text: str, values: Mapping[str, int]) -> Iterator[str]:
    yield f"# HELP kizuna_{name} {text}"
    yield f"# TYPE kizuna_{name} gauge"
    for labels, value in values.items():
        yield f"kizuna_{name}{labels} {value}"


def _number(asked: Select[Any]) -> Figure:
    return lambda session, _: int(session.scalar(asked) or 0)


def _inbox_age(session: Session, now: datetime) -> int:
    return readiness.lag(session, now).inbox_seconds or 0


def _outbox_age(session: Session, now: datetime) -> int:
    return readiness.lag(session, now).outbox_seconds or 0


def _holds(session: Session, now: datetime) -> int:
    asked = select(func.count()).where(
        RedemptionRow.stage.in_((Stage.REQUESTED.value, Stage.RETURNING.value)),
        RedemptionRow.requested_at < now - HOLDS_END,
    )
    return int(session.scalar(asked) or 0)


def _due(session: Session, now: datetime) -> int:
    return int(session.scalar(select(func.count()).select_from(MemberRow).where(MemberRow.due_at <= now)) or 0)


_COUNT: Final = select(func.count())
FIGURES: Final[Mapping[str, tuple[str, Figure]]] = {
    "inbox_age_seconds": ("How long the oldest delivery that is due has waited.", _inbox_age),
    "outbox_age_seconds": ("How long the oldest wish at a shop that is due has waited.", _outbox_age),
    "deliveries_waiting": (
        "Deliveries that are kept and not settled yet.",
        _number(_COUNT.where(InboxRow.state == State.WAITING.value)),
    ),
    "deliveries_quarantined": (
        "Deliveries that could not be understood and were set aside.",
        _number(_COUNT.where(InboxRow.state == State.QUARANTINED.value)),
    ),
    "effects_waiting": ("Wishes at shops that are not done yet.", _number(_COUNT.where(OutboxRow.state == "waiting"))),
    "effects_given_up": ("Wishes at shops that were given up.", _number(_COUNT.where(OutboxRow.state == "failed"))),
    "members_due": ("Members for whom something is due by now.", _due),
    "holds_old": ("Redemptions without their code or their points back for more than 15 minutes.", _holds),
    "webhooks_missed": (
        "Changes that had to be asked for at the last look.",
        _number(select(func.sum(CursorRow.found))),
    ),
    "audit_breaches": ("Breaches that the last audits found.", _number(select(func.sum(AuditRow.breaches)))),
    "shops_shut": (
        "Shops whose tokens are refused: their merchants must connect them again.",
        _number(_COUNT.where(ShopRow.state == "reauthorize")),
    ),
}
"""Each asked over all programmes; the alerts beside them come from their own table."""

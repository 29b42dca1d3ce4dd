"""What an operator has to look at: a sentence for each alert, found in the tables, and where it stands what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.db import readiness
from app.db.inbox import State
from app.db.looks import Look
from app.db.outbox import EffectKind
from app.db.overview import RECONCILE_LATE
from app.db.privacy import ENDED, TERM
from app.db.tables import AuditRow, CursorRow, InboxRow, OutboxRow, PrivacyRow, ShopRow, TickRow
from app.db.unit import reading
from integrations.platform import ANOTHER_SHOP
from jobs.periods import EVERY, is_rung_again
from jobs.works import Works

log = structlog.get_logger()

WORK_LATE: Final = timedelta(minutes=15)
EFFECT_LATE: Final = timedelta(minutes=30)
GIVEN_UP_SHOWN: Final = timedelta(days=1)
NIGHT_LATE: Final = timedelta(hours=26)
"""A day and the time a night may take."""
NIGHTS: Final = tuple(job for job, every in EVERY.items() if is_rung_again(every))
"""The jobs whose lost turn would be felt."""
PRIVACY_NEAR: Final = timedelta(days=7)
QUARANTINE_SHOWN: Final = timedelta(days=1)
PAGE: Final = "docs/operators/alerts.md"


class Alert(StrEnum):
    """What can be wrong; each has its part of the page for operators."""

    DATABASE_AWAY = "database_away"
    SCHEMA_OLD = "schema_old"
    WORK_LATE = "work_late"
    EFFECTS_LATE = "effects_late"
    EFFECTS_GIVEN_UP = "effects_given_up"
    DELIVERIES_QUARANTINED = "deliveries_quarantined"
    DELIVERY_OF_ANOTHER_SHOP = "delivery_of_another_shop"
    SEAL_BROKEN = "seal_broken"
    SHOP_SHUT = "shop_shut"
    SHOP_NOT_ASKED = "shop_not_asked"
    WEBHOOKS_MISSING = "webhooks_missing"
    NIGHT_NOT_DONE = "night_not_done"
    BOOKS_DIFFER = "books_differ"
    PRIVACY_DUE = "privacy_due"


SENTENCES: Final[Mapping[Alert, str]] = {
    Alert.DATABASE_AWAY: "The database does not answer.",
    Alert.SCHEMA_OLD: "The database has not the shape this version needs: run kizuna release.",
    Alert.WORK_LATE: "Something that is due has waited for {count} s: workers are away or too few.",
    Alert.EFFECTS_LATE: "{count} wishes at shops (codes, webhooks) are older than half an hour.",
    Alert.EFFECTS_GIVEN_UP: "{count} wishes at shops were given up within a day.",
    Alert.DELIVERIES_QUARANTINED: "{count} deliveries of the last day could not be understood.",
    Alert.DELIVERY_OF_ANOTHER_SHOP: "{count} deliveries with a good signature were another shop's than they said.",
    Alert.SEAL_BROKEN: "{count} deliveries were sealed under a key that is not among ours.",
    Alert.SHOP_SHUT: "{count} shops must be connected again by their merchants.",
    Alert.SHOP_NOT_ASKED: "{count} shops were not asked for more than an hour what changed.",
    Alert.WEBHOOKS_MISSING: "{count} changes had to be asked for at the last look: webhooks do not reach us.",
    Alert.NIGHT_NOT_DONE: "{count} jobs of the night have not been done to their end for more than a day.",
    Alert.BOOKS_DIFFER: "{count} breaches were found by the last audits.",
    Alert.PRIVACY_DUE: "{count} privacy requests end within a week or are overdue.",
}


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that is on. ``count``: how many of what its sentence counts."""

    alert: Alert
    count: int = 1

    @property
    def sentence(self) -> str:
        """Return what is wrong."""
        return SENTENCES[self.alert].format(count=self.count)

    @property
    def page(self) -> str:
        """Return where it stands what to do."""
        return f"{PAGE}#{self.alert}"


def alerts(works: Works) -> list[Raised]:
    """Return every alert that is on, over all programmes. Never raises for a database that is away."""
    try:
        with reading(works.engine) as session:
            if not readiness.is_migrated(session):
                return [Raised(Alert.SCHEMA_OLD)]
            now = works.clock()
            return [Raised(alert, count) for alert, find in _FINDS.items() if (count := find(session, now))]
    except SQLAlchemyError:
        return [Raised(Alert.DATABASE_AWAY)]


def watch(works: Works) -> int:
    """Log every alert that is on, for whoever reads the logs. Returns how many."""
    found = alerts(works)
    for each in found:
        log.error("alert", alert=each.alert.value, count=each.count, sentence=each.sentence, page=each.page)
    return len(found)


def _work_late(session: Session, now: datetime) -> int:
    lag = readiness.lag(session, now)
    longest = max((seconds for seconds in (lag.inbox_seconds, lag.outbox_seconds) if seconds is not None), default=0)
    return longest if longest > WORK_LATE.total_seconds() else 0


def _effects_late(session: Session, now: datetime) -> int:
    """Not those of a shop whose door is shut, an alert of its own; nor what other systems were not there to hear."""
    return _count(
        session,
        select(func.count())
        .select_from(OutboxRow)
        .join(ShopRow, (ShopRow.programme_id == OutboxRow.programme_id) & (ShopRow.shop_id == OutboxRow.shop_id))
        .where(
            OutboxRow.state == "waiting",
            OutboxRow.kind != EffectKind.TELL.value,
            OutboxRow.created_at < now - EFFECT_LATE,
            ShopRow.state == "connected",
        ),
    )


def _given_up(session: Session, now: datetime) -> int:
    return _count(
        session,
        select(func.count()).where(OutboxRow.state == "failed", OutboxRow.done_at >= now - GIVEN_UP_SHOWN),
    )


def _quarantined(*, reason: str | None) -> Callable[[Session, datetime], int]:
    others = InboxRow.reason.not_in((ANOTHER_SHOP, "SEAL_BROKEN")) if reason is None else InboxRow.reason == reason

    def find(session: Session, now: datetime) -> int:
        asked = select(func.count()).where(
            InboxRow.state == State.QUARANTINED.value, InboxRow.done_at >= now - QUARANTINE_SHOWN, others
        )
        return _count(session, asked)

    return find


def _shut(session: Session, now: datetime) -> int:
    del now
    return _count(session, select(func.count()).where(ShopRow.state == "reauthorize"))


def _not_asked(session: Session, now: datetime) -> int:
    return _count(
        session,
        select(func.count())
        .select_from(CursorRow)
        .join(ShopRow, (ShopRow.programme_id == CursorRow.programme_id) & (ShopRow.shop_id == CursorRow.shop_id))
        .where(
            CursorRow.kind == Look.CHANGES.value,
            ShopRow.state == "connected",
            CursorRow.checked_at < now - RECONCILE_LATE,
        ),
    )


def _missing(session: Session, now: datetime) -> int:
    del now
    return int(session.scalar(select(func.sum(CursorRow.found))) or 0)


def _nights(session: Session, now: datetime) -> int:
    """Jobs that were first taken more than a day ago and were not done since: their clock or their workers are away."""
    known = select(TickRow.job).where(TickRow.job.in_(NIGHTS)).group_by(TickRow.job)
    old = set(session.scalars(known.having(func.min(TickRow.at) < now - NIGHT_LATE)))
    done = set(session.scalars(known.having(func.max(TickRow.done_at) >= now - NIGHT_LATE)))
    return len(old - done)


def _breaches(session: Session, now: datetime) -> int:
    del now
    return int(session.scalar(select(func.sum(AuditRow.breaches))) or 0)


def _privacy(session: Session, now: datetime) -> int:
    return _count(
        session,
        select(func.count()).where(PrivacyRow.state.not_in(ENDED), PrivacyRow.received_at < now - TERM + PRIVACY_NEAR),
    )


def _count(session: Session, asked: Select[Any]) -> int:
    return int(session.scalar(asked) or 0)


Find = Callable[[Session, datetime], int]
_FINDS: Final[Mapping[Alert, Find]] = {
    Alert.WORK_LATE: _work_late,
    Alert.EFFECTS_LATE: _effects_late,
    Alert.EFFECTS_GIVEN_UP: _given_up,
    Alert.DELIVERIES_QUARANTINED: _quarantined(reason=None),
    Alert.DELIVERY_OF_ANOTHER_SHOP: _quarantined(reason=ANOTHER_SHOP),
    Alert.SEAL_BROKEN: _quarantined(reason="SEAL_BROKEN"),
    Alert.SHOP_SHUT: _shut,
    Alert.SHOP_NOT_ASKED: _not_asked,
    Alert.WEBHOOKS_MISSING: _missing,
    Alert.NIGHT_NOT_DONE: _nights,
    Alert.BOOKS_DIFFER: _breaches,
    Alert.PRIVACY_DUE: _privacy,
}

"""Reconcile: ask each shop what changed since the last look, put its answers into the inbox, count what was missed."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.db import inbox, looks, shops
from app.db.looks import Look
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from integrations.platform import Changes
from jobs.rounds import all_shops
from jobs.tokens import asked
from jobs.works import Works

log = structlog.get_logger()

OVERLAP = timedelta(minutes=15)
"""How far each look reaches back before the last one: shops' clocks and commits are not ours."""
FIRST_LOOK = timedelta(days=1)
PAGES_MAX = 500


def reconcile_all(works: Works) -> int:
    """Reconcile every connected shop. Returns how many webhooks the last looks found missing."""
    return all_shops(works, "reconcile", reconcile)


def reconcile(works: Works, programme_id: UUID, shop_id: UUID) -> int:
    """Ask one shop for what changed and keep the answers.

    Returns how many answers of the last look had news, that is, webhooks that never came. Raises PlatformError.
    """
    started = works.clock()
    with reading(works.engine, programme_id) as session:
        row = looks.last(session, programme_id, shop_id, Look.CHANGES)
        missed = inbox.missed(session, programme_id, shop_id, row.checked_at) if row is not None else 0
    since = (row.at if row is not None else started - FIRST_LOOK) - OVERLAP
    cursor: str | None = None
    for _ in range(PAGES_MAX):
        changes = _ask(works, programme_id, shop_id, since, cursor)
        if changes is None:
            return missed
        passed(Place.CHANGES_ASKED)
        _keep(works, programme_id, shop_id, changes)
        cursor = changes.cursor
        if cursor is None:
            break
    with unit_of_work(works.engine, programme_id) as session:
        key = (programme_id, shop_id)
        looks.keep(session, key, Look.CHANGES, at=started, checked_at=works.clock(), found=missed)
    passed(Place.CURSOR_MOVED)
    return missed


def _keep(works: Works, programme_id: UUID, shop_id: UUID, changes: Changes) -> None:
    now = works.clock()
    with unit_of_work(works.engine, programme_id) as session:
        platform = shops.get(session, programme_id, shop_id).platform
        for delivery in changes.deliveries:
            arrival = inbox.Arrival(
                platform, delivery.topic, delivery.key, delivery.body, versioned=False, road=inbox.Road.RECONCILE
            )
            inbox.accept(session, works.cipher, programme_id, shop_id, arrival, now)
    passed(Place.CHANGES_KEPT)
    if changes.deliveries:
        works.bell.ring("inbox", programme_id, shop_id)


def _ask(works: Works, programme_id: UUID, shop_id: UUID, since: datetime, cursor: str | None) -> Changes | None:
    return asked(works, programme_id, shop_id, lambda platform, door: platform.changes(since, cursor, door))

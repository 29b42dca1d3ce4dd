"""Reconcile: ask each shop what changed since the last look, put its answers into the inbox, count what was missed."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.db import inbox, looks, shops
from app.db.looks import Look, Unfinished
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from integrations.platform import Changes, PlatformError
from jobs.rounds import all_shops
from jobs.tokens import asked
from jobs.works import Works

log = structlog.get_logger()

OVERLAP = timedelta(minutes=15)
"""How far each look reaches back before the last one: shops' clocks and commits are not ours."""
FIRST_LOOK = timedelta(days=1)
PAGES_A_LOOK = 200
"""So many pages are asked for in one turn; the next turn goes on there."""


def reconcile_all(works: Works) -> int:
    """Reconcile every connected shop. Returns how many webhooks the last looks found missing."""
    return all_shops(works, "reconcile", reconcile)


def reconcile(works: Works, programme_id: UUID, shop_id: UUID) -> int:
    """Ask one shop for what changed and keep the answers; what is left after many pages is asked for at the next turn.

    Returns how many answers of the last look had news, that is, webhooks that never came. Raises PlatformError.
    """
    key, now = (programme_id, shop_id), works.clock()
    with reading(works.engine, programme_id) as session:
        row = looks.last(session, programme_id, shop_id, Look.CHANGES)
        missed = inbox.missed(session, programme_id, shop_id, row.checked_at) if row is not None else 0
    at = row.at if row is not None else now - FIRST_LOOK
    place, began_at = (row.place, row.began_at or now) if row is not None else (None, now)
    try:
        reached = _read_on(works, key, at - OVERLAP, place)
    except PlatformError:
        if place is not None:  # a shop may have forgotten what it meant by the place
            _note(works, key, at, missed, None)
        raise
    if reached is None:
        return missed
    left = Unfinished(reached, began_at) if reached else None
    _note(works, key, at if left is not None else began_at, missed, left)
    passed(Place.CURSOR_MOVED)
    return missed


def _read_on(works: Works, key: tuple[UUID, UUID], since: datetime, place: str | None) -> str | None:
    """Keep page after page. Returns where to go on, empty at the end; None where the shop is not to be asked."""
    for _ in range(PAGES_A_LOOK):
        changes = _ask(works, *key, since, place)
        if changes is None:
            return None
        passed(Place.CHANGES_ASKED)
        _keep(works, *key, changes)
        place = changes.cursor
        if place is None:
            return ""
        if works.ending():
            break
    return place


def _note(works: Works, key: tuple[UUID, UUID], at: datetime, found: int, left: Unfinished | None) -> None:
    with unit_of_work(works.engine, key[0]) as session:
        checked_at = works.clock()
        looks.keep(session, key, Look.CHANGES, at=at, checked_at=checked_at, found=found, unfinished=left)


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

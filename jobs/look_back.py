"""The long look back: every night each shop is asked how old the orders of two months are, and what differs is fetched.

Reconciling asks for what changed since its last look, and trusts that the shop told all of it. This one trusts nothing
but the versions of the orders, and asks for no more than those, so that it is cheap where all is well.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select

from app.db import looks, outbox, shops
from app.db.looks import Look
from app.db.scope import Scope
from app.db.tables import OrderRow
from app.db.unit import unit_of_work
from app.loyalty.facts import Thing
from integrations.platform import Credentials, Platform, TellsVersions, Version, Versions
from jobs.rounds import all_shops
from jobs.tokens import asked
from jobs.works import Works

log = structlog.get_logger()

BACK: Final = timedelta(days=60)
"""How far: a shop of Shopify shows an app no older orders without a further permission."""
SETTLED: Final = timedelta(minutes=30)
"""What changed later is left to the webhook, which may be on its way, and to reconciling."""
PAGES_AT_ONCE: Final = 80
"""Shopify pages through 25,000 things at most; then the list is begun anew from the last instant seen."""


def look_back_all(works: Works) -> int:
    """Look back at every connected shop. Returns how many orders differed."""
    return all_shops(works, "look_back", look_back)


def look_back(works: Works, programme_id: UUID, shop_id: UUID) -> int:
    """Ask one shop how old its orders are and wish for those we know less of. Returns how many. Raises PlatformError.

    What was found is wished for page by page, so a look that is broken off has not been in vain.
    """
    started = works.clock()
    since, cursor, pages, differing = started - BACK, None, 0, 0
    while True:
        if works.ending():
            return differing
        page = asked(works, programme_id, shop_id, _question(since, cursor))
        if page is None:
            return differing
        differing += _compare(works, (programme_id, shop_id), page.orders, started - SETTLED)
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            break
        if pages % PAGES_AT_ONCE == 0 and page.orders and page.orders[-1].updated_at > since:
            since, cursor = page.orders[-1].updated_at, None
    if differing:
        works.bell.ring("outbox", programme_id, shop_id)
        log.warning("look_back_found", shop_id=str(shop_id), orders=differing)
    with unit_of_work(works.engine, programme_id) as session:
        key = (programme_id, shop_id)
        looks.keep(session, key, Look.VERSIONS, at=started, checked_at=works.clock(), found=differing)
    return differing


def _question(since: datetime, cursor: str | None) -> Callable[[Platform, Credentials], Versions]:
    """Return what a platform is asked; of one that does not tell versions all is as it should be."""

    def ask(platform: Platform, door: Credentials) -> Versions:
        return platform.versions(since, cursor, door) if isinstance(platform, TellsVersions) else Versions((), None)

    return ask


def _compare(works: Works, key: tuple[UUID, UUID], told: Sequence[Version], until: datetime) -> int:
    """Wish for the orders of a page that are newer than ours, or placed since the shop was connected and unknown."""
    programme_id, shop_id = key
    with unit_of_work(works.engine, programme_id) as session:
        begun = shops.get(session, programme_id, shop_id).connected_at
        asked_for = {each.id: each for each in told if each.updated_at <= until}
        ours = dict(
            session.execute(
                select(OrderRow.order_id, OrderRow.updated_at).where(
                    OrderRow.programme_id == programme_id,
                    OrderRow.shop_id == shop_id,
                    OrderRow.order_id.in_(list(asked_for)),
                )
            ).all()
        )
        differing = [
            id_
            for id_, version in asked_for.items()
            if (ours[id_] < version.updated_at if id_ in ours else version.placed_at >= begun)
        ]
        scope = Scope(session, programme_id, works.clock(), works.cipher)
        outbox.refetch(scope, shop_id, Thing.ORDER, differing)
    return len(differing)

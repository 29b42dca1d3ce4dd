"""Open a shop's door with a token that is good: one refresher at a time, no unit open while talking."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from app.actions.disconnect_shop import disconnect_shop
from app.db import shops
from app.db.scope import Scope
from app.db.shops import Door
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from integrations.platform import Credentials, Platform, PlatformError, ReauthorizeError, StaleTokenError
from jobs.works import Works, credentials

EARLY = timedelta(minutes=5)
"""A token is refreshed this long before it ends (Shopify: lifetimes of an hour)."""
_PATIENCE_S = 5.0
_LOOK_AGAIN_S = 0.25


def open_door(works: Works, programme_id: UUID, shop_id: UUID, *, refresh: bool = False) -> Door | None:
    """Return the shop with credentials that are good for now, None where it is not connected.

    ``refresh``: the platform just refused the token, so a new one is needed whatever the dates say.
    Raises PlatformError (another is refreshing and takes long, or the platform is away), ReauthorizeError.
    """
    door = _read(works, programme_id, shop_id)
    if door is None or door.shop.state == "disconnected":
        return None
    stale = door.expires_at is not None and door.expires_at <= works.clock() + EARLY
    if door.expires_at is None or not (stale or refresh):
        return door
    return _refresh(works, door)


Answer = TypeVar("Answer")


def asked(
    works: Works, programme_id: UUID, shop_id: UUID, question: Callable[[Platform, Credentials], Answer]
) -> Answer | None:
    """Return what a shop answers, asked once more with a new token where it refused the old one; None: not connected.

    Raises PlatformError.
    """
    door = open_door(works, programme_id, shop_id)
    if door is None:
        return None
    platform = works.platforms[door.shop.platform]
    try:
        return question(platform, credentials(door))
    except StaleTokenError:
        door = open_door(works, programme_id, shop_id, refresh=True)
        return question(platform, credentials(door)) if door is not None else None


def _read(works: Works, programme_id: UUID, shop_id: UUID) -> Door | None:
    with reading(works.engine, programme_id) as session:
        return shops.door(session, works.cipher, programme_id, shop_id)


def _refresh(works: Works, stale: Door) -> Door:
    programme_id, shop_id = stale.shop.programme_id, stale.shop.shop_id
    deadline = time.monotonic() + _PATIENCE_S
    owner = uuid4().hex
    while True:
        with unit_of_work(works.engine, programme_id) as session:
            mine = shops.lease_refresh(session, programme_id, shop_id, owner=owner, now=works.clock())
        door = _read(works, programme_id, shop_id)
        if door is None:
            raise ReauthorizeError("NOT_CONNECTED")
        if dict(door.values) != dict(stale.values):
            return door
        if mine:
            passed(Place.REFRESH_LEASED)
            return _exchange(works, door)
        if time.monotonic() > deadline:
            raise PlatformError("REFRESH_UNDER_WAY", retry_after_s=_PATIENCE_S)
        time.sleep(_LOOK_AGAIN_S)


def _exchange(works: Works, door: Door) -> Door:
    programme_id, shop_id = door.shop.programme_id, door.shop.shop_id
    platform = works.platforms[door.shop.platform]
    try:
        fresh = platform.refresh(credentials(door), now=works.clock())
    except ReauthorizeError:
        with unit_of_work(works.engine, programme_id) as session:
            disconnect_shop(Scope(session, programme_id, works.clock(), works.cipher), shop_id, state="reauthorize")
        raise
    passed(Place.TOKEN_EXCHANGED)
    with unit_of_work(works.engine, programme_id) as session:
        shops.keep_credentials(
            session,
            works.cipher,
            (programme_id, shop_id),
            fresh.values,
            expires_at=fresh.expires_at,
            refresh_expires_at=fresh.refresh_expires_at,
            scopes=fresh.scopes,
        )
    passed(Place.TOKEN_KEPT)
    renewed = _read(works, programme_id, shop_id)
    if renewed is None:
        raise ReauthorizeError("NOT_CONNECTED")
    return renewed


def refresh_ending(works: Works, within: timedelta = timedelta(days=7)) -> int:
    """Refresh shops whose refresh token ends soon, so that quiet shops stay connected. Returns how many."""
    with reading(works.engine) as session:
        connected = [(row.programme_id, row.shop_id) for row in shops.connected(session)]
    count = 0
    for programme_id, shop_id in connected:
        door = _read(works, programme_id, shop_id)
        ends = door.refresh_expires_at if door is not None else None
        if door is not None and ends is not None and ends <= works.clock() + within:
            try:
                _refresh(works, door)
            except PlatformError:
                continue
            count += 1
    return count

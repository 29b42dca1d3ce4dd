"""Drain the outbox: lease a page of effects, talk to the shop with no unit open, record what came of it."""

import random
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from app.actions.describe_effect import describe_effect
from app.actions.disconnect_shop import disconnect_shop
from app.actions.record_effect import effect_is_done, effect_is_lost
from app.db import inbox, outbox
from app.db.outbox import Claim, EffectKind
from app.db.scope import Scope
from app.db.shops import Door
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from app.loyalty.facts import Thing
from integrations.platform import (
    Delivery,
    Performed,
    Platform,
    PlatformError,
    ReauthorizeError,
    Refetch,
    StaleTokenError,
)
from jobs import telling
from jobs.tokens import open_door
from jobs.works import Works, credentials

log = structlog.get_logger()

PAGE = 20
TOLD = 4
"""How many changes are told to other systems in a turn, after the shop's own effects: those never wait for long."""
ATTEMPTS_MAX = 12
JUST_CONNECTED = timedelta(hours=1)
"""A shop that was connected a moment ago has no webhooks yet; at any other, missing ones are news."""
_OF_THE_SHOP = tuple(kind for kind in EffectKind if kind is not EffectKind.TELL)
_OWNER = f"{socket.gethostname()[:40]}:{uuid4().hex[:12]}"


def drain(works: Works, programme_id: UUID, shop_id: UUID) -> bool:
    """Carry out a page of a shop's effects. True where there may be more."""
    now = works.clock()
    with unit_of_work(works.engine, programme_id) as session:
        claims = [
            *outbox.claim(
                session, programme_id, shop_id, owner=_OWNER, now=now, limit=PAGE, kinds=_OF_THE_SHOP
            ),
            *outbox.claim(
                session, programme_id, shop_id, owner=_OWNER, now=now, limit=TOLD, kinds=(EffectKind.TELL,)
            ),
        ]  # fmt: skip
    if claims:
        passed(Place.EFFECTS_CLAIMED)
    silence = telling.Silence()
    for number, claim in enumerate(claims):
        if works.ending():
            _lay_back(works, claims[number:])
            break
        try:
            if claim.kind is EffectKind.TELL:
                _tell(works, claim, silence)
            else:
                _carry_out(works, claim)
        except Exception as error:  # noqa: BLE001 - a slip over one effect is its own failure, the others do not wait
            _record_failure(works, claim, PlatformError(type(error).__name__))
    told = sum(claim.kind is EffectKind.TELL for claim in claims)
    return told == TOLD or len(claims) - told == PAGE


def _lay_back(works: Works, claims: Sequence[Claim]) -> None:
    """Shops may take seconds each to answer: a worker that was told to stop leaves the rest to the next one."""
    with unit_of_work(works.engine, claims[0].programme_id) as session:
        for claim in claims:
            outbox.unclaim(session, claim)


def _tell(works: Works, claim: Claim, silence: telling.Silence) -> None:
    try:
        silence.tell(works, claim)
    except PlatformError as error:
        _record_failure(works, claim, error)


def _carry_out(works: Works, claim: Claim) -> None:
    try:
        door = open_door(works, claim.programme_id, claim.shop_id)
        if door is None:
            raise ReauthorizeError("NOT_CONNECTED")
        try:
            _perform(works, claim, door)
        except StaleTokenError:
            door = open_door(works, claim.programme_id, claim.shop_id, refresh=True)
            if door is None:
                raise ReauthorizeError from None
            _perform(works, claim, door)
    except PlatformError as error:
        _record_failure(works, claim, error)


def _perform(works: Works, claim: Claim, door: Door) -> None:
    platform = works.platforms[door.shop.platform]
    if claim.kind is EffectKind.SUBSCRIBE:
        missing = platform.subscribe(credentials(door), address=webhook_address(works, platform, claim.shop_id))
        if missing and door.shop.connected_at < works.clock() - JUST_CONNECTED:
            log.warning("webhooks_were_missing", shop_id=str(claim.shop_id), topics=list(missing))
        passed(Place.SHOP_SUBSCRIBED)
        with unit_of_work(works.engine, claim.programme_id) as session:
            outbox.done(session, claim, works.clock())
        return
    if claim.kind is EffectKind.REFETCH:
        wanted = Refetch(Thing(claim.payload["thing"]), claim.payload["id"])
        _record_fetched(works, claim, platform, list(platform.refetch(wanted, credentials(door))))
        return
    with reading(works.engine, claim.programme_id) as session:
        scope = Scope(session, claim.programme_id, works.clock(), works.cipher)
        effect = describe_effect(scope, claim.shop_id, claim.kind, claim.payload)
    passed(Place.EFFECT_DESCRIBED)
    performed = platform.perform(effect, credentials(door)) if effect is not None else Performed()
    passed(Place.SHOP_ANSWERED)
    now = works.clock()
    with unit_of_work(works.engine, claim.programme_id) as session:
        if outbox.done(session, claim, now) and effect is not None:
            scope = Scope(session, claim.programme_id, now, works.cipher)
            effect_is_done(scope, claim.kind, claim.payload, performed.external_id)
        passed(Place.EFFECT_MARKED)
    passed(Place.EFFECT_COMMITTED)


def webhook_address(works: Works, platform: Platform, shop_id: UUID) -> str:
    """Return where a shop sends its deliveries; Shopify's app configuration names the same address for every shop."""
    address = f"{works.address}/webhooks/{platform.name}"
    return f"{address}?shop={shop_id}" if platform.capabilities.signs_per_shop else address


def _record_fetched(works: Works, claim: Claim, platform: Platform, deliveries: list[Delivery]) -> None:
    passed(Place.THINGS_FETCHED)
    now = works.clock()
    with unit_of_work(works.engine, claim.programme_id) as session:
        if not outbox.done(session, claim, now):
            return
        for delivery in deliveries:
            arrival = inbox.Arrival(
                platform.name, delivery.topic, delivery.key, delivery.body, versioned=False, road=inbox.Road.REFETCH
            )
            inbox.accept(session, works.cipher, claim.programme_id, claim.shop_id, arrival, now)
    passed(Place.THINGS_KEPT)
    works.bell.ring("inbox", claim.programme_id, claim.shop_id)


def _record_failure(works: Works, claim: Claim, error: PlatformError) -> None:
    """Retry with growing pauses, or give up for good and let an action conclude."""
    now = works.clock()
    stuck = isinstance(error, ReauthorizeError)
    # Money that may have been given is not given up for silence: the shop is asked until it says yes or no.
    tired = claim.attempts >= ATTEMPTS_MAX and claim.kind is not EffectKind.GRANT_CREDIT
    lost = (error.permanent and not stuck) or tired
    log.warning("effect_failed", kind=claim.kind.value, code=error.code, attempts=claim.attempts, lost=lost)
    with unit_of_work(works.engine, claim.programme_id) as session:
        scope = Scope(session, claim.programme_id, now, works.cipher)
        if stuck and error.code != "NOT_CONNECTED":
            disconnect_shop(scope, claim.shop_id, state="reauthorize")
        retry_at = None if lost else _next_try(now, claim.attempts, error, stuck=stuck)
        if outbox.failed(session, claim, now, error=error.code, retry_at=retry_at) and lost:
            effect_is_lost(scope, claim.kind, claim.payload)
        if claim.kind is EffectKind.TELL and error.code in telling.NOBODY_THERE:
            outbox.share_failure(session, claim, telling.prefix(claim), now, retry_at)
        passed(Place.FAILURE_WRITTEN)


def _next_try(now: datetime, attempts: int, error: PlatformError, *, stuck: bool) -> datetime:
    if stuck:
        return now + timedelta(hours=1)
    pause = min(2.0**attempts, 900.0) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    return now + timedelta(seconds=max(pause, error.retry_after_s or 0.0))

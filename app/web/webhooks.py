"""Deliveries of platforms and review apps: proved, kept, acknowledged. What they mean is found out later, elsewhere."""

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response

from app.db import inbox, places, shops
from app.db.inbox import Arrival
from app.db.second_wall import Whose, keep_to
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from app.web.errors import documented
from app.web.house import house
from app.web.incoming import incoming
from app.web.policy import ShopFrom, Who, policy
from app.web.refusals import Refusal
from app.web.secrets import SignsForAll, still_good
from integrations.platform import Ping, Platform, Refused, Request, ReviewSource

webhooks = APIBlueprint("webhooks", __name__, tag="Webhooks")

BODY_MAX_BYTES = 2 * 1024 * 1024
_TOPIC_MAX = 255
_UNPROVED = 401


@webhooks.post("/webhooks/<platform>")
@webhooks.doc(
    summary="Take a delivery", operation_id="take_delivery", responses=documented(200, 400, 401, 404, 413, 503)
)
@policy(who=Who.PLATFORM, shop=ShopFrom.DELIVERY)
def take(platform: str) -> Response:
    """Answer 200 once a delivery is safely kept; repeats too. Whatever proves nothing gets one and the same 401.

    A shop whose owner removed the app may still speak: its last word is repeated until it is heard, privacy requests
    come two days later, and its facts are true. Nothing is parsed here but the signature's headers.
    """
    works = house().works
    origin = works.platforms.get(platform) or works.sources.get(platform)
    if origin is None:
        raise Refusal("NOT_FOUND")
    request, now = incoming(), works.clock()
    home = works.sources[platform].platform if platform in works.sources else platform
    proved = origin.verify(request, secrets=_secrets(origin, home, request, now), now=now)
    if isinstance(proved, Ping):
        return Response(status=200)
    if isinstance(proved, Refused):
        raise Refusal("SIGNATURE_INVALID" if proved.status == _UNPROVED else "INVALID_REQUEST", status=proved.status)
    if len(proved.topic) > _TOPIC_MAX or not proved.topic.isprintable():
        raise Refusal("INVALID_REQUEST")
    passed(Place.DELIVERY_PROVED)
    arrival = Arrival(platform, proved.topic, proved.key, request.body, proved.versioned, proved.event_id)
    with unit_of_work(works.engine, Whose.NOBODY) as session:
        shop = places.where(session, home, proved.domain)
        if shop is None:
            raise Refusal("SIGNATURE_INVALID")
        keep_to(session, shop.programme_id)
        fresh = inbox.accept(session, works.cipher, shop.programme_id, shop.shop_id, arrival, now)
        passed(Place.DELIVERY_INSERTED)
    passed(Place.DELIVERY_KEPT)
    if fresh:
        works.bell.ring("inbox", shop.programme_id, shop.shop_id)
    passed(Place.DELIVERY_RUNG)
    return Response(status=200)


def _secrets(origin: Platform | ReviewSource, home: str, request: Request, now: datetime) -> tuple[str, ...]:
    """Return what may have signed; only where a shop signs with its own secret is the claimed shop looked up."""
    if isinstance(origin, SignsForAll):
        return origin.app_secrets
    works = house().works
    with reading(works.engine, Whose.NOBODY) as session:
        shop = places.where(session, home, origin.claimed_shop(request))
        if shop is None:
            return ()
        keep_to(session, shop.programme_id)
        door = shops.door(session, works.cipher, shop.programme_id, shop.shop_id)
    return still_good(door.values, "webhook_secret", now) if door else ()

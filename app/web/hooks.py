"""Events of other systems: posted as they come to an address that names the shop and the hook, and proves itself."""

import hashlib
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request

from app.db import hooks as addresses
from app.db import inbox
from app.db.inbox import Arrival
from app.db.second_wall import Whose, keep_to
from app.db.unit import unit_of_work
from app.web.errors import documented
from app.web.house import house
from app.web.policy import ShopFrom, Who, policy
from app.web.refusals import Refusal

hooks = APIBlueprint("hooks", __name__, tag="Webhooks")


@hooks.post("/hooks/<uuid:shop_id>/<word:hook>/<word:word>")
@hooks.doc(
    summary="Take an event of another system", operation_id="take_event", responses=documented(200, 401, 404, 413, 503)
)
@policy(who=Who.PLATFORM, shop=ShopFrom.DELIVERY)
def take(shop_id: UUID, hook: str, word: str) -> Response:
    """Answer 200 once the body is safely kept, whatever it holds; repeats too. A wrong address always gets a 401.

    What the body means is said by the programme's hook, and read later.
    """
    works = house().works
    if not addresses.is_word(works.cipher, shop_id, hook, word):
        raise Refusal("SIGNATURE_INVALID")
    body = request.get_data()
    arrival = Arrival(addresses.ORIGIN, addresses.topic(hook), hashlib.sha256(body).hexdigest(), body, versioned=True)
    with unit_of_work(works.engine, Whose.NOBODY) as session:
        shop = addresses.shop(session, shop_id)
        if shop is None:
            raise Refusal("SIGNATURE_INVALID")
        keep_to(session, shop.programme_id)
        fresh = inbox.accept(session, works.cipher, shop.programme_id, shop.shop_id, arrival, works.clock())
    if fresh:
        works.bell.ring("inbox", shop.programme_id, shop.shop_id)
    return Response(status=200)

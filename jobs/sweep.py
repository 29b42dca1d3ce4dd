"""The sweep rings again for every row that waits: a lost ring, a dead worker or an empty Redis loses nothing."""

from sqlalchemy import select

from app.db import inbox, outbox
from app.db.tables import MemberRow
from app.db.unit import reading
from app.failpoints import Place, passed
from jobs.works import EVERY_SHOP, Works


def sweep(works: Works) -> None:
    """Ring for every shop with waiting deliveries or effects and every programme with members whose moment has come."""
    now = works.clock()
    with reading(works.engine) as session:
        letters = inbox.shops_waiting(session, now)
        effects = outbox.shops_waiting(session, now)
        programmes = list(session.scalars(select(MemberRow.programme_id).where(MemberRow.due_at <= now).distinct()))
    passed(Place.SWEEP_LOOKED)
    for programme_id, shop_id in letters:
        works.bell.ring("inbox", programme_id, shop_id)
    for programme_id, shop_id in effects:
        works.bell.ring("outbox", programme_id, shop_id)
    for programme_id in programmes:
        works.bell.ring("members", programme_id, EVERY_SHOP)

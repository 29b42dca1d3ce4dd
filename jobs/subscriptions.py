"""Subscriptions: every connected shop is asked for its webhooks again, so that lost and disabled ones come back."""

from app.db import outbox, shops
from app.db.outbox import EffectKind
from app.db.scope import Scope
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from jobs.works import Works


def subscribe_all(works: Works) -> None:
    """Wish for the webhooks of every connected shop; subscribing repeats without doubling."""
    with unit_of_work(works.engine) as session:
        for row in shops.connected(session):
            scope = Scope(session, row.programme_id, works.clock(), works.cipher)
            outbox.put_once(scope, row.shop_id, EffectKind.SUBSCRIBE, {f"shop:{row.shop_id}": {}})
        passed(Place.SUBSCRIPTIONS_WISHED)

"""Privacy duties carried out: customers erased, deliveries that name them dropped, shops forgotten."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from app.actions.erase_member import erase_member
from app.actions.erase_shop import erase_members_of_shop, forget_shop
from app.db import members, privacy, shops
from app.db.privacy import Names, State
from app.db.scope import Scope
from app.db.tables import PrivacyRow
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from app.loyalty.facts import Customer, Duty
from jobs.scrubbing import scrub
from jobs.works import Works

log = structlog.get_logger()

ACTOR: Final = "platform"
WHY: Final = "the platform asked for it"
SHOP_WAITS: Final = timedelta(hours=48)
"""How long a shop may come back before it is forgotten (Shopify asks 48 hours after the app was removed)."""


def carry_out(works: Works) -> int:
    """Do what can be done of every duty. Returns how many were finished. What failed is tried again next time."""
    with reading(works.engine) as session:
        duties = privacy.waiting(session, (State.OPEN, State.HELD, State.SCRUBBING))
    done = 0
    for programme_id, request_id in duties:
        if works.ending():
            break
        try:
            done += _carry_out(works, programme_id, request_id)
        except Exception as error:  # noqa: BLE001 - one duty that cannot be done must not keep the others waiting
            log.warning("privacy_duty_failed", duty=str(request_id), error=type(error).__name__)
    return done


def _carry_out(works: Works, programme_id: UUID, request_id: UUID) -> bool:
    with reading(works.engine, programme_id) as session:
        row = privacy.get(_scope(works, session, programme_id), request_id)
    if row is None or row.duty == Duty.CUSTOMER_DATA.value:
        return False  # the merchant hands the file over, and says so
    if row.duty == Duty.SHOP_ERASE.value:
        return _shop(works, row)
    if row.state == State.OPEN.value:
        _erase(works, row)
        return True
    return scrub(works, row)


def _scope(works: Works, session: Any, programme_id: UUID) -> Scope:  # noqa: ANN401 - a session of either kind
    return Scope(session, programme_id, works.clock(), works.cipher)


def _erase(works: Works, duty: PrivacyRow) -> None:
    """Erase whom the platform named; of somebody we never knew only the deliveries go."""
    with unit_of_work(works.engine, duty.programme_id) as session:
        scope = _scope(works, session, duty.programme_id)
        row = privacy.get(scope, duty.request_id, lock=True)
        if row is None or row.state != State.OPEN.value:
            return
        names = privacy.names_of(scope, row)
        keys = [key for customer in _customers(names) if (key := members.identity_key(scope, customer)) is not None]
        found = members.find(scope, row.shop_id, keys)
        for member_id in sorted(set(found.values())):
            erase_member(scope, member_id, actor=ACTOR, why=WHY, also=names)
            row.member_id = member_id
        if found:
            privacy.finish(row, scope.now)
        else:
            row.state = State.SCRUBBING.value
        passed(Place.PERSON_ERASED)


def _customers(names: Names) -> list[Customer]:
    return [Customer(one) for one in names.ids] + [Customer(None, address) for address in names.emails]


def _shop(works: Works, duty: PrivacyRow) -> bool:
    """Forget a shop and whom only it knew; one that has been connected again is kept, and staff are shown that."""
    with unit_of_work(works.engine, duty.programme_id) as session:
        scope = _scope(works, session, duty.programme_id)
        row = privacy.get(scope, duty.request_id, lock=True)
        shop = shops.get(session, duty.programme_id, duty.shop_id)
        if row is None:
            return False
        if shop.state != "disconnected":
            row.state = State.HELD.value
            return False
        if shop.disconnected_at is not None and scope.now < shop.disconnected_at + SHOP_WAITS:
            return False
    while True:
        with unit_of_work(works.engine, duty.programme_id) as session:
            left = erase_members_of_shop(_scope(works, session, duty.programme_id), duty.shop_id, actor=ACTOR, why=WHY)
        passed(Place.MEMBERS_FORGOTTEN)
        if not left:
            break
    with unit_of_work(works.engine, duty.programme_id) as session:
        scope = _scope(works, session, duty.programme_id)
        forget_shop(scope, duty.shop_id)
        row = privacy.get(scope, duty.request_id, lock=True)
        if row is not None:
            privacy.finish(row, scope.now)
        passed(Place.SHOP_FORGOTTEN)
    return True

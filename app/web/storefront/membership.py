"""The member behind a request: found, or made at the first look; with books that are up to this moment."""

from datetime import datetime

from app.actions.join_member import join_member
from app.actions.tend_members import tend_members
from app.db import forgotten, storefront
from app.db.scope import Scope
from app.db.storefront import Known
from app.db.unit import reading, unit_of_work
from app.web.callers import Caller, customer
from app.web.house import house
from app.web.refusals import Refusal


def present(asking: Caller, now: datetime) -> Known:
    """Return the member of a shopper. What fell due since a job last came by is done first: numbers are of now."""
    found = seen(asking, now)
    if found is None:
        raise Refusal("NOT_A_MEMBER")
    return found


def seen(asking: Caller, now: datetime) -> Known | None:
    """Return the member of a shopper, as ``present`` does; None for who left and did not join again."""
    works, place, customer_id = house().works, asking.place, customer(asking)
    found = _find(asking, customer_id)
    if found is not None and (found.row.due_at is None or found.row.due_at > now):
        return found
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        if found is not None:
            tend_members(scope, [found.row.member_id])
        elif forgotten.stays_out(scope, place.shop_id, customer_id):
            return None
        else:
            join_member(scope, place.shop_id, customer_id, asking.email)
    if found is None:
        works.bell.ring("outbox", place.programme_id, place.shop_id)
    return _find(asking, customer_id)


def _find(asking: Caller, customer_id: str) -> Known | None:
    with reading(house().works.engine, asking.place.programme_id) as session:
        return storefront.known(session, asking.place.programme_id, asking.place.shop_id, customer_id)


def first_name(name_sealed: bytes | None) -> str | None:
    """Return the first of a member's names, where a shop told it."""
    if not name_sealed:
        return None
    names = house().works.cipher.open(name_sealed).decode().split()
    return names[0] if names else None

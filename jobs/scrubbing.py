"""Deliveries that name a person who is forgotten: found, and their bodies dropped."""

import json
import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from app.db import inbox, privacy
from app.db.cipher import SealBrokenError
from app.db.privacy import Names
from app.db.scope import Scope
from app.db.tables import InboxBodyRow, InboxRow, PrivacyRow
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from jobs.works import Works

_PAGE: Final = 200


def scrub(works: Works, duty: PrivacyRow) -> bool:
    """Drop the bodies of a shop's deliveries that name the person of a duty. True once none is left.

    One that still waits to be settled is left to it and dropped by a later look.
    """
    with reading(works.engine, duty.programme_id) as session:
        names = privacy.names_of(Scope(session, duty.programme_id, works.clock(), works.cipher), duty)
    waiting, last = 0, UUID(int=0)
    while True:
        with unit_of_work(works.engine, duty.programme_id) as session:
            scope = Scope(session, duty.programme_id, works.clock(), works.cipher)
            page = _bodies(scope, duty.shop_id, last)
            waiting += _drop(scope, duty.shop_id, [row for row, sealed in page if _named(scope, row, sealed, names)])
        passed(Place.BODIES_SCRUBBED)
        if len(page) < _PAGE:
            break
        last = page[-1][0].inbox_id
    if waiting:
        return False
    with unit_of_work(works.engine, duty.programme_id) as session:
        scope = Scope(session, duty.programme_id, works.clock(), works.cipher)
        row = privacy.get(scope, duty.request_id, lock=True)
        if row is not None:
            privacy.finish(row, scope.now)
        passed(Place.DUTY_FINISHED)
    return True


def _bodies(scope: Scope, shop_id: UUID, after: UUID) -> list[tuple[InboxRow, bytes]]:
    rows = scope.session.execute(
        select(InboxRow, InboxBodyRow.sealed)
        .join(
            InboxBodyRow,
            (InboxBodyRow.programme_id == InboxRow.programme_id)
            & (InboxBodyRow.shop_id == InboxRow.shop_id)
            & (InboxBodyRow.inbox_id == InboxRow.inbox_id),
        )
        .where(InboxRow.programme_id == scope.programme_id, InboxRow.shop_id == shop_id, InboxRow.inbox_id > after)
        .order_by(InboxRow.inbox_id)
        .limit(_PAGE)
    )
    return [(row, sealed) for row, sealed in rows]


def _drop(scope: Scope, shop_id: UUID, rows: list[InboxRow]) -> int:
    """Drop bodies; return how many have to wait. What lay in quarantine is not looked at again."""
    ended = [row for row in rows if row.state != inbox.State.WAITING.value]
    inbox.finish(
        [row for row in ended if row.state == inbox.State.QUARANTINED.value], inbox.State.IGNORED, scope.now, "ERASED"
    )
    if ended:
        scope.session.execute(
            delete(InboxBodyRow).where(
                InboxBodyRow.programme_id == scope.programme_id,
                InboxBodyRow.shop_id == shop_id,
                InboxBodyRow.inbox_id.in_([row.inbox_id for row in ended]),
            )
        )
    return len(rows) - len(ended)


def _named(scope: Scope, row: InboxRow, sealed: bytes, names: Names) -> bool:
    try:
        return names_somebody(row.topic, scope.cipher.open(sealed), names)
    except SealBrokenError:
        return True  # nobody can read it any more, so nobody misses it


def names_somebody(topic: str, body: bytes, names: Names) -> bool:
    """Say whether a delivery names a person: an address anywhere in it, or the shop's id where customers are named."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace").casefold()
        return any(name in text for name in names.emails) or any(
            re.search(rf"(?<![0-9]){re.escape(name)}(?![0-9])", text) for name in names.ids
        )
    text = json.dumps(read, ensure_ascii=False).casefold()
    if any(name in text for name in names.emails):
        return True
    ids = frozenset(names.ids)
    if topic.startswith("customer") and isinstance(read, dict) and _id(read.get("id")) in ids:
        return True
    return bool(ids) and _is_about(read, ids)


def _is_about(read: object, ids: frozenset[str]) -> bool:
    """Walk without recursion: what came from outside may be deep."""
    left = [read]
    while left:
        each = left.pop()
        if isinstance(each, Mapping):
            customer = each.get("customer")
            named = customer.get("id") if isinstance(customer, Mapping) else customer
            if _id(each.get("customer_id")) in ids or _id(named) in ids:
                return True
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)
    return False


def _id(value: object) -> str:
    """Return an id as a shop names its customers: a number, or the number at the end of a global id."""
    return str(value).rpartition("/")[2] if isinstance(value, int | str) else ""

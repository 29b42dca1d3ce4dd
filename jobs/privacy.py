"""Privacy duties carried out: customers erased, deliveries that name them dropped, shops forgotten."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from app.actions.erase_member import erase_member
from app.actions.erase_shop import erase_members_of_shop, forget_shop
from app.db import inbox, members, privacy, shops
from app.db.cipher import SealBrokenError
from app.db.privacy import Names, State
from app.db.scope import Scope
from app.db.tables import InboxBodyRow, InboxRow, PrivacyRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer, Duty
from jobs.works import Works

log = structlog.get_logger()

ACTOR: Final = "platform"
WHY: Final = "the platform asked for it"
SHOP_WAITS: Final = timedelta(hours=48)
"""How long a shop may come back before it is forgotten (Shopify asks 48 hours after the app was removed)."""
_PAGE = 200


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


def _customers(names: Names) -> list[Customer]:
    return [Customer(one) for one in names.ids] + [Customer(None, address) for address in names.emails]


# -- deliveries --------------------------------------------------------------------------------------------------------


def scrub(works: Works, duty: PrivacyRow) -> bool:
    """Drop the bodies of a shop's deliveries that name the person of a duty. True once none is left.

    One that still waits to be settled is left to it and dropped by a later look.
    """
    with reading(works.engine, duty.programme_id) as session:
        names = privacy.names_of(_scope(works, session, duty.programme_id), duty)
    waiting, last = 0, UUID(int=0)
    while True:
        with unit_of_work(works.engine, duty.programme_id) as session:
            scope = _scope(works, session, duty.programme_id)
            page = _bodies(scope, duty.shop_id, last)
            waiting += _drop(scope, duty.shop_id, [row for row, sealed in page if _named(scope, row, sealed, names)])
        if len(page) < _PAGE:
            break
        last = page[-1][0].inbox_id
    if waiting:
        return False
    with unit_of_work(works.engine, duty.programme_id) as session:
        scope = _scope(works, session, duty.programme_id)
        row = privacy.get(scope, duty.request_id, lock=True)
        if row is not None:
            privacy.finish(row, scope.now)
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


# -- shops -------------------------------------------------------------------------------------------------------------


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
        if not left:
            break
    with unit_of_work(works.engine, duty.programme_id) as session:
        scope = _scope(works, session, duty.programme_id)
        forget_shop(scope, duty.shop_id)
        row = privacy.get(scope, duty.request_id, lock=True)
        if row is not None:
            privacy.finish(row, scope.now)
    return True

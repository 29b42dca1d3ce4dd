"""A shop that runs a programme of its own joins a group's: its members and what they have left go along."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from app.actions.merge_members import sit_with_advocates, tell_shops
from app.actions.sitting import Sitting
from app.db import deeds, erasing, joining, members, programmes, shops
from app.db.scope import Scope
from app.db.second_wall import keep_to
from app.db.tables import MemberRow
from app.loyalty.errors import CannotJoinError
from app.loyalty.ledger.moving import move
from app.loyalty.ledger.postings import Source

MEMBERS_MOST: Final = 20_000
"""The move is one unit of work, for it must happen whole; a shop with more members than this does not go this way."""
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What joining would do, in smallest steps of the unit. ``hindrances``: how much of what stands in the way.

    ``matched`` members are known to the group already, by an address proved at both.
    """

    shop_id: UUID
    members: int
    matched: int
    pending: int
    available: int
    debt: int
    hindrances: dict[str, int] = field(default_factory=dict)

    def word(self, own: UUID, group: UUID) -> str:
        """Return what confirms exactly this plan."""
        told = (own, group, self.shop_id, self.members, self.matched, self.pending, self.available, self.debt)
        return hashlib.sha256(repr(tuple(map(str, told))).encode()).hexdigest()[:10]


def plan_joining(own: Scope, group: Scope, shop_id: UUID) -> Plan:
    """Return what `join_group` would do at this moment; nothing is changed."""
    rows = _everybody(own)
    return _plan(own, group, shop_id, rows, _becomes(own, group, shop_id, rows))


def _plan(own: Scope, group: Scope, shop_id: UUID, rows: Sequence[MemberRow], becomes: dict[UUID, UUID]) -> Plan:
    keep_to(own.session, own.programme_id)
    held = joining.holdings(own)
    hindrances = joining.unfinished(own, shop_id)
    if shops.get(own.session, own.programme_id, shop_id).state != "connected":
        hindrances["NOT_CONNECTED"] = 1
    if len(rows) > MEMBERS_MOST:
        hindrances["TOO_MANY_MEMBERS"] = len(rows)
    hindrances |= _unlike(own, group)
    return Plan(
        shop_id,
        members=len(rows),
        matched=sum(becomes[row.member_id] != row.member_id for row in rows),
        pending=held.get("pending", 0),
        available=held.get("available", 0),
        debt=-held.get("debt", 0),
        hindrances=hindrances,
    )


def join_group(own: Scope, group: Scope, shop_id: UUID, *, word: str, actor: str, why: str) -> Plan:
    """Carry out the plan that ``word`` confirms, in one unit of work: the caller commits all of it or nothing.

    Every member is one of the group's afterwards. Lots go along with their source, shop and dates, by postings through
    the account ``moved`` on both sides. Raises CannotJoinError: something stands in the way, or the plan has changed.
    """
    joining.alone(own.session)
    rows = _everybody(own)
    becomes = _becomes(own, group, shop_id, rows)
    plan = _plan(own, group, shop_id, rows, becomes)
    if plan.hindrances:
        raise CannotJoinError(plan.hindrances)
    if plan.word(own.programme_id, group.programme_id) != word:
        raise CannotJoinError({"PLAN_CHANGED": 1})
    keep_to(group.session, group.programme_id)
    joining.make_members(group, [row for row in rows if becomes[row.member_id] == row.member_id], shop_id)
    joining.take_along(own, group, shop_id, becomes)
    name = Source(f"move:{shop_id}")
    moved = 0
    for page in _pages([row.member_id for row in rows]):
        moved += _move_page(own, group, page, becomes, name)
    joining.close(own)
    for scope, what, amount in ((own, "shop_moved_out", moved), (group, "shop_moved_in", -moved)):
        keep_to(scope.session, scope.programme_id)
        detail = {"moved": amount, "members": plan.members, "matched": plan.matched}
        other = {"other": str(group.programme_id if scope is own else own.programme_id)}
        deeds.record(scope, actor=actor, what=what, subject=f"shop:{shop_id}", why=why, detail=detail | other)
    return plan


def _move_page(own: Scope, group: Scope, page: Sequence[UUID], becomes: dict[UUID, UUID], name: Source) -> int:
    """Move what a page of members has; what is left in the old programme names nobody any more."""
    keep_to(own.session, own.programme_id)
    leaving = Sitting(own, page)
    keep_to(group.session, group.programme_id)
    arriving = sit_with_advocates(group, {becomes[member_id] for member_id in page})
    moved = sum(
        move(leaving.files[member_id].books, arriving.files[becomes[member_id]].books, name, own.now)
        for member_id in page
    )
    arriving.conclude()
    tell_shops(group, *{becomes[member_id] for member_id in page})
    keep_to(own.session, own.programme_id)
    leaving.leave()
    erasing.erase_rows(own, page)
    return moved


def _everybody(own: Scope) -> list[MemberRow]:
    keep_to(own.session, own.programme_id)
    return joining.everybody(own, MEMBERS_MOST + 1)


def _becomes(own: Scope, group: Scope, shop_id: UUID, rows: Sequence[MemberRow]) -> dict[UUID, UUID]:
    """Return who each member is in the group: whom it knows by the same proved address, else themselves."""
    found = {row.member_id: row.member_id for row in rows}
    keep_to(own.session, own.programme_id)
    told = joining.proved(own, shop_id)
    keep_to(group.session, group.programme_id)
    for member_id, email_hash in told:
        known = members.proved_elsewhere(group, shop_id, email_hash)
        if known and found.get(member_id) == member_id:
            found[member_id] = known[0]
    return found


def _unlike(own: Scope, group: Scope) -> dict[str, int]:
    """Return in what the two programmes count differently: nothing of that could be moved one to one."""
    rows = []
    for scope in (own, group):
        keep_to(scope.session, scope.programme_id)
        rows.append(programmes.row(scope.session, scope.programme_id))
    one, other = rows
    found = {"SAME_PROGRAMME": 1} if own.programme_id == group.programme_id else {}
    if one.currency != other.currency:
        found["OTHER_CURRENCY"] = 1
    if (one.unit, one.decimals) != (other.unit, other.decimals):
        found["OTHER_UNIT"] = 1
    if other.state == programmes.CLOSED:
        found["GROUP_CLOSED"] = 1
    return found


def _pages(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), _PAGE):
        yield ids[start : start + _PAGE]

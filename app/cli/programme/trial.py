"""``kizuna programme preview``: the shadow run, told in lines."""

import sys
from uuid import UUID

from app.actions.preview_programme import MemberOutlook, preview_members, preview_orders
from app.cli.programme.desk import Desk
from app.db.scope import Scope
from app.db.unit import reading
from app.loyalty.errors import said
from app.loyalty.terms.programme import Version


def preview(desk: Desk, version: Version) -> int:
    """Tell who would move, what reaching levels would pay, and what the last orders would have earned."""
    _say(f"A shadow run of {desk.name} from {said(version.starts_at)} on. Nothing is changed and nobody is told.")
    found = _members(desk, version)
    moving = [(each.member_id, each.outlook.move) for each in found if each.outlook.move is not None]
    _say(f"\n{len(moving)} of {len(found)} members would be on another tier, if nothing more is bought:")
    for member_id, move in moving:
        _say(f"  {member_id}  {move.before or 'no tier'} → {move.after or 'no tier'}  at {said(move.at)}")
    paid = [each.outlook.entry_points for each in found if each.outlook.entry_points]
    _say(f"Reaching levels would pay {sum(paid)} to {len(paid)} members at once.")
    losing = [each.outlook.lost_points for each in found if each.outlook.lost_points]
    _say(f"{len(losing)} members would lose points that they were given ({sum(losing)}).")
    _orders(desk, version)
    return 0


def _members(desk: Desk, version: Version) -> list[MemberOutlook]:
    found: list[MemberOutlook] = []
    last: UUID | None = UUID(int=0)
    while last is not None:
        with reading(desk.works.engine, desk.programme_id) as session:
            scope = Scope(session, desk.programme_id, desk.now, desk.works.cipher)
            page, last = preview_members(scope, version, last)
        found += page
    return found


def _orders(desk: Desk, version: Version) -> None:
    with reading(desk.works.engine, desk.programme_id) as session:
        orders = preview_orders(Scope(session, desk.programme_id, desk.now, desk.works.cipher), version)
    is_due, would_be = sum(order.is_due for order in orders), sum(order.would_be_due for order in orders)
    _say(f"\nThe last {len(orders)} orders earn {is_due}; had this version always been in force, {would_be}:")
    for order in orders:
        if order.is_due != order.would_be_due:
            _say(f"  {order.name}  {said(order.paid_at)}  {order.is_due} → {order.would_be_due}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")

"""A merge is taken back: two members again, each with what is theirs; what can no longer be parted is stated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.actions.merge_members import sit_with_advocates, tell_shops
from app.actions.sitting import Sitting
from app.db import deeds, members, merges
from app.db.memberfiles import MemberFile, empty_lot
from app.db.scope import Scope
from app.db.tables import MergeRow
from app.loyalty.errors import MergedSinceError, NotMergedError
from app.loyalty.ledger.books import Books
from app.loyalty.ledger.merging import Cargo, Carried, Payment, carry, make_whole
from app.loyalty.ledger.postings import LotId, Reason, Source


@dataclass(frozen=True, slots=True)
class Unmerged:
    """Both members, and the points that one owes the other still and cannot pay: above zero, the kept one owes."""

    kept_id: UUID
    lost_id: UUID
    rest: int


def unmerge_members(scope: Scope, lost_id: UUID, *, actor: str, why: str) -> Unmerged:
    """Let a tombstone stand for itself again: its facts, names, redemptions and what is left of its lots return.

    Points of one that the other used meanwhile are paid from what the other has; what cannot be paid is the ``rest``.
    What the shops told of the person after the merge stays with the member that was kept, until they tell it again.
    Raises NotMergedError, MergedSinceError.
    """
    merge = merges.in_force(scope, lost_id)
    if merge is None:
        raise NotMergedError
    kept_id = merge.kept_id
    sitting = sit_with_advocates(scope, (kept_id, lost_id))
    kept, lost = sitting.files[kept_id], sitting.files[lost_id]
    if kept.row.is_gone:
        raise MergedSinceError
    if lost.row.merged_into != kept_id:
        raise NotMergedError
    carried = _carry_back(scope, kept, lost, merge)
    sitting.leave()
    merges.return_to(scope, merge.detail["facts"], kept_id, lost_id)
    _become_two(scope, kept, merge)
    sit_with_advocates(scope, (kept_id, lost_id)).conclude()
    rest = _make_whole(scope, merge, carried)
    sit_with_advocates(scope, (kept_id, lost_id)).conclude()
    detail = {"rest": rest}
    row = {"kept_id": kept_id, "lost_id": lost_id, "actor": actor, "why": why, "undoes": merge.merge_id}
    merges.keep(scope, row | {"merge_id": members.new_id(), "detail": detail})
    tell_shops(scope, kept_id, lost_id)
    deeds.record(
        scope,
        actor=actor,
        what="unmerge_members",
        subject=f"member:{kept_id}",
        why=why,
        detail={"lost": str(lost_id), "merge": str(merge.merge_id), "rest": rest},
    )
    return Unmerged(kept_id, lost_id, rest)


def _carry_back(scope: Scope, kept: MemberFile, lost: MemberFile, merge: MergeRow) -> Carried:
    """Carry over what is left of the sources and redemptions that came with the merge."""
    sources = {Source.parse(text) for text in merge.detail["sources"]}
    sums = {
        source: accounts
        for source, accounts in merges.programme_side(scope, merge.kept_id).items()
        if source in sources
    }
    own = set(merge.detail["redemptions"])
    debt = min(merge.detail["debt"]["lost"], kept.books.debt)
    cargo = Cargo(Reason.UNMERGE, Source(f"unmerge:{merge.merge_id}"), sums, own, debt)
    for redemption in own & kept.issuing_shops.keys():
        lost.issuing_shops[redemption] = kept.issuing_shops.pop(redemption)
    return carry(kept.books, lost.books, cargo, scope.now)


def _become_two(scope: Scope, kept: MemberFile, merge: MergeRow) -> None:
    """Each joined when it did, unless the shops have told of an even earlier account since."""
    before, theirs = _said(merge.detail["kept"]), _said(merge.detail["lost"])
    merges.set_member(scope, merge.lost_id, merged_into=None, **theirs)
    told = {"joined_at": kept.row.joined_at, "joined_shop_id": kept.row.joined_shop_id}
    known = [{name: said[name] for name in told} for said in (before, theirs)]
    merges.set_member(
        scope, merge.kept_id, **(before if told in known else told | {"provisional": before["provisional"]})
    )


def _said(kept: Mapping[str, Any]) -> dict[str, Any]:
    at, shop_id = kept["joined_at"], kept["joined_shop_id"]
    return {
        "joined_at": datetime.fromisoformat(at) if at is not None else None,
        "joined_shop_id": UUID(shop_id) if shop_id is not None else None,
        "provisional": kept["provisional"],
    }


def _make_whole(scope: Scope, merge: MergeRow, carried: Carried) -> int:
    """Let one pay the other for what it used of theirs; return what could not be paid, below zero where lost owes."""
    if not carried.short:
        return 0
    sitting = Sitting(scope, (merge.kept_id, merge.lost_id))
    kept, lost = sitting.files[merge.kept_id].books, sitting.files[merge.lost_id].books
    paid = merges.debt_payers(scope, merge.kept_id, merge.detail["number"])
    if carried.short > 0:
        giver, taker, owed = kept, lost, merge.detail["debt"]["kept"]
        payers = [(carried.lots[lot], amount) for lot, amount in paid if lot in carried.lots]
        _look_up(scope, merge.lost_id, lost, payers)
    else:
        giver, taker, owed = lost, kept, merge.detail["debt"]["lost"]
        payers = [(lot, amount) for lot, amount in paid if lot not in carried.lots]
        _look_up(scope, merge.kept_id, kept, payers)
    name, debt = Source(f"unmerge:{merge.merge_id}"), max(0, owed - giver.debt)
    payment = Payment(Reason.UNMERGE, name, abs(carried.short), debt, payers)
    left = make_whole(giver, taker, payment, scope.now)
    sitting.leave()
    return left if carried.short > 0 else -left


def _look_up(scope: Scope, member_id: UUID, books: Books, payers: list[tuple[LotId, int]]) -> None:
    """Have lots at hand that are empty by now."""
    for row in merges.lots(scope, member_id, [lot for lot, _ in payers if lot not in books.lots]):
        books.lots[LotId(row.lot)] = empty_lot(row)

"""Two members turn out to be one person: one is kept, the other's facts, names and points become its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.actions.sitting import Sitting
from app.db import deeds, facts, members, merges, outbox
from app.db.memberfiles import MemberFile
from app.db.scope import Scope
from app.db.tables import MemberRow
from app.db.unit import OvertakenError
from app.loyalty.errors import SameMemberError, UnknownMemberError
from app.loyalty.ledger.books import pay_debt
from app.loyalty.ledger.merging import Cargo, carry
from app.loyalty.ledger.postings import Reason, Source


@dataclass(frozen=True, slots=True)
class Merged:
    """Who stands for both now. ``repeated``: they were one already, and nothing was done."""

    kept_id: UUID
    repeated: bool = False


def merge_members(scope: Scope, kept_id: UUID, lost_id: UUID, *, actor: str, why: str) -> Merged:
    """Make ``lost_id`` a tombstone that leads to ``kept_id``, in one unit of work. A repeat does nothing.

    Every lot goes over with its source, shop and dates; redemptions, debt and what each source was given too. Then both
    are settled anew from their facts, so tier, sign-up points and what hangs on first orders are one person's.
    Raises SameMemberError, UnknownMemberError.
    """
    if kept_id == lost_id:
        raise SameMemberError
    stands = members.standing(scope, (kept_id, lost_id))
    kept_id, lost_id = stands[kept_id], stands[lost_id]
    if kept_id == lost_id:
        return Merged(kept_id, repeated=True)
    sitting = sit_with_advocates(scope, (kept_id, lost_id))
    kept, lost = sitting.files.get(kept_id), sitting.files.get(lost_id)
    if kept is None or lost is None:
        raise UnknownMemberError
    if kept.row.erased_at is not None or lost.row.erased_at is not None:
        raise UnknownMemberError
    if kept.row.merged_into is not None or lost.row.merged_into is not None:
        raise OvertakenError
    merge_id = members.new_id()
    detail = _before(kept, lost)
    sums = merges.programme_side(scope, lost_id)
    shared = merges.programme_side(scope, kept_id).keys() & sums.keys()
    own = sorted(redemption.id for redemption in lost.books.redemptions)
    detail |= {"sources": sorted(source.text() for source in sums.keys() - shared), "redemptions": own}
    _date_forgiveness(scope, kept)
    _date_forgiveness(scope, lost)
    cargo = Cargo(Reason.MERGE, Source(f"merge:{merge_id}"), sums, own, lost.books.debt)
    carry(lost.books, kept.books, cargo, scope.now)
    kept.issuing_shops |= lost.issuing_shops
    detail["number"] = kept.books.number
    pay_debt(kept.books, scope.now)
    sitting.leave()
    _become_one(scope, kept.row, lost.row)
    detail["facts"] = merges.follow(scope, lost_id, kept_id)
    merges.keep(
        scope,
        {"merge_id": merge_id, "kept_id": kept_id, "lost_id": lost_id, "actor": actor, "why": why, "detail": detail},
    )
    sit_with_advocates(scope, (kept_id, lost_id)).conclude()
    tell_shops(scope, kept_id)
    deeds.record(
        scope,
        actor=actor,
        what="merge_members",
        subject=f"member:{kept_id}",
        why=why,
        detail={"lost": str(lost_id), "merge": str(merge_id)},
    )
    return Merged(kept_id)


def sit_with_advocates(scope: Scope, member_ids: Iterable[UUID]) -> Sitting:
    """Lock members with everybody whose points hang on what these bought."""
    wanted = set(member_ids)
    return Sitting(scope, wanted | {row.advocate_id for row in facts.referrals_of(scope, wanted)})


def tell_shops(scope: Scope, *member_ids: UUID) -> None:
    """Wish that every shop which knows these members by an account shows what they have now."""
    for shop_id, known in members.accounts(scope, member_ids).items():
        subjects = {f"member:{member_id}": {"member": str(member_id)} for member_id in known}
        outbox.put_once(scope, shop_id, outbox.EffectKind.SYNC_MEMBER, subjects)


def _date_forgiveness(scope: Scope, file: MemberFile) -> None:
    """Let entries from before instants were kept know theirs: two members' numbers cannot be compared."""
    entries = [entry for given in file.books.given.values() for entry in given.forgiven if entry.at is None]
    instants = merges.posted_at(scope, file.row.member_id, [entry.number for entry in entries])
    for entry in entries:
        entry.at = instants.get(entry.number)


def _before(kept: MemberFile, lost: MemberFile) -> dict[str, object]:
    return {
        "kept": _said(kept.row),
        "lost": _said(lost.row),
        "debt": {"kept": kept.books.debt, "lost": lost.books.debt},
    }


def _said(row: MemberRow) -> dict[str, object]:
    return {
        "joined_at": row.joined_at.isoformat() if row.joined_at is not None else None,
        "joined_shop_id": str(row.joined_shop_id) if row.joined_shop_id is not None else None,
        "provisional": row.provisional,
    }


def _become_one(scope: Scope, kept: MemberRow, lost: MemberRow) -> None:
    """The earlier account is when the person joined; an address proved once is proved."""
    first = min((row for row in (kept, lost) if row.joined_at is not None), key=_joined, default=kept)
    provisional = kept.provisional and lost.provisional
    # Whoever of the two wanted no offers of their own: the person wants none until they say otherwise.
    since = min((row.impersonal_since for row in (kept, lost) if row.impersonal_since is not None), default=None)
    merges.set_member(
        scope, kept.member_id, joined_at=first.joined_at, joined_shop_id=first.joined_shop_id, provisional=provisional,
        impersonal_since=since,
    )  # fmt: skip
    merges.set_member(
        scope, lost.member_id, joined_at=None, joined_shop_id=None, provisional=False, merged_into=kept.member_id
    )


def _joined(row: MemberRow) -> tuple[str, UUID]:
    return (row.joined_at.isoformat() if row.joined_at is not None else "", row.member_id)

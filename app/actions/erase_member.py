"""Forget who a member is: nothing tells any more, the postings stay and the books still balance."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from app.actions.merge_members import sit_with_advocates
from app.db import deeds, erasing, listeners, merges, people, privacy
from app.db.listeners import Change, News
from app.db.members import standing, word
from app.db.privacy import NAMELESS, Names, State
from app.db.scope import Scope
from app.db.tables import IdentityRow
from app.loyalty.errors import UnknownMemberError
from app.loyalty.facts import Duty


def erase_member(scope: Scope, member_id: UUID, *, actor: str, why: str, also: Names = NAMELESS) -> bool:
    """Erase a member for good, and everybody who was merged into it. False where that was done before.

    Points that are left end, live codes are disabled, debt is forgiven. ``why`` is kept, so it must not name the
    person. A duty stays open at each shop that knew the member until no delivery kept here names them, ``also`` by
    other names than those we know. Raises UnknownMemberError.
    """
    stands = standing(scope, [member_id])[member_id]
    sitting = sit_with_advocates(scope, [stands])
    file = sitting.files.get(stands)
    if file is None:
        raise UnknownMemberError
    if file.row.erased_at is not None:
        return False
    member_ids = erasing.themselves(scope, stands)
    for shop_id, names in _names(scope, member_ids, also).items():
        privacy.keep(scope, shop_id, Duty.CUSTOMER_ERASE, names, state=State.SCRUBBING, member_id=stands)
    # The member's words at shops and the friends who follow the old link lead nowhere from now on.
    merges.set_member(scope, stands, erased_at=scope.now, referral_code=word())
    file.row.erased_at = scope.now
    sitting.conclude()
    # Other systems know the member by each id they were ever told, and forget them by these.
    merged = [str(each) for each in member_ids if each != stands]
    listeners.tell(scope, [News(Change.MEMBER_FORGOTTEN, stands, {"merged": merged})])
    erasing.erase_rows(scope, member_ids)
    deeds.record(scope, actor=actor, what="erase_member", subject=f"member:{stands}", why=why, detail={})
    return True


def _names(scope: Scope, member_ids: Sequence[UUID], also: Names) -> dict[UUID, Names]:
    """Return by shop how its deliveries name these members."""
    told = people.people(scope, member_ids).values()
    emails = {person.email for person in told if person.email} | set(also.emails)
    rows = scope.session.execute(
        select(IdentityRow.shop_id, IdentityRow.customer_id).where(
            IdentityRow.programme_id == scope.programme_id, IdentityRow.member_id.in_(member_ids)
        )
    )
    ids: dict[UUID, set[str]] = {}
    for shop_id, customer_id in rows:
        known = ids.setdefault(shop_id, set())
        if not customer_id.startswith("guest:"):
            known.add(customer_id)
    return {shop_id: Names(_sorted(known | set(also.ids)), _sorted(emails)) for shop_id, known in ids.items()}


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name.strip().casefold() for name in names}))

"""A shop made two of its accounts one: the members they were become one as well."""

from collections.abc import Iterable
from uuid import UUID

from app.actions.merge_members import merge_members
from app.db import members, merges
from app.db.scope import Scope
from app.loyalty.facts import Merger

_ACTOR = "kizuna"
_WHY = "the shop made the two accounts one"


def merge_accounts(scope: Scope, shop_id: UUID, mergers: Iterable[Merger]) -> int:
    """Merge the members of accounts that the shop merged; return how many.

    Whom nobody here knows needs no merging: a kept account that was not a member takes over the lost one's name.
    Whom people parted stays parted.
    """
    made = 0
    for merger in mergers:
        known = members.find(scope, shop_id, (merger.kept, merger.lost))
        kept, lost = known.get(merger.kept), known.get(merger.lost)
        if lost is None or kept == lost:
            continue
        if kept is None:
            members.add_identity(scope, shop_id, merger.kept, lost)
        elif not merges.parted(scope, kept, lost):
            made += not merge_members(scope, kept, lost, actor=_ACTOR, why=_WHY).repeated
    return made

"""One person, several shops of a group: accounts that proved the same address at two of them become one member."""

from collections.abc import Mapping
from uuid import UUID

from app.actions.merge_members import merge_members
from app.db import members, merges
from app.db.scope import Scope

_ACTOR = "kizuna"
_WHY = "the same proved address at two shops"


def link_accounts(scope: Scope, shop_id: UUID, proved: Mapping[str, str]) -> int:
    """Merge the members of accounts with those whom other shops know by the same proved address; return how many.

    ``proved`` holds the address's keyed hash by the shop's customer id. The member made first is kept.
    Whom people parted stays parted.
    """
    made = 0
    for customer_id, email_hash in sorted(proved.items()):
        for other in members.proved_elsewhere(scope, shop_id, email_hash):
            here = members.find(scope, shop_id, [customer_id])[customer_id]
            if other == here or merges.parted(scope, here, other):
                continue
            # Ids are made in order of time.
            kept, lost = sorted((here, other))
            made += not merge_members(scope, kept, lost, actor=_ACTOR, why=_WHY).repeated
    return made

"""What a listener is told at the moment it is told: the numbers of the change, the names as they are now."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.actions.describe_effect import customer_of
from app.db import listeners, shops
from app.db.listeners import Change
from app.db.scope import Scope
from app.db.tables import MemberRow
from app.loyalty.effects import TellChange


def describe_telling(scope: Scope, shop_id: UUID, effect_id: UUID, payload: Mapping[str, Any]) -> TellChange | None:
    """Return what to send, None where nobody is to hear it any more (the listener was removed, the member forgotten).

    Every try has the same id. Of a person it holds our random id and the shop's own id of the customer, nothing else.
    """
    row = listeners.get(scope, UUID(payload["listener"]))
    if row is None:
        return None
    member_id, forgetting = UUID(payload["member"]), payload["change"] == Change.MEMBER_FORGOTTEN.value
    if not forgetting and _is_forgotten(scope, member_id):
        return None
    customer = customer_of(scope, shop_id, member_id) if not forgetting else None
    told = {
        "type": payload["change"],
        "timestamp": payload["at"],
        "data": {
            "shop": shops.get(scope.session, scope.programme_id, shop_id).domain,
            "member": str(member_id),
            "customer": customer.id if customer is not None else None,
            **payload["data"],
        },
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return TellChange(str(effect_id), row.url, listeners.signing(scope, row), body)


def _is_forgotten(scope: Scope, member_id: UUID) -> bool:
    erased = scope.session.scalar(
        select(MemberRow.erased_at).where(
            MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id
        )
    )
    return erased is not None

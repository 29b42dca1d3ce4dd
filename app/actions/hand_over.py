"""A customer was given what is kept about them: the duty the platform laid on us is done."""

from uuid import UUID

from app.db import deeds, privacy
from app.db.privacy import State
from app.db.scope import Scope
from app.loyalty.facts import Duty


def hand_over(scope: Scope, request_id: UUID, *, actor: str) -> bool:
    """Note who handed the file over; a repeat notes nothing. False where there is no such duty."""
    row = privacy.get(scope, request_id, lock=True)
    if row is None or row.duty != Duty.CUSTOMER_DATA.value:
        return False
    if row.state != State.OPEN.value:
        return True
    privacy.finish(row, scope.now)
    why = "a customer asked what is kept about them"
    deeds.record(scope, actor=actor, what="hand_over", subject=f"duty:{request_id}", why=why, detail={})
    return True

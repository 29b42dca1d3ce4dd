"""Staff give or take points by hand, with a reason that stays."""

from app.actions.answers import Answer, Effect, answer_once
from app.actions.sitting import Sitting
from app.db import deeds
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.ledger.granting import adjust
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import Granted


def adjust_points(scope: Scope, request: Request, amount: int) -> Answer:
    """Add (above zero) or take (below) smallest steps of the unit; the deed is kept with who and why.

    Refusals: INSUFFICIENT_POINTS (have, need, missing), KEY_REUSED.
    """

    def carry_out(sitting: Sitting) -> Effect:
        file = sitting.files[request.member_id]
        adjust(file.books, sitting.programme, request.key, amount, scope.now)
        file.granted.append(Granted(Source(f"adjust:{request.key}"), scope.now, amount))
        deeds.record(
            scope,
            actor=request.actor,
            what="adjust_points",
            subject=f"member:{request.member_id}",
            why=request.note or "",
            detail={"amount": amount, "key": request.key},
        )
        return Effect(amount, scope.now)

    return answer_once(scope, request, carry_out)

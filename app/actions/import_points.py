"""Points a member brings from elsewhere, a lot with its own dates."""

from datetime import datetime

from app.actions.answers import Answer, Effect, answer_once
from app.actions.sitting import Sitting
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.ledger.granting import import_lot
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import Granted


def import_points(
    scope: Scope, request: Request, amount: int, earned_at: datetime, expires_at: datetime | None
) -> Answer:
    """Open a lot of ``amount`` earned at ``earned_at``; without an end the policy at import counts from then."""

    def carry_out(sitting: Sitting) -> Effect:
        file = sitting.files[request.member_id]
        import_lot(file.books, sitting.programme, request.key, amount, earned_at, expires_at, scope.now)
        file.granted.append(Granted(Source(f"import:{request.key}"), earned_at, amount))
        return Effect(amount, earned_at)

    return answer_once(scope, request, carry_out)

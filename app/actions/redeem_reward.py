"""A shopper turns points into a reward: points on hold, the code chosen and stored, its making wished for."""

from uuid import UUID

from app.actions.answers import Answer, Effect, answer_once
from app.actions.sitting import Sitting
from app.db import outbox
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.redemptions import Ask, hold


def redeem_reward(
    scope: Scope, shop_id: UUID, request: Request, *, reward: str, code: str, codes_revive: bool = False
) -> Answer:
    """Redeem ``reward`` for the request's member at a shop under the request's key (which becomes the redemption's id).

    ``code`` is chosen by the caller and unguessable; it is stored with the hold before any platform hears of it.
    ``codes_revive``: the platform gives codes of cancelled orders back, so such a code is disabled before points
    return.
    Refusals: UNKNOWN_REWARD, TIER_TOO_LOW (need), INSUFFICIENT_POINTS (have, need, missing), KEY_REUSED.
    """

    def carry_out(sitting: Sitting) -> Effect:
        file = sitting.files[request.member_id]
        level = sitting.judgement(request.member_id).standing.level
        version = sitting.programme.version_at(scope.now)
        redemption = hold(file.books, Ask(request.key, code, reward), version, level, scope.now)
        redemption.code_gone = not codes_revive
        file.issuing_shops[redemption.id] = shop_id
        outbox.put(
            scope, shop_id, outbox.EffectKind.ISSUE_CODE, f"redemption:{redemption.id}", {"redemption": redemption.id}
        )
        return Effect()

    return answer_once(scope, request, carry_out)

"""A reward for nothing: a gesture of staff's, or a milestone that lets a member choose."""

from uuid import UUID

from app.actions.answers import Answer, Effect, answer_once
from app.actions.fulfil_redemption import set_on_its_way
from app.actions.goodwill_budget import check_budget, one_at_a_time
from app.actions.sitting import Sitting
from app.db import deeds, goodwill, stocks
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.errors import SoldOutError
from app.loyalty.publishing.offering import Abilities, check_shop
from app.loyalty.redeeming.eligibility import check_worth
from app.loyalty.redeeming.redemptions import Ask, give


def give_reward(
    scope: Scope,
    shop_id: UUID,
    request: Request,
    ask: Ask,
    *,
    codes_revive: bool = False,
    abilities: Abilities | None = None,
) -> Answer:
    """Give what ``ask`` names to the request's member for no points; who did it and why is kept.

    Tier, window and limits are not asked for; stock and budget are, and what it costs counts towards the month's
    goodwill.
    Refusals: BUDGET_EXCEEDED (have, need), UNKNOWN_REWARD, NOT_AT_THIS_SHOP, UNKNOWN_OPTION, SOLD_OUT, OFFER_SPENT,
    KEY_REUSED.
    """

    def carry_out(sitting: Sitting) -> Effect:
        file = sitting.files[request.member_id]
        version = sitting.programme.version_at(scope.now)
        reward = version.reward(ask.reward) if version is not None else None
        if reward is not None and abilities is not None:
            check_shop(reward, abilities)
        if reward is not None and reward.is_counted:
            taken = stocks.taken(scope, reward)
            if reward.stock is not None and taken.pieces >= reward.stock:
                raise SoldOutError(reward.stock, taken.pieces)
            check_worth(reward, taken.worth_minor, ask.points)
        cost = reward.needs(ask.points) if reward is not None else 0
        check_budget(scope, sitting.programme, cost)
        redemption = give(file.books, ask, version, scope.now)
        redemption.code_gone = not codes_revive
        set_on_its_way(scope, sitting, file, redemption, shop_id)
        deeds.record(
            scope,
            actor=request.actor,
            what=goodwill.GESTURE,
            subject=f"member:{request.member_id}",
            why=request.note or "",
            detail={"reward": ask.reward, "redemption": redemption.id, "cost": cost},
        )
        return Effect()

    one_at_a_time(scope)
    return answer_once(scope, request, carry_out)

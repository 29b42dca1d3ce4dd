"""A shopper turns points into a reward: points on hold, the code chosen and stored, its making wished for."""

from uuid import UUID

from app.actions.answers import Answer, Effect, answer_once
from app.actions.fulfil_redemption import set_on_its_way
from app.actions.sitting import Sitting
from app.db import segments, stocks
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.members.shopping import shopper_of
from app.loyalty.publishing.offering import Abilities, check_shop
from app.loyalty.redeeming.eligibility import Asker
from app.loyalty.redeeming.redemptions import Ask, hold
from app.loyalty.terms.segments import Shopper


def redeem_reward(
    scope: Scope,
    shop_id: UUID,
    request: Request,
    ask: Ask,
    *,
    codes_revive: bool = False,
    abilities: Abilities | None = None,
) -> Answer:
    """Redeem what ``ask`` says for the request's member at a shop; its id is the request's key.

    The code in it is chosen by the caller and unguessable; it is stored with the hold before any platform hears of it.
    ``codes_revive``: the platform gives codes of cancelled orders back, so such a code is disabled before points
    return. ``abilities``: what the shop's platform can give; None: everything.
    Refusals: those of ``eligibility.check`` in its order, NOT_AT_THIS_SHOP before the member's points are looked at,
    KEY_REUSED.
    """

    def carry_out(sitting: Sitting) -> Effect:
        file = sitting.files[request.member_id]
        version = sitting.programme.version_at(scope.now)
        reward = version.reward(ask.reward) if version is not None else None
        if version is not None and reward is not None and abilities is not None:
            check_shop(version.picked(ask.reward, ask.option) or reward, abilities)
        level = sitting.judgement(request.member_id).standing.level
        taken = stocks.taken(scope, reward) if reward is not None and reward.is_counted else stocks.NOTHING
        asker = Asker(
            level=level,
            since=file.row.joined_at or file.row.created_at,
            taken=taken.pieces,
            spent_minor=taken.worth_minor,
            shopper=_shopper(scope, sitting, request.member_id, level)
            if reward is not None and reward.segment is not None
            else None,
        )
        redemption = hold(file.books, ask, version, asker, scope.now)
        redemption.code_gone = not codes_revive
        set_on_its_way(scope, sitting, file, redemption, shop_id)
        return Effect()

    return answer_once(scope, request, carry_out)


def _shopper(scope: Scope, sitting: Sitting, member_id: UUID, level: str | None) -> Shopper:
    file, told = sitting.files[member_id], segments.answers(scope, [member_id])
    found = shopper_of(file.history(), file.books, sitting.programme, level, scope.now, told.get(member_id, ()))
    return segments.as_told(scope, found, file.row)

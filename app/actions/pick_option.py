"""A member picks one of several rewards; the others lapse."""

from uuid import UUID

from app.actions.answers import Answer, Effect, answer_once
from app.actions.fulfil_redemption import set_on_its_way
from app.actions.sitting import Sitting
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.errors import UnknownRedemptionError
from app.loyalty.publishing.offering import Abilities, check_shop
from app.loyalty.redeeming.redemptions import pick


def pick_option(
    scope: Scope,
    request: Request,
    redemption_id: str,
    option: str,
    *,
    shop_id: UUID,
    abilities: Abilities | None = None,
) -> Answer:
    """Pick ``option`` of a redemption that waits for it; ``shop_id`` is where it was picked and will be given.

    Refusals: UNKNOWN_REDEMPTION, ALREADY_PICKED, UNKNOWN_OPTION (need), NOT_AT_THIS_SHOP, KEY_REUSED.
    """

    def carry_out(sitting: Sitting) -> Effect:
        file = sitting.files[request.member_id]
        redemption = next((one for one in file.books.redemptions if one.id == redemption_id), None)
        if redemption is None:
            raise UnknownRedemptionError
        version = sitting.programme.version(redemption.version)
        picked = version.picked(redemption.reward, option)
        if picked is not None and abilities is not None:
            check_shop(picked, abilities)
        pick(file.books, redemption, version, option, scope.now)
        set_on_its_way(scope, sitting, file, redemption, shop_id)
        return Effect()

    return answer_once(scope, request, carry_out)

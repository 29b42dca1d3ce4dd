"""What follows from an effect that was carried out, or that failed for good."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from app.actions.conclude_redemption import (
    code_is_gone,
    code_is_live,
    code_stays,
    credit_is_given,
    credit_is_refused,
    end_redemption,
)
from app.db import listeners, redemptions
from app.db.listeners import Change, News
from app.db.outbox import EffectKind
from app.db.scope import Scope
from app.db.tables import ReferralRow
from app.loyalty.errors import AlreadyUsedError, UnknownRedemptionError
from app.loyalty.ledger.books import Stage


def effect_is_done(scope: Scope, kind: EffectKind, payload: Mapping[str, Any], external_id: str | None) -> None:
    """Record what the shop did."""
    if kind is EffectKind.ISSUE_CODE:
        code_is_live(scope, payload["redemption"], external_id)
        _tell_issued(scope, payload["redemption"])
    elif kind is EffectKind.GRANT_CREDIT:
        credit_is_given(scope, payload["redemption"], external_id)
        _tell_issued(scope, payload["redemption"])
    elif kind is EffectKind.DISABLE_CODE:
        code_is_gone(scope, payload["redemption"], Stage(payload["stage"]))
    elif kind is EffectKind.ISSUE_FRIEND_CODE:
        _friend_code(scope, payload["referral"], "issued", external_id)


def effect_is_lost(scope: Scope, kind: EffectKind, payload: Mapping[str, Any]) -> None:
    """Conclude an effect that can never be carried out.

    A code that cannot be made gives its points back; one that cannot be made unusable can be used on.
    """
    if kind is EffectKind.ISSUE_CODE:
        try:
            end_redemption(scope, payload["redemption"], Stage.FAILED)
        except (AlreadyUsedError, UnknownRedemptionError):
            return
    elif kind is EffectKind.GRANT_CREDIT:
        credit_is_refused(scope, payload["redemption"])
    elif kind is EffectKind.DISABLE_CODE:
        code_stays(scope, payload["redemption"])
    elif kind is EffectKind.ISSUE_FRIEND_CODE:
        _friend_code(scope, payload["referral"], "failed", None)


def _tell_issued(scope: Scope, redemption_id: str) -> None:
    """Tell which reward it was and never the code: whoever has that can spend it."""
    row = redemptions.get(scope, redemption_id)
    if row is not None:
        listeners.tell(scope, [News(Change.REWARD_ISSUED, row.member_id, {"reward": row.reward, "points": row.cost})])


def _friend_code(scope: Scope, referral_id: str, state: str, external_id: str | None) -> None:
    scope.session.execute(
        update(ReferralRow)
        .where(ReferralRow.programme_id == scope.programme_id, ReferralRow.referral_id == referral_id)
        .values(code_state=state, external_id=external_id)
    )

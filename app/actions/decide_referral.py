"""Staff approve a referral or refuse it, held back or not; the decision counts whenever it is judged again."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update

from app.actions.answers import Answer
from app.actions.sitting import Sitting
from app.db import deeds, requests
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import ReferralRow
from app.db.unit import OvertakenError
from app.loyalty.errors import KeyReusedError, UnknownReferralError
from app.loyalty.terms.suspicion import Decision


def approve_referral(scope: Scope, referral_id: str, *, key: str, actor: str, why: str) -> Answer:
    """Let a referral be due by its orders whatever speaks against it. Refusals as for ``refuse_referral``."""
    return _decide(scope, referral_id, Decision.APPROVED, key=key, actor=actor, why=why)


def refuse_referral(scope: Scope, referral_id: str, *, key: str, actor: str, why: str) -> Answer:
    """Let a referral be due nothing, to both sides; what was paid already is taken back.

    Refusals: UNKNOWN_REFERRAL (also while the friend has not ordered), KEY_REUSED. The later decision counts.
    """
    return _decide(scope, referral_id, Decision.REFUSED, key=key, actor=actor, why=why)


def _decide(scope: Scope, referral_id: str, decision: Decision, *, key: str, actor: str, why: str) -> Answer:
    sides = _sides(scope, referral_id)
    if sides is None:
        return Answer(UnknownReferralError.code)
    advocate, friend = sides
    sitting = Sitting(scope, sides)
    if _sides(scope, referral_id) != sides or referral_id not in sitting.files[friend].referred:
        # A merge was quicker than our locks: asked again, it is found with whom it stands now.
        raise OvertakenError
    content = {"referral": referral_id, "decision": decision.value}
    request = Request(key, "decide_referral", advocate, content, actor, why)
    try:
        known = requests.answered(scope, request)
    except KeyReusedError as error:
        sitting.conclude()
        return Answer(error.code)
    if known is not None:
        sitting.conclude()
        return Answer(repeated=True)
    referred = sitting.files[friend].referred
    referred[referral_id] = replace(referred[referral_id], decision=decision)
    scope.session.execute(
        update(ReferralRow)
        .where(ReferralRow.programme_id == scope.programme_id, ReferralRow.referral_id == referral_id)
        .values(decision=decision.value, decided_at=scope.now, decided_by=actor, decided_why=why)
    )
    deeds.record(
        scope, actor=actor, what="decide_referral", subject=f"referral:{referral_id}", why=why,
        detail={"decision": decision.value, "key": key},
    )  # fmt: skip
    requests.keep(scope, request, {"refused": None, "numbers": {}})
    sitting.conclude()
    return Answer()


def _sides(scope: Scope, referral_id: str) -> tuple[UUID, UUID] | None:
    """Return advocate and friend; None for an unknown referral, and where there are not two of them."""
    row = scope.session.execute(
        select(ReferralRow.advocate_id, ReferralRow.friend_id).where(
            ReferralRow.programme_id == scope.programme_id, ReferralRow.referral_id == referral_id
        )
    ).one_or_none()
    if row is None or row.friend_id is None or row.friend_id == row.advocate_id:
        return None
    return row.advocate_id, row.friend_id

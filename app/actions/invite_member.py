"""Inviting a member to a level that cannot be earned, and withdrawing the invitation."""

from datetime import datetime

from sqlalchemy import insert, update

from app.actions.answers import Answer, Effect, answer_once
from app.actions.sitting import Sitting
from app.db import deeds
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import TierInvitationRow
from app.loyalty.errors import NotInvitableError, UnknownInvitationError
from app.loyalty.members.history import Invitation
from app.loyalty.terms.ladder import Entry


def invite_member(scope: Scope, request: Request, level: str, until: datetime | None) -> Answer:
    """Give a member a level from now on and before ``until`` (UTC; None: until it is withdrawn), once a request.

    Refusals: NOT_INVITABLE (level), KEY_REUSED, UNKNOWN_MEMBER.
    """

    def carry_out(sitting: Sitting) -> Effect:
        version = sitting.programme.version_at(scope.now)
        levels = version.tiers.levels if version is not None and version.tiers is not None else ()
        if not any(each.id == level and each.entry is Entry.INVITED for each in levels):
            raise NotInvitableError(level)
        invitation = Invitation(request.key, level, scope.now, until)
        sitting.files[request.member_id].invitations[request.key] = invitation
        scope.session.execute(
            insert(TierInvitationRow).values(
                programme_id=scope.programme_id,
                invitation_id=request.key,
                member_id=request.member_id,
                level=level,
                at=scope.now,
                until=until,
            )
        )
        _note(scope, request, "invite_member", {"level": level, "until": until.isoformat() if until else None})
        return Effect()

    return answer_once(scope, request, carry_out)


def withdraw_invitation(scope: Scope, request: Request, invitation_id: str) -> Answer:
    """End an invitation now. Refusals: UNKNOWN_INVITATION, KEY_REUSED, UNKNOWN_MEMBER."""

    def carry_out(sitting: Sitting) -> Effect:
        file = sitting.files[request.member_id]
        known = file.invitations.get(invitation_id)
        if known is None or known.withdrawn_at is not None:
            raise UnknownInvitationError
        file.invitations[invitation_id] = Invitation(known.id, known.level, known.at, known.until, scope.now)
        scope.session.execute(
            update(TierInvitationRow)
            .where(
                TierInvitationRow.programme_id == scope.programme_id,
                TierInvitationRow.invitation_id == invitation_id,
                TierInvitationRow.member_id == request.member_id,
            )
            .values(withdrawn_at=scope.now)
        )
        _note(scope, request, "withdraw_invitation", {"level": known.level, "invitation": invitation_id})
        return Effect()

    return answer_once(scope, request, carry_out)


def _note(scope: Scope, request: Request, what: str, detail: dict[str, str | None]) -> None:
    subject = f"member:{request.member_id}"
    deeds.record(scope, actor=request.actor, what=what, subject=subject, why=request.note or "", detail=detail)

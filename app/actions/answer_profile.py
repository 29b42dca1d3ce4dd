"""Take what a member tells about themselves: changed as often as they like, paid for once."""

from uuid import UUID

from sqlalchemy import select

from app.actions.settle_facts import settle_facts
from app.db import members, profiles, versions
from app.db.scope import Scope
from app.db.tables import MemberRow, ProfileAnswerRow
from app.loyalty.errors import UnknownMemberError
from app.loyalty.facts import Customer, Event
from app.loyalty.hearing.profile import answered
from app.loyalty.hearing.refusals import UnknownQuestionError


def answer_profile(scope: Scope, shop_id: UUID, customer_id: str, question_id: str, value: str) -> bool:
    """Keep the answer of a shop's customer to a question of the version in force. Returns whether it says anything new.

    The first answer is an event of its own; one given again after it was taken back, or in another shop of the group,
    is not. Raises UnknownMemberError, UnknownQuestionError, AnswerNotOfferedError.
    """
    member = members.find(scope, shop_id, [customer_id]).get(customer_id)
    member_id = lock(scope, member)
    version = versions.version_at(scope.session, scope.programme_id, scope.now)
    question = version.profile_question(question_id) if version is not None else None
    if version is None or question is None:
        raise UnknownQuestionError
    answer = answered(question, value)
    row = profiles.one(scope, member_id, question_id)
    if row is not None and (row.version, profiles.value(scope, row)) == (version.number, answer):
        return False
    if row is None:
        row = ProfileAnswerRow(programme_id=scope.programme_id, member_id=member_id, question=question_id)
    row.shop_id, row.version = shop_id, version.number
    if row.event_at is None and question.event:
        row.event_at = scope.now
        event = Event(f"profile:{question_id}:{member_id.hex}", Customer(customer_id), question.event, scope.now)
        settle_facts(scope, shop_id, [event])
    profiles.keep(scope, row, question.kind, answer)
    return True


def lock(scope: Scope, member_id: UUID | None) -> UUID:
    """Lock the member, so that two windows are paid for once and a merge leaves nothing behind.

    Raises UnknownMemberError for a stranger and for a tombstone.
    """
    found = scope.session.scalar(
        select(MemberRow.member_id)
        .where(
            MemberRow.programme_id == scope.programme_id,
            MemberRow.member_id == member_id,
            MemberRow.merged_into.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise UnknownMemberError
    return found

"""Forget what a member told about themselves; the points that answering earned stay theirs."""

from uuid import UUID

from app.actions.answer_profile import lock
from app.db import members, profiles
from app.db.scope import Scope
from app.loyalty.hearing.refusals import UnknownQuestionError


def withdraw_answer(scope: Scope, shop_id: UUID, customer_id: str, question_id: str) -> bool:
    """Take an answer back, to whatever version's question. Returns whether there was one; taken back twice is once.

    Raises UnknownMemberError; UnknownQuestionError where it never was answered.
    """
    member_id = lock(scope, members.find(scope, shop_id, [customer_id]).get(customer_id))
    row = profiles.one(scope, member_id, question_id)
    if row is None:
        raise UnknownQuestionError
    if row.withdrawn_at is not None:
        return False
    row.chosen, row.words_sealed, row.withdrawn_at = None, None, scope.now
    scope.session.flush()
    return True

"""Ask a member the one question that is due, at most; being asked counts, whether they answer or not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.db import questions, versions
from app.db.scope import Scope
from app.db.tables import MemberRow, QuestionRow
from app.loyalty.errors import UnknownMemberError
from app.loyalty.hearing.refusals import QuietPeriodError
from app.loyalty.hearing.surveys import Occasion, due


@dataclass(frozen=True, slots=True)
class Asking:
    """What to ask now. Without a question ``opens_at`` is when one may be asked, None where none is due at all."""

    row: QuestionRow | None = None
    opens_at: datetime | None = None


def ask_question(scope: Scope, shop_id: UUID, member_id: UUID, touchpoint: str | None = None) -> Asking:
    """Return the question that waits for an answer, else ask the one that is due at this shop.

    With a ``touchpoint`` only questions about it: another that waits is left to wait.

    Under the member's lock, so that two windows ask one question. Raises UnknownMemberError.
    """
    member = scope.session.scalar(
        select(MemberRow)
        .where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
        .with_for_update()
    )
    if member is None:
        raise UnknownMemberError
    waiting = questions.waiting(scope, shop_id, member_id)
    if waiting is not None and touchpoint in {None, waiting.touchpoint}:
        return Asking(waiting)
    version = versions.version_at(scope.session, scope.programme_id, scope.now)
    surveys = [each for each in (version.surveys if version else ()) if touchpoint in {None, each.touchpoint}]
    if version is None or not surveys:
        return Asking()
    days = max(survey.wait_days + survey.open_days for survey in surveys)
    occasions = [Occasion(member.joined_at or member.created_at), *questions.bought(scope, shop_id, member_id, days)]
    try:
        question = due(surveys, questions.asked(scope, member_id), occasions, scope.now)
    except QuietPeriodError as wait:
        return Asking(opens_at=wait.opens_at)
    except LookupError:
        return Asking()
    return Asking(questions.put(scope, shop_id, member_id, question, version.number))

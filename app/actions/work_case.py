"""What staff do about a case: answer, give goodwill, promise and keep it, resolve, open again. Each thing once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.actions.give_goodwill import Batch, give_goodwill
from app.db import deeds, service_cases
from app.db.scope import Scope
from app.db.tables import CaseRow
from app.db.unit import OvertakenError
from app.loyalty.errors import AlreadyClosedError, KeyReusedError, UnknownMemberError
from app.loyalty.hearing.recovery import CaseState, Step
from app.loyalty.hearing.refusals import UnknownCaseError


@dataclass(frozen=True, slots=True)
class Work:
    """Who does something about which case; ``key`` is the wish's own, so that sending it twice does it once."""

    case_id: UUID
    key: UUID
    actor: str
    words: str = ""


def answer_case(scope: Scope, work: Work) -> None:
    """Take note that the member was answered, with what was said; the first answer stops the clock.

    Raises UnknownCaseError, AlreadyClosedError once it is resolved, KeyReusedError.
    """
    row = _open(scope, work, Step.ANSWERED)
    if row is not None:
        state = {"state": CaseState.ANSWERED.value, "answered_at": row.answered_at or scope.now}
        service_cases.change(scope, work.case_id, **state)
        _take(scope, work, Step.ANSWERED)


def promise_follow_up(scope: Scope, work: Work, until: datetime) -> None:
    """Keep what was promised and until when staff come back to it. Raises as ``answer_case``."""
    if _open(scope, work, Step.PROMISED) is not None:
        service_cases.change(scope, work.case_id, follow_up_at=until)
        _take(scope, work, Step.PROMISED, until=until)


def follow_up(scope: Scope, work: Work) -> None:
    """Take note that staff came back to the member, as promised, and asked for an update. Raises as ``answer_case``."""
    if _open(scope, work, Step.FOLLOWED_UP) is not None:
        service_cases.change(scope, work.case_id, follow_up_at=None)
        _take(scope, work, Step.FOLLOWED_UP)


def resolve_case(scope: Scope, work: Work) -> None:
    """Close a case. Raises as ``answer_case``."""
    if _open(scope, work, Step.RESOLVED) is not None:
        done = {"state": CaseState.RESOLVED.value, "resolved_at": scope.now, "follow_up_at": None}
        service_cases.change(scope, work.case_id, **done)
        _take(scope, work, Step.RESOLVED)


def reopen_case(scope: Scope, work: Work) -> None:
    """Open a resolved case again; when it was first answered stays. One that is not resolved stays as it is."""
    row = _known(scope, work, Step.REOPENED)
    if row is not None and row.state == CaseState.RESOLVED.value:
        state = CaseState.ANSWERED if row.answered_at is not None else CaseState.OPEN
        service_cases.change(scope, work.case_id, state=state.value, resolved_at=None)
        _take(scope, work, Step.REOPENED)


def give_in_case(scope: Scope, work: Work, amount: int) -> None:
    """Give goodwill (above zero, smallest steps) for a case, within the month's budget; the words are its reason.

    Raises UnknownCaseError, UnknownMemberError while nobody knows whose case it is, AlreadyClosedError,
    BudgetExceededError, KeyReusedError.
    """
    row = service_cases.one(scope, work.case_id)
    if row is None:
        raise UnknownCaseError
    if row.member_id is None:
        raise UnknownMemberError
    if row.state == CaseState.RESOLVED.value and service_cases.took(scope, work.key) is None:
        raise AlreadyClosedError
    # The points first: their members are locked before the case is, as everywhere.
    give_goodwill(scope, Batch(f"case:{work.key.hex}", amount, work.actor, work.words), [row.member_id])
    locked = _known(scope, work, Step.GOODWILL)
    if locked is None:
        return
    if locked.member_id != row.member_id:
        raise OvertakenError
    _take(scope, work, Step.GOODWILL, amount=amount)


def _open(scope: Scope, work: Work, what: Step) -> CaseRow | None:
    """Return the locked case where this is new; None for a repeat."""
    row = _known(scope, work, what)
    if row is not None and row.state == CaseState.RESOLVED.value:
        raise AlreadyClosedError
    return row


def _known(scope: Scope, work: Work, what: Step) -> CaseRow | None:
    row = service_cases.one(scope, work.case_id, locked=True)
    if row is None:
        raise UnknownCaseError
    taken = service_cases.took(scope, work.key)
    if taken is None:
        return row
    if (taken.case_id, taken.what) != (work.case_id, what.value):
        raise KeyReusedError
    return None


def _take(scope: Scope, work: Work, what: Step, *, amount: int | None = None, until: datetime | None = None) -> None:
    service_cases.take(scope, work.case_id, work.key, what, work.actor, work.words, amount=amount, until=until)
    # What was written may speak of the member: it stays sealed with the step, the deed says only what was done.
    detail = {"step": what.value, "key": work.key.hex}
    deeds.record(scope, actor=work.actor, what="work_case", subject=f"case:{work.case_id}", why="", detail=detail)

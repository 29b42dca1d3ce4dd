"""What members told about themselves, as it is kept: the latest answer to each question, own words sealed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db import versions
from app.db.pages import among
from app.db.scope import Scope
from app.db.tables import ProfileAnswerRow
from app.loyalty.hearing.profile import ProfileKind, ProfileQuestion
from app.loyalty.terms.segments import Told


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that stands, opened; ``question`` is as it stood then, with the purpose that was told."""

    row: ProfileAnswerRow
    question: ProfileQuestion
    value: str


def one(scope: Scope, member_id: UUID, question: str) -> ProfileAnswerRow | None:
    """Return what is kept of a member's answer to a question, also one that was taken back."""
    return scope.session.get(ProfileAnswerRow, (scope.programme_id, member_id, question), populate_existing=True)


def rows(scope: Scope, member_id: UUID) -> dict[str, ProfileAnswerRow]:
    """Return all that is kept of a member's answers, by question."""
    found = scope.session.scalars(
        select(ProfileAnswerRow)
        .where(ProfileAnswerRow.programme_id == scope.programme_id, ProfileAnswerRow.member_id == member_id)
        .order_by(ProfileAnswerRow.question)
    )
    return {row.question: row for row in found}


def value(scope: Scope, row: ProfileAnswerRow) -> str | None:
    """Return an answer as it was given: an option's id, a day, words; None once it was taken back."""
    if row.words_sealed is not None:
        return scope.cipher.open(row.words_sealed).decode()
    return row.chosen


def of_member(scope: Scope, member_id: UUID) -> list[Answered]:
    """Return a member's answers that stand, the newest first: all that is known of them so, with date and purpose."""
    found = []
    for row in rows(scope, member_id).values():
        told, question = value(scope, row), asked_by(scope, row)
        if told is not None and question is not None:
            found.append(Answered(row, question, told))
    return sorted(found, key=lambda each: each.row.answered_at, reverse=True)


def asked_by(scope: Scope, row: ProfileAnswerRow) -> ProfileQuestion | None:
    """Return what an answer was given to: the question as it stood then."""
    version = versions.version(scope.session, scope.programme_id, row.version)
    return version.profile_question(row.question) if version is not None else None


def keep(scope: Scope, row: ProfileAnswerRow, kind: ProfileKind, answer: str) -> None:
    """Write an answer into its row, in place of the one before."""
    words = kind is ProfileKind.TEXT
    row.chosen = None if words else answer
    row.words_sealed = scope.cipher.seal(answer.encode()) if words else None
    row.answered_at, row.withdrawn_at = scope.now, None
    scope.session.add(row)
    scope.session.flush()


def told(scope: Scope, member_ids: Sequence[UUID]) -> Iterator[tuple[UUID, Told]]:
    """Return which options members chose, and that they answered otherwise; nothing sealed is opened."""
    kept = scope.session.execute(
        select(
            ProfileAnswerRow.member_id, ProfileAnswerRow.question, ProfileAnswerRow.chosen, ProfileAnswerRow.answered_at
        ).where(
            ProfileAnswerRow.programme_id == scope.programme_id,
            among(scope.session, ProfileAnswerRow.member_id, member_ids),
            ProfileAnswerRow.withdrawn_at.is_(None),
        )
    )
    for member_id, question, chosen, at in kept:
        yield member_id, Told(question, chosen, at)

"""Who is in a segment: one road for the number that is shown and for the members who are then given something.

Members are read a page at a time, without their locks, and judged by the same pure function as a redemption.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.db import memberfiles, programmes
from app.db.memberfiles import MemberFile
from app.db.pages import among
from app.db.scope import Scope
from app.db.tables import MemberRow, QuestionRow
from app.loyalty.earning import judge
from app.loyalty.programme import Programme, Version
from app.loyalty.segments import Answered, Condition, Score, Segment, Shopper, Standing, Tier, belongs, kinds
from app.loyalty.segments.scales import Census, Scales
from app.loyalty.settling import pass_time
from app.loyalty.shopping import shopper_of

PAGE: Final = 500
"""So many members' facts are in memory at once."""


class UnknownSegmentError(LookupError):
    """The programme in force has no segment of this id."""


@dataclass(frozen=True, slots=True)
class Described:
    """A segment of the version in force, ready to be asked about."""

    segment: Segment
    version: Version
    programme: Programme
    scales: Scales | None = None

    def asks(self, kind: type[Condition]) -> bool:
        """Say whether it comes to a condition of this kind, through the segments it names too."""
        return kind in set(kinds(self.segment, self.version.known_segments))

    def has(self, shopper: Shopper) -> bool:
        """Say whether a shopper is in it."""
        scores = self.scales.scores(shopper) if self.scales is not None else None
        return belongs(self.segment, replace(shopper, scores=scores), self.version.known_segments)


def segments(scope: Scope) -> Sequence[Segment]:
    """Return the segments of the version in force, then those by standing."""
    version = programmes.load(scope.session, scope.programme_id).version_at(scope.now)
    return tuple(version.known_segments.values()) if version is not None else ()


def describe(scope: Scope, segment_id: str) -> Described:
    """Return a segment as of now. Where it asks for scores, all members are read first. Raises UnknownSegmentError."""
    programme = programmes.load(scope.session, scope.programme_id)
    version = programme.version_at(scope.now)
    segment = version.known_segments.get(segment_id) if version is not None else None
    if version is None or segment is None:
        raise UnknownSegmentError(segment_id)
    found = Described(segment, version, programme)
    if not found.asks(Standing):
        return found
    census = Census()
    for page in _shoppers(scope, found):
        for shopper in page.values():
            census.take(shopper)
    return replace(found, scales=census.scales())


def members(scope: Scope, found: Described) -> Iterator[list[UUID]]:
    """Return who is in a segment now, page by page in the order of their ids; pages may be empty.

    Guests without an account are left out, as they can be given nothing; so is who was merged into somebody else.
    """
    for page in _shoppers(scope, found):
        yield [member_id for member_id, shopper in page.items() if found.has(shopper)]


def count(scope: Scope, found: Described) -> int:
    """Return how many ``members`` returns."""
    return sum(len(page) for page in members(scope, found))


def shopper(scope: Scope, member_id: UUID) -> Shopper | None:
    """Return one member as segments see them now, None for a stranger. Scores among all members are not told."""
    programme = programmes.load(scope.session, scope.programme_id)
    file = memberfiles.load(scope.session, scope.programme_id, [member_id], locked=False).get(member_id)
    told = answers(scope, [member_id]).get(member_id, ())
    return _seen(scope, programme, file, told, by_tier=True) if file is not None else None


def answers(scope: Scope, member_ids: Sequence[UUID]) -> dict[UUID, list[Answered]]:
    """Return what members answered to surveys."""
    rows = scope.session.execute(
        select(QuestionRow.member_id, QuestionRow.survey, QuestionRow.score, QuestionRow.answered_at).where(
            QuestionRow.programme_id == scope.programme_id,
            among(scope.session, QuestionRow.member_id, member_ids),
            QuestionRow.answered_at.is_not(None),
        )
    )
    found: dict[UUID, list[Answered]] = {}
    for member_id, survey, score, at in rows:
        if score is not None and at is not None:
            found.setdefault(member_id, []).append(Answered(survey, score, at))
    return found


def _shoppers(scope: Scope, found: Described) -> Iterator[dict[UUID, Shopper]]:
    after: UUID | None = None
    while True:
        asked = select(MemberRow.member_id).where(
            MemberRow.programme_id == scope.programme_id,
            MemberRow.merged_into.is_(None),
            MemberRow.provisional.is_(False),
        )
        if after is not None:
            asked = asked.where(MemberRow.member_id > after)
        ids = scope.session.scalars(asked.order_by(MemberRow.member_id).limit(PAGE)).all()
        if ids:
            files = memberfiles.load(scope.session, scope.programme_id, ids, locked=False)
            told = answers(scope, ids) if found.asks(Score) else {}
            yield {
                one: _seen(scope, found.programme, files[one], told.get(one, ()), by_tier=found.asks(Tier))
                for one in ids
            }
        if len(ids) < PAGE:
            return
        after = ids[-1]


def _seen(scope: Scope, programme: Programme, file: MemberFile, told: Iterable[Answered], *, by_tier: bool) -> Shopper:
    """Return a member as a sitting at this instant would see them; what passes is kept nowhere."""
    pass_time(file.books, programme, scope.now, file.history)
    history = file.history()
    level = judge(history, programme, scope.now).standing.level if by_tier else None
    return shopper_of(history, file.books, programme, level, scope.now, told)

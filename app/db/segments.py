"""Who is in a segment: one road for the number that is shown and for the members who are then given something.

Members are read a page at a time, without their locks, and judged by the same pure function as a redemption.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.db import memberfiles, profiles, programmes
from app.db.memberfiles import MemberFile
from app.db.pages import among
from app.db.scope import Scope
from app.db.snapshots import unpack
from app.db.tables import MemberRow, OrderRow, QuestionRow
from app.db.tables.members import STANDING
from app.loyalty.judging.earning import judge
from app.loyalty.members.history import History, MemberOrder, MemberSignUp
from app.loyalty.members.shopping import shopper_now, shopper_of
from app.loyalty.settling import pass_time
from app.loyalty.terms.programme import Programme, Version
from app.loyalty.terms.segments import (
    Answered,
    Condition,
    Points,
    Profile,
    Score,
    Segment,
    Segments,
    Shopper,
    Standing,
    Tier,
    Told,
    belongs,
    kinds,
)
from app.loyalty.terms.segments.scales import Census, Scales

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
    known: Segments
    scales: Scales | None = None

    def asks(self, kind: type[Condition]) -> bool:
        """Say whether it comes to a condition of this kind, through the segments it names too."""
        return kind in set(kinds(self.segment, self.known))

    def has(self, shopper: Shopper) -> bool:
        """Say whether a shopper is in it."""
        scores = self.scales.scores(shopper) if self.scales is not None else None
        return belongs(self.segment, replace(shopper, scores=scores), self.known)


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
    found = Described(segment, version, programme, version.known_segments)
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


def answers(scope: Scope, member_ids: Sequence[UUID]) -> dict[UUID, list[Answered | Told]]:
    """Return what members answered to surveys and profile questions."""
    rows = scope.session.execute(
        select(QuestionRow.member_id, QuestionRow.survey, QuestionRow.score, QuestionRow.answered_at).where(
            QuestionRow.programme_id == scope.programme_id,
            among(scope.session, QuestionRow.member_id, member_ids),
            QuestionRow.answered_at.is_not(None),
        )
    )
    found: dict[UUID, list[Answered | Told]] = {}
    for member_id, survey, score, at in rows:
        if score is not None and at is not None:
            found.setdefault(member_id, []).append(Answered(survey, score, at))
    for member_id, told in profiles.told(scope, member_ids):
        found.setdefault(member_id, []).append(told)
    return found


def _shoppers(scope: Scope, found: Described) -> Iterator[dict[UUID, Shopper]]:
    after: UUID | None = None
    while True:
        asked = select(MemberRow).where(
            MemberRow.programme_id == scope.programme_id,
            *STANDING,
            MemberRow.provisional.is_(False),
        )
        if after is not None:
            asked = asked.where(MemberRow.member_id > after)
        rows = scope.session.scalars(asked.order_by(MemberRow.member_id).limit(PAGE)).all()
        if rows:
            yield _page(scope, found, rows)
        if len(rows) < PAGE:
            return
        after = rows[-1].member_id
        scope.session.expunge_all()


def _page(scope: Scope, found: Described, rows: Sequence[MemberRow]) -> dict[UUID, Shopper]:
    """Return a page of shoppers. Books are read and time passes in them only where points or tiers are asked for."""
    ids = [row.member_id for row in rows]
    told = answers(scope, ids) if found.asks(Score) or found.asks(Profile) else {}
    by_tier = found.asks(Tier)
    if by_tier or found.asks(Points):
        files = memberfiles.load(scope.session, scope.programme_id, ids, locked=False)
        return {one: _seen(scope, found.programme, files[one], told.get(one, ()), by_tier=by_tier) for one in ids}
    return {
        one: replace(shopper_now(history, found.programme, scope.now), answers=tuple(told.get(one, ())))
        for one, history in histories(scope, rows).items()
    }


def histories(scope: Scope, rows: Sequence[MemberRow]) -> dict[UUID, History]:
    """Return what members bought and since when they have been members: as much of their facts as segments need."""
    orders: dict[UUID, list[MemberOrder]] = {row.member_id: [] for row in rows}
    bought = select(
        OrderRow.member_id, OrderRow.shop_id, OrderRow.order_id, OrderRow.name, OrderRow.updated_at,
        OrderRow.placed_at, OrderRow.paid_at, OrderRow.snapshot,
    ).where(
        OrderRow.programme_id == scope.programme_id,
        OrderRow.paid_at.is_not(None),
        among(scope.session, OrderRow.member_id, list(orders)),
    )  # fmt: skip
    for member_id, shop_id, *told in scope.session.execute(bought):
        orders[member_id].append(MemberOrder(str(shop_id), unpack(*told)))
    return {
        row.member_id: History(str(row.member_id), tuple(orders[row.member_id]), sign_up=_joined(row)) for row in rows
    }


def _joined(row: MemberRow) -> MemberSignUp | None:
    return MemberSignUp(str(row.joined_shop_id), row.joined_at) if row.joined_at is not None else None


def _seen(
    scope: Scope, programme: Programme, file: MemberFile, told: Iterable[Answered | Told], *, by_tier: bool
) -> Shopper:
    """Return a member as a sitting at this instant would see them; what passes is kept nowhere."""
    pass_time(file.books, programme, scope.now, file.history)
    history = file.history()
    level = judge(history, programme, scope.now).standing.level if by_tier else None
    return shopper_of(history, file.books, programme, level, scope.now, told)

"""Who is in a segment: one road for the number that is shown and for the members who are then given something.

Members are read a page at a time, without their locks, and judged by the same pure function as a redemption.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.db import memberfiles, profiles, programmes, traits
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
    Among,
    Answered,
    Condition,
    Located,
    Plain,
    Points,
    Profile,
    Score,
    Segment,
    Segments,
    Shopper,
    Standing,
    Tagged,
    Tier,
    Told,
    belongs,
    belongs_by,
    conditions,
    kinds,
)
from app.loyalty.terms.segments.scales import Census, Numbers

PAGE: Final = 500
"""So many members' facts are in memory at once."""


class UnknownSegmentError(LookupError):
    """The programme in force has no segment of this id."""


@dataclass(frozen=True, slots=True)
class Described:
    """A segment of the version in force, ready to be asked about.

    ``ids`` are who is in it where that was found out already, in their order.
    """

    segment: Segment
    version: Version
    programme: Programme
    known: Segments
    ids: tuple[UUID, ...] | None = None

    def asks(self, kind: type[Condition]) -> bool:
        """Say whether it comes to a condition of this kind, through the segments it names too."""
        return kind in set(kinds(self.segment, self.known))

    def has(self, shopper: Shopper) -> bool:
        """Say whether a shopper is in it."""
        return belongs(self.segment, shopper, self.known)


def segments(scope: Scope) -> Sequence[Segment]:
    """Return the segments of the version in force, then those by standing."""
    version = programmes.load(scope.session, scope.programme_id).version_at(scope.now)
    return tuple(version.known_segments.values()) if version is not None else ()


def describe(scope: Scope, segment_id: str) -> Described:
    """Return a segment as of now. Where it asks for scores, all members are read here. Raises UnknownSegmentError."""
    programme = programmes.load(scope.session, scope.programme_id)
    version = programme.version_at(scope.now)
    segment = version.known_segments.get(segment_id) if version is not None else None
    if version is None or segment is None:
        raise UnknownSegmentError(segment_id)
    found = Described(segment, version, programme, version.known_segments)
    if not found.asks(Standing):
        return found
    return replace(found, ids=tuple(_by_standing(scope, found)))


def _by_standing(scope: Scope, found: Described) -> Iterator[UUID]:
    """Return who is in a segment that asks for scores, reading every member once.

    Of each are kept three numbers and what else holds, a bit a condition: the scores are known when all were read.
    """
    asked = dict.fromkeys(each for each in conditions(found.segment, found.known) if not isinstance(each, Among))
    bits: dict[Condition, int] = {each: 1 << place for place, each in enumerate(asked)}
    census, seen = Census(), list[tuple[UUID, Numbers | None, int]]()
    for page in _shoppers(scope, found):
        for member_id, shopper in page.items():
            holding = sum(bits[each] for each in asked if not isinstance(each, Standing) and each.look(shopper).holds)
            seen.append((member_id, census.take(shopper), holding))
    scales = census.scales()
    for member_id, numbers, holding in seen:
        scored = Shopper(scope.now, scores=scales.scores(numbers))

        def holds(condition: Plain, scored: Shopper = scored, holding: int = holding) -> bool:
            return condition.look(scored).holds if isinstance(condition, Standing) else bool(holding & bits[condition])

        if belongs_by(found.segment, found.known, holds):
            yield member_id


def members(scope: Scope, found: Described) -> Iterator[list[UUID]]:
    """Return who is in a segment now, page by page in the order of their ids; pages may be empty.

    Guests without an account are left out, as they can be given nothing; so is who was merged into somebody else, and
    who wants nothing of their own.
    """
    if found.ids is not None:
        for start in range(0, len(found.ids), PAGE):
            yield list(found.ids[start : start + PAGE])
        return
    for page in _shoppers(scope, found):
        yield [member_id for member_id, shopper in page.items() if found.has(shopper)]


def count(scope: Scope, found: Described) -> int:
    """Return how many ``members`` returns."""
    return sum(len(page) for page in members(scope, found))


def shopper(scope: Scope, member_id: UUID) -> Shopper | None:
    """Return one member as segments see them now, None for a stranger. Scores among all members are not told."""
    programme = programmes.load(scope.session, scope.programme_id)
    file = memberfiles.load(scope.session, scope.programme_id, [member_id], locked=False).get(member_id)
    if file is None:
        return None
    told = answers(scope, [member_id]).get(member_id, ())
    return as_told(scope, _seen(scope, programme, file, told, by_tier=True), file.row)


def as_told(scope: Scope, found: Shopper, row: MemberRow) -> Shopper:
    """Return a shopper with what the shops say of the customer, and whether the member wants offers of their own."""
    told = traits.one(scope, row.member_id)
    return replace(found, place=told.place, tags=told.tags, personal=row.impersonal_since is None)


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
            MemberRow.impersonal_since.is_(None),
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
    """Return a page of shoppers, with what the shops say of them where that is asked for."""
    page = _judged(scope, found, rows)
    if not (found.asks(Located) or found.asks(Tagged)):
        return page
    told = traits.traits(scope, list(page))
    return {
        member_id: replace(shopper, place=told[member_id].place, tags=told[member_id].tags)
        if member_id in told
        else shopper
        for member_id, shopper in page.items()
    }


def _judged(scope: Scope, found: Described, rows: Sequence[MemberRow]) -> dict[UUID, Shopper]:
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

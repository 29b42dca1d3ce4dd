"""Segments: members of whom something holds; one file a kind of condition, and the table that names them all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.loyalty.terms.segments.bought import Bought
from app.loyalty.terms.segments.frequency import Frequency
from app.loyalty.terms.segments.joined import Joined
from app.loyalty.terms.segments.located import Located
from app.loyalty.terms.segments.points import Points
from app.loyalty.terms.segments.profile import Profile
from app.loyalty.terms.segments.recency import Recency
from app.loyalty.terms.segments.score import Score
from app.loyalty.terms.segments.shopper import Answered, Look, Purchase, Scores, Shopper, Told
from app.loyalty.terms.segments.spending import Spending
from app.loyalty.terms.segments.standing import GROUPS, Group, Standing
from app.loyalty.terms.segments.tagged import Tagged
from app.loyalty.terms.segments.tier import Tier


@dataclass(frozen=True, slots=True)
class Among:
    """Who is in another segment, which stands before this one."""

    segment: str
    kind: Literal["segment"] = "segment"


Plain = Recency | Frequency | Spending | Points | Tier | Bought | Joined | Located | Tagged | Score | Profile | Standing
"""What is asked of a shopper and of nothing else."""
Condition = Plain | Among

CONDITIONS: dict[str, type[Condition]] = {
    "recency": Recency,
    "frequency": Frequency,
    "spending": Spending,
    "points": Points,
    "tier": Tier,
    "bought": Bought,
    "joined": Joined,
    "place": Located,
    "tagged": Tagged,
    "score": Score,
    "profile": Profile,
    "standing": Standing,
    "segment": Among,
}
STANDING: Final = "standing:"
"""Begins the ids of the groups by standing, which every programme has without writing them."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Members of whom ``all`` hold, at least one of ``any`` (where there are any), and none of ``none``."""

    id: str
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()
    name: str = ""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return every condition."""
        return (*self.all, *self.any, *self.none)


Segments = Mapping[str, Segment]
BY_STANDING: Final[dict[str, Segment]] = {
    f"{STANDING}{group.value}": Segment(f"{STANDING}{group.value}", (Standing((group,)),)) for group in Group
}


def belongs(segment: Segment, shopper: Shopper, segments: Segments) -> bool:
    """Say whether a shopper is in a segment. ``segments`` are all of the version, by id."""
    return belongs_by(segment, segments, lambda condition: condition.look(shopper).holds)


def belongs_by(segment: Segment, segments: Segments, holds: Callable[[Plain], bool]) -> bool:
    """Say whether somebody is in a segment of whom these conditions hold."""

    def look(condition: Condition) -> bool:
        if isinstance(condition, Among):
            return belongs_by(segments[condition.segment], segments, holds)
        return holds(condition)

    return (
        all(map(look, segment.all))
        and (not segment.any or any(map(look, segment.any)))
        and not any(map(look, segment.none))
    )


def lacking(segment: Segment, shopper: Shopper, segments: Segments) -> tuple[str, Look] | None:
    """Return the kind of the first condition that keeps a shopper out and what it found; None for who is in.

    Of ``any`` it is the first; of ``none`` what it found is told without a number to reach.
    """
    for condition in segment.all:
        if isinstance(condition, Among):
            inner = lacking(segments[condition.segment], shopper, segments)
            if inner is not None:
                return inner
        elif not (look := condition.look(shopper)).holds:
            return condition.kind, look
    if belongs(segment, shopper, segments):
        return None
    if segment.any and not belongs(Segment("", any=segment.any), shopper, segments):
        first = segment.any[0]
        return first.kind, Look(holds=False) if isinstance(first, Among) else first.look(shopper)
    return "none", Look(holds=False)


def conditions(segment: Segment, segments: Segments) -> Iterator[Condition]:
    """Return every condition that a segment comes to, through the segments it names."""
    for condition in segment.conditions:
        yield condition
        if isinstance(condition, Among) and condition.segment in segments:
            yield from conditions(segments[condition.segment], segments)


def kinds(segment: Segment, segments: Segments) -> Iterator[type[Condition]]:
    """Return every kind of condition that a segment comes to, through the segments it names."""
    return map(type, conditions(segment, segments))


__all__ = [
    "BY_STANDING",
    "CONDITIONS",
    "GROUPS",
    "STANDING",
    "Among",
    "Answered",
    "Bought",
    "Condition",
    "Frequency",
    "Group",
    "Joined",
    "Located",
    "Look",
    "Plain",
    "Points",
    "Profile",
    "Purchase",
    "Recency",
    "Score",
    "Scores",
    "Segment",
    "Segments",
    "Shopper",
    "Spending",
    "Standing",
    "Tagged",
    "Tier",
    "Told",
    "belongs",
    "belongs_by",
    "conditions",
    "kinds",
    "lacking",
]

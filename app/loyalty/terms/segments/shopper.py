"""A member as segments see one at an instant: what was bought and is still paid for, the level, the points."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.loyalty.base import Base
from app.loyalty.facts import Order, Place


@dataclass(frozen=True, slots=True)
class Purchase:
    """A paid order with what it was worth as of the instant: after refunds dated by then, gift cards no goods."""

    paid_at: datetime
    order: Order
    base: Base


@dataclass(frozen=True, slots=True)
class Scores:
    """A member's place among all who ever bought: 1 to 5 each, 5 the latest, the most often, the most money."""

    recency: int
    frequency: int
    value: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody answered to a survey, and when."""

    survey: str
    score: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told about themselves, and when; ``option`` is the chosen one, None where it was in other words."""

    question: str
    option: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Shopper:
    """What a condition may know. ``purchases`` are worth more than nothing and stand in order of payment.

    ``points`` is what can be spent, None where that is not asked for; ``scores`` only where all members were looked at.
    ``answers`` are those to surveys and to profile questions. ``place`` and ``tags`` are what the shops say of the
    customer now. ``personal`` is False for who wants no offers of their own.
    """

    at: datetime
    purchases: tuple[Purchase, ...] = ()
    since: datetime | None = None
    level: str | None = None
    points: int | None = None
    scores: Scores | None = None
    answers: tuple[Answered | Told, ...] = ()
    place: Place | None = None
    tags: frozenset[str] = frozenset()
    personal: bool = True

    @property
    def last_at(self) -> datetime | None:
        """Return when the latest purchase was paid."""
        return self.purchases[-1].paid_at if self.purchases else None

    def within(self, days: int | None) -> Iterator[Purchase]:
        """Return the purchases of the last ``days`` × 24 h (None: ever); one exactly so old is no longer among them."""
        for purchase in self.purchases:
            if days is None or purchase.paid_at > self.at - timedelta(days=days):
                yield purchase


@dataclass(frozen=True, slots=True)
class Look:
    """What a condition found: whether it holds, and where it counts something what there is and what it asks for."""

    holds: bool
    have: int | None = None
    least: int | None = None
    most: int | None = None

    def numbers(self) -> dict[str, int | str]:
        """Return have, need and what is missing, where there is too little; have and most, where there is too much."""
        if self.have is None:
            return {"need": self.least} if self.least else {}
        if self.least is not None and self.have < self.least:
            return {"have": self.have, "need": self.least, "missing": self.least - self.have}
        return {"have": self.have, "most": self.most} if self.most is not None else {}


def between(have: int | None, least: int, most: int | None) -> Look:
    """Say whether a number lies between two, both included (None: no upper end). No number is between nothing."""
    holds = have is not None and least <= have and (most is None or have <= most)
    return Look(holds, have, least, most)

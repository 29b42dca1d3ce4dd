"""What somebody answered to a survey."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.loyalty.terms.segments.shopper import Answered, Look, Shopper, between


@dataclass(frozen=True, slots=True)
class Score:
    """The latest answer to a survey, in the last ``days`` × 24 h or ever, was from ``least`` to ``most``.

    Who did not answer is in neither. No score ever changes what an order earns, so no campaign may ask for one.
    """

    survey: str
    least: int = 0
    most: int | None = None
    days: int | None = None
    kind: Literal["score"] = "score"

    def look(self, shopper: Shopper) -> Look:
        """Return the latest answer against the two."""
        told = [
            (answer.at, answer.score)
            for answer in shopper.answers
            if isinstance(answer, Answered)
            and answer.survey == self.survey
            and answer.at <= shopper.at
            and (self.days is None or answer.at > shopper.at - timedelta(days=self.days))
        ]
        return between(max(told)[1] if told else None, self.least, self.most)

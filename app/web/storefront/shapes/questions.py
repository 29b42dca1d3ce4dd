"""A question to a member, and the answer."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from app.web.storefront.shapes.values import Asked, Id, Instant, LocalText, OrderRef, Points, whole


class Question(BaseModel):
    """A question that waits for an answer, from ``least`` to ``most``."""

    id: Id
    survey: Id
    kind: Literal["nps", "csat"]
    touchpoint: Id
    text: LocalText
    least: int
    most: int
    order: OrderRef | None
    points: Points
    closes_at: Instant


class QuestionAnswer(BaseModel):
    """The one question to put now, or why there is none."""

    question: Question | None = None
    reason: Literal["nothing_due", "quiet_period"] | None = None
    opens_at: Instant | None = None


class QuestionRequest(Asked):
    """What to ask about: one touchpoint, or left out, whatever is due."""

    touchpoint: str | None = Field(default=None, min_length=1, max_length=64)


Score = Annotated[int, Field(ge=0, le=10), BeforeValidator(whole)]


class AnswerRequest(Asked):
    """What a member answers: a score on the question's scale and, if they like, a few words."""

    score: Score
    comment: str = Field(default="", max_length=2000)


class AnswerTaken(BaseModel):
    """The answer is kept; ``repeated``: it was kept before."""

    id: Id
    repeated: bool

"""What a shopper is asked about themselves, what for, and what they told."""

from typing import Literal

from pydantic import BaseModel, Field

from app.web.storefront.shapes.values import Asked, Id, Instant, LocalText, Points


class ProfileOption(BaseModel):
    """One of the answers to choose from."""

    id: Id
    text: LocalText


class ProfileGiven(BaseModel):
    """The answer that stands, when it was given, and what for: the purpose that was told then."""

    value: str
    at: Instant
    purpose: LocalText


class ProfileQuestion(BaseModel):
    """A question with its purpose of now; ``points`` is what answering earns, nothing once it was earned.

    ``asked`` is false where the shop asks it no more: the answer can still be taken back.
    """

    id: Id
    kind: Literal["choice", "text", "date"]
    text: LocalText
    purpose: LocalText
    options: list[ProfileOption]
    points: Points
    asked: bool
    answer: ProfileGiven | None


class Profile(BaseModel):
    """Every question that is asked now, in the shop's order, then those that are asked no more and have an answer."""

    questions: list[ProfileQuestion]


class ProfileAnswerRequest(Asked):
    """What the shopper tells: an option's id, a day as YYYY-MM-DD, or a few words."""

    value: str = Field(min_length=1, max_length=500)

"""What a shopper is asked about themselves, what for, and what they told."""

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from app.web.storefront.shapes.values import Asked, Id, Instant, LocalText, Points, whole


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


class BirthdayTold(BaseModel):
    """The birthday that was told, if any, and what it earns a year; ``celebrated``: it did, so the date stays."""

    month: int | None
    day: int | None
    points: Points
    celebrated: bool


class Profile(BaseModel):
    """Every question that is asked now, in the shop's order, then those that are asked no more and have an answer.

    ``birthday`` is null where the programme keeps none and none was told.
    """

    questions: list[ProfileQuestion]
    birthday: BirthdayTold | None = None


class ProfileAnswerRequest(Asked):
    """What the shopper tells: an option's id, a day as YYYY-MM-DD, or a few words."""

    value: str = Field(min_length=1, max_length=500)


_LEAP: Final = 2024


class BirthdayRequest(Asked):
    """A month and a day in it; the year of birth is nobody's business."""

    month: Annotated[int, Field(ge=1, le=12), BeforeValidator(whole)]
    day: Annotated[int, Field(ge=1, le=31), BeforeValidator(whole)]

    @model_validator(mode="after")
    def exists(self) -> Self:
        """Raise ValueError for a day that no year has."""
        date(_LEAP, self.month, self.day)
        return self

"""The small shapes that the others are made of: instants, amounts, orders, deals."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from app.loyalty.money import AMOUNT_MAX

_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$"


def _in_utc(instant: datetime) -> str:
    return (
        instant.astimezone(UTC)
        .isoformat(timespec="seconds" if not instant.microsecond else "microseconds")
        .replace("+00:00", "Z")
    )


Instant = Annotated[
    datetime,
    PlainSerializer(_in_utc, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _INSTANT, "description": "An instant, ISO 8601 in UTC."}),
]


def whole(value: object) -> object:
    """Return a number as JSON means it, which knows one kind only: 5.0 is the whole number 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, Field(ge=1, le=AMOUNT_MAX), BeforeValidator(whole)]
"""A whole number that is asked with, above zero."""
Amount = Annotated[int, Field(ge=0, le=AMOUNT_MAX), BeforeValidator(whole)]
"""A whole number that is asked with, which may be nothing."""
Points = Annotated[int, Field(description="Smallest steps of the programme's unit.")]
Money = Annotated[int, Field(description="Minor units of the programme's currency.")]
Id = Annotated[str, Field(min_length=1, max_length=80)]
LocalText = Annotated[dict[str, str], Field(description="A text of the merchant's by language; empty: none.")]
Decimals = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]


class Asked(BaseModel):
    """What a request may hold: nothing beyond what is named."""

    model_config = ConfigDict(strict=True, extra="forbid")


class OrderRef(BaseModel):
    """An order, as the shopper knows it."""

    id: Id
    name: str
    url: str | None


class Rate(BaseModel):
    """Whole units for money spent."""

    points: Decimals
    per_minor: int = Field(ge=1)


class Deal(BaseModel):
    """What a reward is good for."""

    kind: Literal[
        "amount_off",
        "percentage",
        "free_shipping",
        "free_product",
        "store_credit",
        "gift_card",
        "donation",
        "access",
        "service",
        "choice",
    ]
    value_minor: Money | None
    percent: Decimals | None

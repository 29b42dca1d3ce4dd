"""History: every movement of what can be spent, page by page."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.web.storefront.shapes.values import Deal, Id, Instant, LocalText, Money, OrderRef, Points, Rate


class Short(BaseModel):
    """What an order would have earned besides, were there still enough in the budget of its campaigns."""

    reason: Literal["BUDGET_USED_UP"]
    points: Points


class Entry(BaseModel):
    """One movement of what can be spent."""

    id: Id
    at: Instant
    movement: Literal["earned", "taken_back", "spent", "given_back", "expired", "adjusted"]
    source: str
    points: Points
    balance_after: Points
    order: OrderRef | None = None
    product: str | None = None
    deal: Deal | None = None
    name: LocalText = Field(default_factory=dict)
    cause: Literal["refund", "edit", "cancellation", "shopper", "unused", "failed", "withdrawn"] | None = None
    base_minor: Money | None = None
    rate: Rate | None = None
    earned_at: Instant | None = None
    text: str | None = None
    short: Short | None = None


class Coming(BaseModel):
    """Points on their way."""

    points: Points
    at: Instant
    source: str
    order: OrderRef | None


class History(BaseModel):
    """A page of movements, newest first; what is on its way stands on the first page only."""

    pending: list[Coming]
    entries: list[Entry]
    next: str | None


def _without_default(schema: dict[str, Any]) -> None:
    """Say nothing of a default that is never sent: leaving it out means the first page."""
    schema.pop("default", None)


class HistoryQuery(BaseModel):
    """Which page: older than this entry."""

    before: str = Field(default="", pattern=r"^[0-9]{1,18}$", json_schema_extra=_without_default)

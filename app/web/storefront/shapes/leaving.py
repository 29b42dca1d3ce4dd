"""Leaving and joining again, and the file of what is kept about a shopper."""

from typing import Any, Literal

from pydantic import BaseModel

from app.web.storefront.shapes.values import Asked, Instant


class LeaveRequest(Asked):
    """That they are sure: nothing brings back what is forgotten."""

    sure: Literal[True]


class Membership(BaseModel):
    """Whether the shopper is a member now."""

    state: Literal["member", "not_member"]


class Kept(BaseModel):
    """Everything that is kept, by the table it lies in, sealed fields opened; ``shops`` are their names by our ids.

    ``asked_of_the_shop`` names what is kept beside it and handed over by the shop: what its staff wrote.
    """

    made_at: Instant
    member: str
    shops: dict[str, str]
    kept: dict[str, list[dict[str, Any]]]
    asked_of_the_shop: list[str]

"""A member: balance, tier, codes, ways to earn, invitations."""

from typing import Literal

from pydantic import BaseModel, Field, RootModel

from app.web.storefront.shapes.programme import Campaign, Level, Reward
from app.web.storefront.shapes.values import Deal, Id, Instant, LocalText, Money, OrderRef, Points


class Balance(BaseModel):
    """Where a member's points are."""

    available: Points
    pending: Points
    held: Points
    debt: Points
    worth_minor: Money | None


class DatedPoints(BaseModel):
    """Points and when something happens to them."""

    points: Points
    at: Instant


class EndingPoints(BaseModel):
    """Points that can be spent until an instant; None: they never end."""

    points: Points
    at: Instant | None


class Redemption(BaseModel):
    """Points on their way to a code, and what became of it."""

    id: Id
    reward: Id
    name: LocalText
    deal: Deal
    cost: Points
    state: Literal["requested", "issued", "choosing", "open", "fulfilled", "used", "returned", "expired", "failed"]
    code: str | None
    min_order_minor: Money | None
    requested_at: Instant
    expires_at: Instant | None
    concluded_at: Instant | None
    order: OrderRef | None
    returnable: bool
    apply_url: str | None
    options: list[Id] = []


class Lost(BaseModel):
    """The level held before, while it is news."""

    id: Id
    at: Instant


class Progress(BaseModel):
    """How far the next level is."""

    value: int = Field(ge=0)
    threshold: int | None
    next: Id | None


class MemberTier(BaseModel):
    """A member's place on the ladder; ``level`` in full, for a hidden one is not in the public programme."""

    id: Id | None
    since: Instant | None
    until: Instant | None
    lost: Lost | None
    progress: Progress
    level: Level | None = None


Refusal = Literal[
    "self_referral",
    "already_customer",
    "already_referred",
    "first_order_too_small",
    "order_refunded",
    "closed",
    "not_approved",
]


class Person(BaseModel):
    """Somebody a member invited."""

    name: str | None
    state: Literal["invited", "checking", "bought", "rewarded", "refused"]
    at: Instant
    points: Points | None
    due_at: Instant | None
    reason: Refusal | None
    reason_at: Instant | None


class Affordable(BaseModel):
    """Whether a member can have a reward."""

    id: Id
    affordable: bool
    missing: Points
    locked: bool
    opens_at: Instant | None = None


class Reason(BaseModel):
    """Why something is picked: a stable word, its numbers, and the sentence in every language there is."""

    code: Literal["ends_soon", "for_you", "had_before", "in_reach", "nearly"]
    numbers: dict[str, int]
    condition: str | None
    text: LocalText


class Pick(BaseModel):
    """A reward or an offer of this member's, with the reason."""

    reward: Id
    reason: Reason


class Suggestion(BaseModel):
    """A product of the shop's that suits the member, by the shop's own id of it, with the evidence.

    ``numbers`` of ``runs_out``: ``ago`` and ``days``, ``own`` or others' ``repeats``; of ``goes_with``: ``together`` of
    so many ``orders`` with the product ``bought``.
    """

    product: str
    name: LocalText
    code: Literal["runs_out", "goes_with"]
    bought: str | None
    numbers: dict[str, int]
    text: LocalText


class Earned(BaseModel):
    """What became of a way to earn."""

    id: Id
    state: Literal["open", "done", "again"]
    at: Instant | None
    points: Points | None


class Inviting(BaseModel):
    """A member's own link, the same by the channel it is passed on by, and whom it brought."""

    code: Id
    link: str
    links: dict[str, str]
    people: list[Person]


class Member(BaseModel):
    """The shopper of this request."""

    state: Literal["member"] = "member"
    id: Id
    first_name: str | None
    joined_at: Instant | None
    balance: Balance
    next_release: DatedPoints | None
    next_expiry: DatedPoints | None
    expiries: list[EndingPoints]
    tier: MemberTier | None
    rewards: list[Affordable]
    redemptions: list[Redemption]
    earn: list[Earned]
    referral: Inviting | None
    offers: list[Reward] = []
    for_you: list[Pick] = []
    campaigns: list[Campaign] = []
    suggestions: list[Suggestion] = []
    personal: bool = True


class SignedOut(BaseModel):
    """Nobody is signed in."""

    state: Literal["signed_out"] = "signed_out"


class NotMember(BaseModel):
    """Signed in, but no member."""

    state: Literal["not_member"] = "not_member"
    first_name: str | None


class MemberAnswer(RootModel[Member | NotMember | SignedOut]):
    """The shopper of this request, or that there is none."""

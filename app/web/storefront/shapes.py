"""What the storefront API answers and takes, as widgets/contract.json says it; the OpenAPI document comes from here."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, RootModel, WithJsonSchema

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
    """What a code is good for."""

    kind: Literal["amount_off", "percentage", "free_shipping"]
    value_minor: Money | None
    percent: Decimals | None


class EarningRule(BaseModel):
    """One way to earn."""

    id: Id
    kind: str
    name: LocalText
    points: Points | None
    rate: Rate | None
    pending_days: int = Field(ge=0)
    min_order_minor: Money | None


class Reward(BaseModel):
    """What points buy."""

    id: Id
    name: LocalText
    deal: Deal
    cost: Points
    code_days: int | None
    min_order_minor: Money | None
    level: Id | None


class Window(BaseModel):
    """Over what time activity is added up."""

    kind: Literal["lifetime", "calendar_year", "rolling_months"]
    months: int | None


class Level(BaseModel):
    """A step of the ladder."""

    id: Id
    name: LocalText
    threshold: int = Field(ge=0)
    multiplier: tuple[int, int]
    entry_reward: Points
    benefits: list[LocalText]


class Ladder(BaseModel):
    """The tiers, lowest first."""

    measure: Literal["spend", "points", "orders"]
    window: Window
    grace_days: int = Field(ge=0)
    levels: list[Level]


class ReferralTerms(BaseModel):
    """What both sides of a referral get."""

    advocate_points: Points
    friend_points: Points
    friend_deal: Deal | None
    min_order_minor: Money | None
    pending_days: int = Field(ge=0)
    code_days: int | None


class Shop(BaseModel):
    """The shop, as shoppers call it."""

    id: Id
    name: str
    zone: str


class Unit(BaseModel):
    """What is collected."""

    kind: Literal["points", "money"]
    decimals: int = Field(ge=0, le=4)
    words: dict[str, dict[str, str]]


class Currency(BaseModel):
    """The programme's currency."""

    code: str
    exponent: int = Field(ge=0, le=4)


class Worth(BaseModel):
    """So many points are worth so much, for showing."""

    points: Points
    value_minor: Money


class Look(BaseModel):
    """The merchant's colour as tones, and where the launcher stands."""

    theme: Literal["light", "dark", "auto"]
    corner: Literal["end", "start"]
    light: dict[str, str]
    dark: dict[str, str]


class Links(BaseModel):
    """Pages of the store."""

    join: str | None
    sign_in: str | None
    rules: str | None


class Programme(BaseModel):
    """What anybody may see."""

    shop: Shop
    name: str
    state: Literal["live", "paused"]
    locale: str
    unit: Unit
    currency: Currency
    worth: Worth | None
    texts: dict[str, dict[str, str]]
    look: Look
    links: Links
    earn: list[EarningRule]
    rewards: list[Reward]
    tiers: Ladder | None
    referral: ReferralTerms | None


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


class Redemption(BaseModel):
    """Points on their way to a code, and what became of it."""

    id: Id
    reward: Id
    name: LocalText
    deal: Deal
    cost: Points
    state: Literal["requested", "issued", "used", "returned", "expired", "failed"]
    code: str | None
    min_order_minor: Money | None
    requested_at: Instant
    expires_at: Instant | None
    concluded_at: Instant | None
    order: OrderRef | None
    returnable: bool
    apply_url: str | None


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
    """A member's place on the ladder."""

    id: Id | None
    since: Instant | None
    until: Instant | None
    lost: Lost | None
    progress: Progress


Refusal = Literal[
    "self_referral", "already_customer", "already_referred", "first_order_too_small", "order_refunded", "closed"
]


class Person(BaseModel):
    """Somebody a member invited."""

    name: str | None
    state: Literal["invited", "bought", "rewarded", "refused"]
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


class Earned(BaseModel):
    """What became of a way to earn."""

    id: Id
    state: Literal["open", "done", "again"]
    at: Instant | None
    points: Points | None


class Inviting(BaseModel):
    """A member's own link, and whom it brought."""

    code: Id
    link: str
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
    tier: MemberTier | None
    rewards: list[Affordable]
    redemptions: list[Redemption]
    earn: list[Earned]
    referral: Inviting | None


class SignedOut(BaseModel):
    """Nobody is signed in."""

    state: Literal["signed_out"] = "signed_out"


class NotMember(BaseModel):
    """Signed in, but no member."""

    state: Literal["not_member"] = "not_member"
    first_name: str | None


class MemberAnswer(RootModel[Member | NotMember | SignedOut]):
    """The shopper of this request, or that there is none."""


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


class RedemptionRequest(Asked):
    """A wish for a reward: the same key is the same wish."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")
    reward: str = Field(min_length=1, max_length=80)


class RedemptionAnswer(BaseModel):
    """A redemption and the balance after it."""

    redemption: Redemption
    balance: Balance


class ReferralLanding(BaseModel):
    """What a friend sees."""

    code: Id
    state: Literal["open", "closed"]
    sender_first_name: str | None
    friend_deal: Deal | None
    friend_points: Points
    min_order_minor: Money | None
    code_days: int | None


class ReferralClaimRequest(Asked):
    """A friend asks for the code."""

    email: str = Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")


class ReferralClaim(BaseModel):
    """The friend's code, or why there is none."""

    state: Literal["preparing", "ready", "refused"]
    deal: Deal | None = None
    code: str | None = None
    min_order_minor: Money | None = None
    expires_at: Instant | None = None
    apply_url: str | None = None
    reason: Refusal | None = None
    reason_at: Instant | None = None

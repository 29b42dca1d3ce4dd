"""The public programme."""

from typing import Literal

from pydantic import BaseModel, Field

from app.web.storefront.shapes.values import Deal, Id, Instant, LocalText, Money, Points, Rate


class SocialAction(BaseModel):
    """What to do on which network, and the page where."""

    network: Literal["facebook", "x", "instagram", "line", "youtube", "tiktok", "own"]
    act: Literal["share", "follow", "visit"]
    address: str


class EarningRule(BaseModel):
    """One way to earn. Beyond what all have, only what its kind has is told.

    ``every``: so many orders, or friends who bought, each time; with ``once`` only the first time. ``year``: only that
    anniversary. ``paid_on``: month and day of a dividend. ``times_per_day`` and ``times`` say how often an event
    counts, ``max_per_order`` and ``max_per_day`` how many points money spent brings at most. Where ``verified`` is
    false, nobody can check that it happened; ``pause_hours`` have to pass before it counts again. ``left`` is what is
    left of a budget that all members share.
    """

    id: Id
    kind: str
    name: LocalText
    points: Points | None
    rate: Rate | None
    pending_days: int = Field(ge=0)
    min_order_minor: Money | None
    some_goods: bool = False
    some_orders: bool = False
    max_per_order: Points | None = None
    max_per_day: Points | None = None
    every: int | None = None
    once: bool = False
    year: int | None = None
    paid_on: str | None = Field(default=None, pattern="^[0-9]{2}-[0-9]{2}$")
    photo_points: Points = 0
    event: str | None = None
    times_per_day: int | None = None
    times: int | None = None
    verified: bool = True
    pause_hours: int | None = None
    social: SocialAction | None = None
    left: Points | None = None


class Campaign(BaseModel):
    """A time in which money spent earns more, and that runs now."""

    id: Id
    name: LocalText
    multiplier: tuple[int, int]
    ends_at: Instant
    some_goods: bool
    some_orders: bool
    left: Points | None = None


class Chosen(BaseModel):
    """An amount the shopper chooses: so many points by steps, worth ``value_minor`` for every ``per_points``."""

    minimum: Points
    maximum: Points | None
    step: Points
    value_minor: Money
    per_points: Points


class Opening(BaseModel):
    """From when members of a level (null: of none too) may have something."""

    level: Id | None
    opens_at: Instant


class Reward(BaseModel):
    """What points buy."""

    id: Id
    name: LocalText
    deal: Deal
    cost: Points
    code_days: int | None
    min_order_minor: Money | None
    level: Id | None
    max_value_minor: Money | None = None
    levels: list[Id] = []
    member_days: int = Field(default=0, ge=0)
    limit: int | None = None
    limit_days: int | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    chosen: Chosen | None = None
    options: list[Id] = []
    openings: list[Opening] = []


class Window(BaseModel):
    """Over what time activity is added up."""

    kind: Literal["lifetime", "calendar_year", "rolling_months", "anniversary"]
    months: int | None


class Level(BaseModel):
    """A step of the ladder."""

    id: Id
    name: LocalText
    threshold: int = Field(ge=0)
    multiplier: tuple[int, int]
    entry_reward: Points
    benefits: list[LocalText]
    entry: Literal["earned", "invited", "bought"] = "earned"
    also: dict[Literal["spend", "points", "orders"], int] = {}
    yearly_reward: Points = 0


class Ladder(BaseModel):
    """The tiers, lowest first."""

    measure: Literal["spend", "points", "orders"]
    window: Window
    grace_days: int = Field(ge=0)
    levels: list[Level]
    hold_days: int = Field(default=0, ge=0)
    mix: Literal["all", "any"] = "all"


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
    """What anybody may see; ``asks``: members are asked how they find the shop, so one may have a question."""

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
    campaigns: list[Campaign] = []
    asks: bool = False

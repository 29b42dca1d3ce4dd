"""What is asked for, and the answers: redemptions, referrals."""

from typing import Literal

from pydantic import BaseModel, Field

from app.web.storefront.shapes.member import Balance, Redemption, Refusal
from app.web.storefront.shapes.values import Amount, Asked, Deal, Id, Instant, Money, Points, Whole


class RedemptionRequest(Asked):
    """A wish for a reward: the same key is the same wish."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")
    reward: str = Field(min_length=1, max_length=80)
    points: Whole | None = None
    option: str | None = Field(default=None, min_length=1, max_length=80)
    round_up_minor: Whole | None = None

    def content(self) -> dict[str, object]:
        """Return what is wished for, without the key: what was not said is not in it."""
        return self.model_dump(exclude={"key"}, exclude_none=True)


class PickRequest(Asked):
    """Which of several rewards is picked: the same key is the same wish."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")
    option: str = Field(min_length=1, max_length=80)


class CartLine(Asked):
    """Goods in a cart: ``price_minor`` for all of them, without tax, before ``discount_minor``."""

    product: str | None = Field(default=None, min_length=1, max_length=80)
    variant: str | None = Field(default=None, min_length=1, max_length=80)
    quantity: Amount
    price_minor: Amount
    discount_minor: Amount = 0


class CartRequest(Asked):
    """A cart as the store shows it, in the shop's currency."""

    lines: list[CartLine] = Field(max_length=250)
    discount_minor: Amount = 0
    shipping_minor: Amount = 0
    tax_minor: Amount = 0


class CartEarns(BaseModel):
    """What the cart would earn if it were paid now, and how long the points would wait."""

    points: Points
    pending_days: int
    may_differ: bool


class PersonalRequest(Asked):
    """Whether offers, picks and recommendations may be made for the shopper."""

    wanted: bool = Field(strict=True)


class PersonalAnswer(BaseModel):
    """What holds now."""

    wanted: bool


class CauseTotal(BaseModel):
    """What all members together gave to a cause: points by the ledger, and what the shop pays for them."""

    cause: Id
    points: Points
    value_minor: Money


class Causes(BaseModel):
    """The public totals."""

    causes: list[CauseTotal]


class AccessToken(BaseModel):
    """What lets a member in, and until when."""

    token: str
    reward: Id
    until: Instant


class VisitBegun(BaseModel):
    """Where to go: an address of ours that notes it and leads on, and until when it is good."""

    address: str
    until: Instant


class AccessCheck(Asked):
    """Whether a token opens a thing."""

    token: str = Field(min_length=1, max_length=2048)
    thing: str = Field(min_length=1, max_length=200)


class AccessGranted(BaseModel):
    """It does."""

    reward: Id
    level: Id | None
    until: Instant


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


class ReferralClickRequest(Asked):
    """A link was followed: the same key is the same click."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")


class ReferralClick(BaseModel):
    """What it was counted under."""

    channel: Literal["link", "sheet", "email", "line", "whatsapp", "x", "facebook", "qr", "other"]


class ReferralClaimRequest(Asked):
    """A friend asks for the code."""

    # U+0085 is white space to us and none to the regular expressions of JSON Schema: it is named for both.
    email: str = Field(min_length=3, max_length=254, pattern=r"^[^@\s\u0085]+@[^@\s\u0085]+$")


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

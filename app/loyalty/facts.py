"""What a shop says is so: orders, reviews, customers, with the times and versions the shop gave them.

A fact is reported by a platform's ``translate`` and names customers as the platform does; nothing in it is ours.
Amounts are whole numbers of the currency's smallest step (``*_minor``); instants are aware UTC datetimes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Place:
    """A country by its ISO 3166 code and, where it is told, the code of a region within it; nothing closer is kept."""

    country: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the platform names them; ``id`` is None for a guest, who is then known by e-mail only.

    ``place`` is that of the customer's own address; ``tags`` are all that the shop wrote on them. None: not told.
    """

    id: str | None
    email: str | None = None
    name: str | None = None
    locale: str | None = None
    place: Place | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One order line. ``price_minor`` is quantity times unit price, without tax, before ``discount_minor``.

    ``labels`` are what the shop files the product under, each with its kind: ``category:12``, ``tag:sale``. ``filed``
    says that they were read in its catalogue; then they stay.
    """

    id: str
    product: str | None
    quantity: int
    price_minor: int
    discount_minor: int = 0
    gift_card: bool = False
    variant: str | None = None
    labels: tuple[str, ...] = ()
    filed: bool = False

    @property
    def net_minor(self) -> int:
        """What the line costs after its own discount, never below zero."""
        return max(0, self.price_minor - self.discount_minor)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money given back for one line."""

    line: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund. ``amount_minor`` (goods money naming no line) is read only where ``lines`` is empty."""

    id: str
    at: datetime
    lines: tuple[RefundLine, ...] = ()
    amount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A discount code on an order; ``amount_minor`` is what it takes off beyond the discounts in the lines."""

    code: str
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Traces:
    """Where an order goes, where it was placed from and what paid it, each as one word that only equals itself.

    ``device`` is a browser on a connection, ``payment`` what a payment service names the card or account by. Never
    stored as they are: a keyed hash is, where the programme looks at referrals.
    """

    address: str | None = None
    network: str | None = None
    device: str | None = None
    payment: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The whole order as it stands at ``updated_at``.

    ``discount_minor`` and ``credit_minor`` (paid with credit we issued) are amounts of the order not yet in its lines.
    ``cancel_dated`` is False where the platform keeps no date of cancelling: ``cancelled_at`` is then its last change.
    ``name`` is the number people use, ``id`` the platform's key. ``paid_at`` is None until the order is paid.
    ``channel`` and ``payment`` are the platform's words for where it was bought and how it was paid; ``shown_currency``
    is the one the shopper saw, None where it is ``currency``. ``renewal`` says that a subscription renewed itself.
    ``credit_told`` is False where credit paid but not how much is told: ``credit_minor`` is then the most it can be.
    ``has_catalogue``: the shop can be asked what it files the goods under, where its lines do not tell.
    ``place`` is where it is sent, else where the bill goes; None where that road does not tell.
    """

    id: str
    customer: Customer | None
    updated_at: datetime
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    currency: str
    lines: tuple[Line, ...]
    name: str = ""
    discount_minor: int = 0
    credit_minor: int = 0
    credit_told: bool = True
    shipping_minor: int = 0
    tax_minor: int = 0
    tip_minor: int = 0
    codes: tuple[CodeUse, ...] = ()
    refunds: tuple[Refund, ...] = ()
    test: bool = False
    cancel_dated: bool = True
    channel: str | None = None
    payment: str | None = None
    shown_currency: str | None = None
    tags: tuple[str, ...] = ()
    renewal: bool = False
    has_catalogue: bool = False
    traces: Traces = Traces()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A product review as it stands at ``updated_at``. ``rating`` is kept for people; points never depend on it."""

    id: str
    customer: Customer
    product: str
    at: datetime
    updated_at: datetime
    approved: bool
    rating: int | None = None
    photo: bool = False


@dataclass(frozen=True, slots=True)
class SignUp:
    """A customer has an account at the shop since ``at``; ``proved`` where the platform says the address is theirs."""

    customer: Customer
    at: datetime
    proved: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else a customer did at ``at`` that a shop may reward, under the shop's own name for it."""

    id: str
    customer: Customer
    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Birthday:
    """A customer's birthday as told at ``at``: month and day; the year of birth is nobody's business here."""

    customer: Customer
    month: int
    day: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Referral:
    """``advocate`` recommended the shop to ``friend`` at ``at``."""

    id: str
    advocate: Customer
    friend: Customer
    at: datetime


@dataclass(frozen=True, slots=True)
class Merger:
    """The shop made two of its accounts one: ``lost`` (its id) is now ``kept``."""

    kept: str
    lost: str


class Thing(StrEnum):
    """What can disappear from a shop or has to be asked for again."""

    ORDER = "order"
    GOODS = "goods"
    """An order once more, with what the catalogue files its goods under."""
    CUSTOMER = "customer"
    REVIEW = "review"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Gone:
    """The shop no longer has this thing: an order counts as cancelled at ``at``, a review as not approved.

    An event that is gone, as a post deleted, deserves nothing any more.
    """

    thing: Thing
    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The shop's owner removed the app."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Permitted:
    """What the shop's owner lets the app do by now, in the platform's own words: all of it, not what changed."""

    scopes: tuple[str, ...]


class Duty(StrEnum):
    """The privacy duties a platform can lay on us."""

    CUSTOMER_DATA = "customer_data"
    CUSTOMER_ERASE = "customer_erase"
    SHOP_ERASE = "shop_erase"


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """A privacy request of the platform; kept and acknowledged."""

    duty: Duty
    customer: Customer | None = None


Fact = Order | Review | SignUp | Event | Birthday | Referral | Merger | Gone | Uninstalled | Permitted | PrivacyRequest

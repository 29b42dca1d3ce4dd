"""What a store remembers: products, customers, orders, refunds, reviews and discount codes.

All money is integer minor units of the shop's currency; all instants are aware UTC. Prices are as the shopper
sees them: with tax inside where the shop's prices include it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(slots=True)
class Variant:
    """One thing that can be put into a cart."""

    id: int
    title: str
    sku: str
    price: int


@dataclass(slots=True)
class Product:
    """A page of the catalogue; `drawing` and `colour` say how its picture is drawn."""

    id: int
    slug: str
    title: str
    subtitle: str
    description: str
    category: str
    option: str
    drawing: str
    colour: str
    created_at: datetime
    variants: list[Variant]
    gift_card: bool = False
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Address:
    """A postal address."""

    first_name: str = ""
    last_name: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    province: str = ""
    province_code: str = ""
    zip: str = ""
    country: str = ""
    country_code: str = ""
    phone: str = ""


@dataclass(slots=True)
class Meta:
    """A named value that an app hung on a record; `namespace` and `type` are Shopify's."""

    id: int
    key: str
    value: str
    namespace: str = ""
    type: str = ""


@dataclass(slots=True)
class Customer:
    """An account with the store. `note` introduces the demonstration shoppers to people."""

    id: int
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    address: Address = field(default_factory=Address)
    tags: list[str] = field(default_factory=list)
    metafields: list[Meta] = field(default_factory=list)
    note: str = ""
    newsletter_at: datetime | None = None


@dataclass(slots=True)
class Allocation:
    """The part of one code's discount that fell on one line; `code` counts in the order's `codes`."""

    code: int
    amount: int


@dataclass(slots=True)
class Line:
    """One line of an order. `tax` is the tax on what the line costs after discounts."""

    id: int
    product_id: int
    variant_id: int
    title: str
    variant_title: str
    sku: str
    quantity: int
    price: int
    gift_card: bool = False
    allocations: list[Allocation] = field(default_factory=list)
    tax: int = 0

    @property
    def gross(self) -> int:
        """What the line costs before discounts."""
        return self.price * self.quantity

    @property
    def discount(self) -> int:
        """What all codes took off the line."""
        return sum(part.amount for part in self.allocations)

    @property
    def paid(self) -> int:
        """What the line costs after discounts, by the shop's way of showing prices."""
        return self.gross - self.discount


class CodeKind(StrEnum):
    """What a discount code does."""

    AMOUNT = "amount"
    PERCENTAGE = "percentage"
    FREE_SHIPPING = "free_shipping"


@dataclass(slots=True)
class AppliedCode:
    """A code as the order remembers it; `amount` is what it took off in all, `value` its face value."""

    code_id: int
    code: str
    kind: CodeKind
    value: str
    amount: int


@dataclass(slots=True)
class RefundLine:
    """Units of one order line given back; `subtotal` is their share after discounts, `tax` their share of tax."""

    id: int
    line_id: int
    quantity: int
    subtotal: int
    tax: int


@dataclass(slots=True)
class Refund:
    """Money given back. `amount` is all of it; `shipping` and `other` are the parts that belong to no line."""

    id: int
    created_at: datetime
    reason: str
    amount: int
    lines: list[RefundLine] = field(default_factory=list)
    shipping: int = 0
    shipping_tax: int = 0
    other: int = 0


@dataclass(slots=True)
class Edit:
    """A change of quantities made by the shop after the order was placed: line id to difference in units."""

    id: int
    created_at: datetime
    changes: dict[int, int]


@dataclass(slots=True)
class Way:
    """How an order came about: `source` ("" is the shop's own checkout), its tags, and the subscription it renews.

    `credit` is what a gift card paid of it (Shopify).
    """

    source: str = ""
    tags: list[str] = field(default_factory=list)
    credit: int = 0
    renews: int = 0


@dataclass(slots=True)
class Order:
    """An order with all its dated events, so that its state at any instant can be told."""

    id: int
    number: int
    created_at: datetime
    updated_at: datetime
    customer_id: int | None
    email: str
    address: Address
    lines: list[Line]
    shipping: int
    shipping_discount: int = 0
    shipping_tax: int = 0
    codes: list[AppliedCode] = field(default_factory=list)
    payment: str = "card"
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    deleted_at: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    key: str = ""
    way: Way = field(default_factory=Way)


class ReviewStatus(StrEnum):
    """Where a review stands with the shop's moderation."""

    HELD = "held"
    APPROVED = "approved"
    TRASHED = "trashed"


@dataclass(slots=True)
class Review:
    """What a shopper says of a product; `moderated_at` is the last change of status."""

    id: int
    product_id: int
    customer_id: int | None
    name: str
    email: str
    rating: int
    title: str
    body: str
    created_at: datetime
    status: ReviewStatus = ReviewStatus.HELD
    moderated_at: datetime | None = None
    verified: bool = False


@dataclass(slots=True)
class DiscountCode:
    """A discount code and its conditions; `used_by` holds one entry (customer id or e-mail) per use.

    `goods` are ids of products or variants that it is for alone, `pieces` of them at most.
    """

    id: int
    code: str
    kind: CodeKind
    created_at: datetime
    updated_at: datetime
    amount: int = 0
    percent: Decimal = Decimal(0)
    title: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    enabled: bool = True
    usage_limit: int | None = None
    limit_per_customer: int | None = None
    customer_ids: list[int] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    minimum: int = 0
    combines: list[str] = field(default_factory=list)
    goods: list[int] = field(default_factory=list)
    pieces: int | None = None
    used_by: list[str] = field(default_factory=list)
    metadata: list[Meta] = field(default_factory=list)

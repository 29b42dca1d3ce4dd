"""Wishes about the outside: what a decision asks a shop's platform to do, carried out later from the outbox."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.loyalty.facts import Customer


class DiscountKind(StrEnum):
    """The kinds of discount a code can give."""

    AMOUNT_OFF = "amount_off"
    PERCENTAGE = "percentage"
    FREE_SHIPPING = "free_shipping"
    FREE_PRODUCT = "free_product"


class Beside(StrEnum):
    """The classes of other discounts that a code may be used beside: of the whole order, of products, of shipping."""

    ORDER = "order"
    PRODUCT = "product"
    SHIPPING = "shipping"


class CreditKind(StrEnum):
    """The kinds of money a platform can hold for a member."""

    STORE_CREDIT = "store_credit"
    GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True)
class IssueDiscount:
    """Make one personal, single-use discount code.

    The code was chosen and stored before; after any doubt it is looked up and adopted if ``reference`` is ours.
    ``value`` is minor units for ``AMOUNT_OFF``, whole percent times 100 (basis points) for ``PERCENTAGE``, the price of
    one piece for ``FREE_PRODUCT`` (``product`` and ``variant`` are the shop's ids), else 0.
    ``customer`` None means anyone who has the code may use it once (a friend who has no account yet).
    """

    reference: str
    code: str
    kind: DiscountKind
    value: int
    currency: str
    customer: Customer | None
    starts_at: datetime
    ends_at: datetime | None
    minimum_minor: int
    title: str
    maximum_minor: int | None = None
    """The most a percentage takes off. Only a platform that declares it can keep that promise is asked to."""
    product: str | None = None
    variant: str | None = None
    beside: tuple[Beside, ...] | None = None
    """What it may be combined with; None: what is usual for its kind at the platform."""


@dataclass(frozen=True, slots=True)
class CodeTerms:
    """Everything about a code but what it gives: see ``IssueDiscount``."""

    reference: str
    code: str
    currency: str
    customer: Customer | None
    starts_at: datetime
    ends_at: datetime | None
    minimum_minor: int
    title: str
    maximum_minor: int | None = None
    beside: tuple[Beside, ...] | None = None


def issue(
    terms: CodeTerms, kind: DiscountKind, value: int, product: str | None = None, variant: str | None = None
) -> IssueDiscount:
    """Return the wish for a code of a kind under these terms."""
    return IssueDiscount(
        terms.reference, terms.code, kind, value, terms.currency, terms.customer,
        terms.starts_at, terms.ends_at, terms.minimum_minor, terms.title, terms.maximum_minor, product, variant,
        terms.beside,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """Everything about a credit but its kind and sum: see ``GrantCredit``."""

    reference: str
    code: str
    currency: str
    customer: Customer | None
    asked_at: datetime
    ends_at: datetime | None
    title: str
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GrantCredit:
    """Put money on a member's account at the shop, or on a card; once, whatever gets lost on the way.

    Before anything is given the platform is asked whether it was given already: what it made since ``asked_at`` of the
    same sum and is not among ``known`` (the platform's names of what the member was given before) is this one.
    """

    reference: str
    code: str
    kind: CreditKind
    value_minor: int
    currency: str
    customer: Customer | None
    asked_at: datetime
    ends_at: datetime | None
    title: str
    known: frozenset[str] = frozenset()


def grant(terms: CreditTerms, kind: CreditKind, value_minor: int) -> GrantCredit:
    """Return the wish for a credit of a kind under these terms."""
    return GrantCredit(
        terms.reference, terms.code, kind, value_minor, terms.currency, terms.customer, terms.asked_at,
        terms.ends_at, terms.title, terms.known,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DisableDiscount:
    """Make a code unusable.

    It is done too when the code never came to be. ``external_id`` is the platform's, if known.
    """

    reference: str
    code: str
    external_id: str | None


@dataclass(frozen=True, slots=True)
class SyncMember:
    """Show the member's present standing at the shop (tags, metafields), as it is when performed."""

    customer: Customer
    tier: str | None
    available: int


Effect = IssueDiscount | DisableDiscount | GrantCredit | SyncMember


@dataclass(frozen=True, slots=True)
class TellChange:
    """Tell another system of a change. ``id`` is the same on every try; every one of ``secrets`` signs ``body``."""

    id: str
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    body: str

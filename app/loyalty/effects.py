"""Wishes about the outside: what a decision asks a shop's platform to do, carried out later from the outbox."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.loyalty.facts import Customer


class DiscountKind(StrEnum):
    """The kinds of discount a code can give."""

    AMOUNT_OFF = "amount_off"
    PERCENTAGE = "percentage"
    FREE_SHIPPING = "free_shipping"


@dataclass(frozen=True, slots=True)
class IssueDiscount:
    """Make one personal, single-use discount code.

    The code was chosen and stored before; after any doubt it is looked up and adopted if ``reference`` is ours.
    ``value`` is minor units for ``AMOUNT_OFF``, whole percent times 100 (basis points) for ``PERCENTAGE``, else 0.
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


def issue(terms: CodeTerms, kind: DiscountKind, value: int) -> IssueDiscount:
    """Return the wish for a code of a kind under these terms."""
    return IssueDiscount(
        terms.reference, terms.code, kind, value, terms.currency, terms.customer,
        terms.starts_at, terms.ends_at, terms.minimum_minor, terms.title, terms.maximum_minor,
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


Effect = IssueDiscount | DisableDiscount | SyncMember

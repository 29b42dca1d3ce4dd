"""Points given to a cause: nothing comes back but the public total."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Donation:
    """``cause`` is an id of the merchant's; ``value_minor`` is what the shop pays to it for this reward's cost.

    ``round_to_minor`` lets a shopper round an order's total up to the next whole multiple of it and give what is
    missing; it needs chosen points, for it chooses them.
    """

    cause: str
    value_minor: int
    round_to_minor: int | None = None
    kind: Literal["donation"] = "donation"


def missing_minor(gift: Donation, total_minor: int) -> int:
    """Return what brings a total up to the next whole multiple; 0 where it is whole already, or nothing is rounded."""
    return -total_minor % gift.round_to_minor if gift.round_to_minor else 0

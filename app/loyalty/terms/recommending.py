"""When a programme recommends what else suits who bought something."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.loyalty.terms.conditions import Goods


@dataclass(frozen=True, slots=True)
class Recommending:
    """When something is recommended. ``durable`` goods are bought once and never named to who has them.

    Bought together: in ``together_orders`` orders of the last ``days`` at least, and in ``together_percent`` of those
    with the first of the two. A rhythm of the shop's: ``repeats`` times at least somebody bought it again. Named are
    ``shown`` at the utmost. ``names`` are what to call products, by their id.
    """

    durable: Goods | None = None
    together_orders: int = 5
    together_percent: int = 10
    repeats: int = 5
    days: int = 365
    shown: int = 6
    names: Mapping[str, str] = field(default_factory=dict)

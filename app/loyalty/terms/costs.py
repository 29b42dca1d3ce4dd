"""What rewards cost the shop, as far as its margins are known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.loyalty.terms.margin import MarginGuard, takes_off
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import CodeGift, FreeProduct, Percentage

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What one use of a reward costs at most, and what share of the smallest order is left then.

    ``cost_minor`` is None where there is no most, ``left_basis_points`` where no smallest order or no discount is.
    """

    reward: str
    points: int
    cost_minor: int | None
    smallest_minor: int
    left_basis_points: int | None


def costs(rewards: Iterable[Reward], guard: MarginGuard) -> Iterator[Cost]:
    """Return what each reward costs, discounts at their full amount and products at what the shop pays for them."""
    for reward in rewards:
        gift, smallest = reward.gives, reward.minimum_minor
        most = takes_off(gift, reward.variable, reward.maximum_minor, guard)
        if most is None and reward.variable is None:
            most = reward.value_minor(reward.cost)
        paid = most
        if isinstance(gift, FreeProduct):
            paid = gift.value_minor * (_WHOLE - guard.basis_points) // _WHOLE
        left = None
        if isinstance(gift, Percentage) and reward.maximum_minor is None:
            left = guard.room + guard.floor_basis_points - gift.basis_points
        elif isinstance(gift, CodeGift) and most is not None and smallest:
            left = guard.room + guard.floor_basis_points - -(-most * _WHOLE // smallest)
        yield Cost(reward.id, reward.needs(None), paid, smallest, left)

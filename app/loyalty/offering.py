"""Whether a reward can be promised at all: its terms fit together, and some shop's platform can keep it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.loyalty.effects import DiscountKind
from app.loyalty.errors import CannotOfferError, NotAtThisShopError
from app.loyalty.programme import Reward, Version
from app.loyalty.rewards import Percentage, need, worth


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a shop's platform can give. ``caps``: a percentage there can have a maximum."""

    discounts: frozenset[DiscountKind] = field(default_factory=frozenset)
    caps: bool = False


def missing(reward: Reward, abilities: Abilities) -> str | None:
    """Return the ability a platform lacks for this reward, None where it can keep all of it."""
    needed = need(reward.gives)
    if needed is not None and needed not in abilities.discounts:
        return needed.value
    if reward.maximum_minor is not None and not abilities.caps:
        return "maximum_minor"
    return None


def check_shop(reward: Reward, abilities: Abilities) -> None:
    """Refuse a reward at a shop whose platform cannot keep all of it. Raises NotAtThisShopError."""
    lacking = missing(reward, abilities)
    if lacking is not None:
        raise NotAtThisShopError(reward.id, lacking)


def check_version(version: Version, shops: Sequence[Abilities] = ()) -> None:
    """Refuse a version with a reward nobody could have. Raises CannotOfferError with a stable word why.

    ``shops`` are the abilities of the programme's shops; none given, only the terms themselves are looked at.
    """
    seen: set[str] = set()
    for reward in version.rewards:
        if reward.id in seen:
            raise CannotOfferError(reward.id, "ID_TWICE")
        seen.add(reward.id)
        why = _fault(reward, version)
        if why is not None:
            raise CannotOfferError(reward.id, why)
        if shops and all(missing(reward, shop) for shop in shops):
            raise CannotOfferError(reward.id, f"NO_SHOP_CAN:{missing(reward, shops[0])}")


def _fault(reward: Reward, version: Version) -> str | None:
    """Return what is wrong with a reward's terms, None for nothing."""
    known = {level.id for level in version.tiers.levels} if version.tiers else set()
    faults = {
        "COST_BELOW_ZERO": reward.cost < 0,
        "MINIMUM_BELOW_ZERO": reward.minimum_minor < 0,
        "MAXIMUM_NOT_ABOVE_ZERO": reward.maximum_minor is not None and reward.maximum_minor <= 0,
        "MAXIMUM_WITHOUT_PERCENTAGE": reward.maximum_minor is not None and not isinstance(reward.gives, Percentage),
        "LIMIT_NOT_ABOVE_ZERO": reward.limit is not None and reward.limit <= 0,
        "DAYS_WITHOUT_LIMIT": reward.limit_days is not None and (reward.limit is None or reward.limit_days <= 0),
        "STOCK_BELOW_ZERO": reward.stock is not None and reward.stock < 0,
        "DAYS_BELOW_ZERO": reward.member_days < 0,
        "CLOSES_BEFORE_IT_OPENS": reward.opens_at is not None
        and reward.closes_at is not None
        and reward.closes_at <= reward.opens_at,
        "UNKNOWN_TIER": not ({reward.level, *reward.levels} - {None}) <= known,
        "AMOUNTS_NOT_EXACT": reward.variable is not None and not reward.variable.is_exact,
        "NO_SUM_TO_CHOOSE": reward.variable is not None and worth(reward.gives) is None,
    }
    return next((why for why, wrong in faults.items() if wrong), None)

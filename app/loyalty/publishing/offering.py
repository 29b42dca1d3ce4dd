"""Whether a reward can be promised at all: its terms fit together, and some shop's platform can keep it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.loyalty.effects import Beside, CreditKind, DiscountKind
from app.loyalty.errors import NotAtThisShopError
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import Access, Choice, CodeGift, Donation, FreeShipping, Percentage, is_sum, need, worth


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a shop's platform can give. ``caps``: a percentage there can have a maximum."""

    discounts: frozenset[DiscountKind] = field(default_factory=frozenset)
    caps: bool = False
    credits: frozenset[CreditKind] = field(default_factory=frozenset)

    def can(self, needed: DiscountKind | CreditKind) -> bool:
        """Say whether the platform can do this."""
        return needed in self.discounts if isinstance(needed, DiscountKind) else needed in self.credits


def missing(reward: Reward, abilities: Abilities) -> str | None:
    """Return the ability a platform lacks for this reward, None where it can keep all of it."""
    needed = need(reward.gives)
    if needed is not None and not abilities.can(needed):
        return needed.value
    if reward.maximum_minor is not None and not abilities.caps:
        return "maximum_minor"
    return None


def check_shop(reward: Reward, abilities: Abilities) -> None:
    """Refuse a reward at a shop whose platform cannot keep all of it. Raises NotAtThisShopError."""
    lacking = missing(reward, abilities)
    if lacking is not None:
        raise NotAtThisShopError(reward.id, lacking)


def faults(version: Version, shops: Sequence[Abilities] = ()) -> Iterator[tuple[int, str]]:
    """Return the position of every reward nobody could have, with a stable word why.

    ``shops`` are the abilities of the programme's shops; none given, only the terms themselves are looked at.
    """
    seen: set[str] = set()
    for number, reward in enumerate(version.rewards):
        why = "ID_TWICE" if reward.id in seen else _fault(reward, version)
        seen.add(reward.id)
        if why is not None:
            yield number, why
        elif shops and all(missing(reward, shop) for shop in shops):
            yield number, f"NO_SHOP_CAN:{missing(reward, shops[0])}"


def _fault(reward: Reward, version: Version) -> str | None:
    """Return what is wrong with a reward's terms, None for nothing."""
    known = {level.id for level in version.tiers.levels} if version.tiers else set()
    openings = [opening.level for opening in reward.openings]
    value = worth(reward.gives)
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
        "UNKNOWN_TIER": not ({reward.level, *reward.levels, *openings} - {None}) <= known,
        "NO_SUM_TO_BUDGET": reward.budget_minor is not None and reward.charge_minor(None) is None,
        "LEVEL_TWICE": len(set(openings)) != len(openings),
        "OPENINGS_OF_ITS_OWN": bool(openings) and isinstance(reward.gives, Access),
        "AMOUNTS_NOT_EXACT": reward.variable is not None and not reward.variable.is_exact,
        "NO_SUM_TO_CHOOSE": reward.variable is not None and not is_sum(reward.gives),
        "NO_CODE_TO_COMBINE": reward.beside is not None and not isinstance(reward.gives, CodeGift),
        "BESIDE_TWICE": len(set(reward.beside or ())) != len(reward.beside or ()),
        "SHIPPING_BESIDE_SHIPPING": isinstance(reward.gives, FreeShipping) and Beside.SHIPPING in (reward.beside or ()),
        "WORTH_NOTHING": reward.variable is None and value is not None and value <= 0,
    }
    return next((why for why, wrong in faults.items() if wrong), None) or _fault_of_gift(reward, version, known)


def _fault_of_gift(reward: Reward, version: Version, known: set[str]) -> str | None:
    """Return what is wrong with what a reward gives."""
    gift = reward.gives
    if isinstance(gift, Donation) and gift.round_to_minor is not None:
        chosen = reward.variable
        if chosen is None or gift.round_to_minor <= 0:
            return "ROUNDING_NEEDS_CHOSEN_POINTS"
    if isinstance(gift, Choice):
        return _fault_of_choice(reward, gift, version)
    if isinstance(gift, Access):
        levels = [opening.level for opening in gift.openings]
        if not gift.things or len(set(levels)) != len(levels):
            return "NOTHING_TO_ENTER" if not gift.things else "LEVEL_TWICE"
        if not set(levels) - {None} <= known:
            return "UNKNOWN_TIER"
    return None


def _fault_of_choice(reward: Reward, gift: Choice, version: Version) -> str | None:
    options = [version.reward(option) for option in gift.options]
    if len(set(gift.options)) != len(gift.options) or len(options) < 2:  # noqa: PLR2004 - one is no choice
        return "TOO_FEW_OPTIONS"
    for option in options:
        if option is None or option.id == reward.id:
            return "UNKNOWN_OPTION"
        if isinstance(option.gives, Choice) or option.variable is not None or option.stock is not None:
            return "OPTION_CANNOT_BE_PICKED"
    return None

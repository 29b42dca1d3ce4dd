"""What a member can have: each reward by tier, points and window, and the offers that are only for some."""

from collections.abc import Collection, Iterable
from datetime import datetime

from app.loyalty.errors import TierTooLowError
from app.loyalty.terms.openings import opens_at
from app.loyalty.terms.programme import Reward, Version
from app.web.storefront import shapes


def affordable(
    version: Version | None, available: int, tier: str | None, now: datetime, offered: Collection[str]
) -> Iterable[shapes.Affordable]:
    """Return whether tier, points and window let a member have each reward; limits and stock are told when asking.

    ``offered`` are the ids of what is open to the member: of offers that are only for some, no other is told.
    """
    for entry in version.rewards if version else ():
        if version is None or (entry.segment is not None and entry.id not in offered):
            continue
        locked, opens = _standing(entry, version, tier)
        if locked and version.is_secret(entry):
            continue
        missing = max(0, entry.needs(None) - available)
        ahead = opens if opens is not None and opens > now else None
        yield shapes.Affordable(
            id=entry.id,
            affordable=entry.is_open(now) and ahead is None and not locked and missing == 0,
            missing=missing,
            locked=locked,
            opens_at=ahead,
        )


def _standing(entry: Reward, version: Version, tier: str | None) -> tuple[bool, datetime | None]:
    """Return whether the tier does not suffice, and from when it does where that differs by tier."""
    ladder = version.tiers
    too_low = entry.level is not None and (ladder is None or ladder.position(tier) < ladder.position(entry.level))
    try:
        return too_low or bool(entry.levels and tier not in entry.levels), opens_at(entry.openings, version, tier)
    except TierTooLowError:
        return True, None


def for_everybody(version: Version | None) -> list[Reward]:
    """Return the rewards that anybody may hear of, in the programme's order."""
    if version is None:
        return []
    return [reward for reward in version.rewards if reward.segment is None and not version.is_secret(reward)]


def offers(version: Version | None, tier: str | None, offered: Collection[str]) -> list[Reward]:
    """Return the rewards that are only for some, this member among them, in the programme's order."""
    if version is None:
        return []
    mine = []
    for reward in version.rewards:
        if version.is_secret(reward) and _standing(reward, version, tier)[0]:
            continue
        if (reward.segment is not None and reward.id in offered) or (
            reward.segment is None and version.is_secret(reward)
        ):
            mine.append(reward)
    return mine

"""Which rewards suit a member best, and why: ranked by plain rules from the member's own history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.loyalty.ledger.books import Redemption, RedemptionState
from app.loyalty.redeeming.eligibility import Asker, is_open_to
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.segments import Among, Condition, Look, Segments, Shopper

SOON: Final = timedelta(days=7)
"""What ends within this time is named for it."""


class Because(StrEnum):
    """Why something is picked; in this order the picks stand."""

    ENDS_SOON = "ends_soon"
    FOR_YOU = "for_you"
    HAD_BEFORE = "had_before"
    IN_REACH = "in_reach"
    NEARLY = "nearly"


@dataclass(frozen=True, slots=True)
class Has:
    """What a member has: points to spend, and every redemption so far."""

    available: int
    redemptions: Sequence[Redemption] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of the member makes an offer theirs: a kind of condition, and the number it found (days, orders, money)."""

    condition: str
    have: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A reward open to the member. ``numbers``: ``times`` it was had, points to ``spend`` and ``missing``.

    ``ends_at`` is told where it ends soon; ``evidence`` where it is an offer.
    """

    reward: Reward
    because: Because
    numbers: Mapping[str, int] = field(default_factory=dict)
    ends_at: datetime | None = None
    evidence: Evidence | None = None


def picks(
    version: Version,
    has: Has,
    asker: Asker,
    at: datetime,
    taken: Mapping[str, tuple[int, int]] | None = None,
) -> tuple[Pick, ...]:
    """Return everything open to a member but for points, the best first.

    ``taken`` is what is out of each stock, and of each budget in minor units.

    By reason; of one reason, what was had most often, then what ends first, then what fewest points are missing for,
    then the cheapest, then by id: the same member is picked the same at the same instant.
    """
    found = []
    for reward in version.rewards:
        pieces, worth = (taken or {}).get(reward.id, (0, 0))
        one = replace(asker, taken=pieces, spent_minor=worth)
        if is_open_to(reward, version, has.redemptions, one, at):
            found.append(_pick(reward, version, has, one.shopper, at))
    return tuple(sorted(found, key=_rank))


def _pick(reward: Reward, version: Version, has: Has, shopper: Shopper | None, at: datetime) -> Pick:
    times = sum(1 for one in has.redemptions if one.reward == reward.id and one.state is RedemptionState.REDEEMED)
    need = reward.needs(None)
    numbers = {"times": times, "spend": need, "missing": max(0, need - has.available)}
    evidence = _evidence(reward, version, shopper)
    ends = reward.closes_at if reward.closes_at is not None and reward.closes_at - at <= SOON else None
    if ends is not None:
        because = Because.ENDS_SOON
    elif reward.segment is not None:
        because = Because.FOR_YOU
    elif times:
        because = Because.HAD_BEFORE
    else:
        because = Because.NEARLY if numbers["missing"] else Because.IN_REACH
    return Pick(reward, because, numbers, ends, evidence)


def _rank(pick: Pick) -> tuple[int, int, str, int, int, str]:
    closes = pick.reward.closes_at
    return (
        list(Because).index(pick.because),
        -pick.numbers["times"],
        closes.isoformat() if closes is not None else "~",
        pick.numbers["missing"],
        pick.numbers["spend"],
        pick.reward.id,
    )


def _evidence(reward: Reward, version: Version, shopper: Shopper | None) -> Evidence | None:
    """Return what of the segment's first condition can be told in a number; that of the tier is its name."""
    if reward.segment is None or shopper is None:
        return None
    known = version.known_segments
    told = list(_told(known[reward.segment].all + known[reward.segment].any, shopper, known))
    return next((each for each in told if each.have), told[0] if told else Evidence("segment"))


def _told(conditions: tuple[Condition, ...], shopper: Shopper, known: Segments) -> list[Evidence]:
    found: list[Evidence] = []
    for condition in conditions:
        if isinstance(condition, Among):
            inner = known[condition.segment]
            found += _told(inner.all + inner.any, shopper, known)
            continue
        look: Look = condition.look(shopper)
        if look.holds:
            found.append(Evidence(condition.kind, look.have, getattr(condition, "days", None)))
    return found

"""Whether a member may have a reward now, with the reason and the missing number where not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.loyalty.errors import (
    InsufficientPointsError,
    LimitReachedError,
    LoyaltyError,
    MemberTooNewError,
    NotYetOpenError,
    OfferClosedError,
    SoldOutError,
    TierNotListedError,
    TierTooLowError,
    UnknownRewardError,
)
from app.loyalty.ledger.books import Books, Redemption, RedemptionState
from app.loyalty.redeeming.offer_errors import NotInSegmentError, OfferSpentError
from app.loyalty.terms.openings import opens_at
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import Donation
from app.loyalty.terms.rewards.donation import missing_minor
from app.loyalty.terms.segments import Shopper, lacking


@dataclass(frozen=True, slots=True)
class Asker:
    """What judging needs beside the books: the level, since when a member, what is taken of stock and budget."""

    level: str | None = None
    since: datetime | None = None
    taken: int = 0
    spent_minor: int = 0
    shopper: Shopper | None = None
    """Only where the reward is for a segment."""


def check(
    books: Books, version: Version | None, reward_id: str, asker: Asker, at: datetime, points: int | None = None
) -> Reward:
    """Return the reward if the member may have it at this instant, for ``points`` where the shopper chooses them.

    Raises, checked in this order: UnknownRewardError, TierTooLowError, InsufficientPointsError (these three as the
    cases' format has them), NotYetOpenError, OfferClosedError, TierNotListedError, NotInSegmentError,
    MemberTooNewError, PointsNotOfferedError, LimitReachedError, SoldOutError, OfferSpentError.
    """
    reward = version.reward(reward_id) if version else None
    if version is None or reward is None:
        raise UnknownRewardError
    _check_level(reward, version, asker)
    need = reward.needs(points)
    if books.available < need:
        raise InsufficientPointsError(books.available, need)
    _check_terms(reward, version, asker, at)
    if reward.variable is not None:
        reward.variable.checked(points)
    _check_share(reward, books.redemptions, asker, at)
    check_worth(reward, asker.spent_minor, points)
    return reward


def is_open_to(reward: Reward, version: Version, redemptions: Iterable[Redemption], asker: Asker, at: datetime) -> bool:
    """Say whether a member may have a reward at this instant, given the points."""
    try:
        _check_level(reward, version, asker)
        _check_terms(reward, version, asker, at)
        _check_share(reward, redemptions, asker, at)
        check_worth(reward, asker.spent_minor, None)
    except LoyaltyError:
        return False
    return True


def _check_level(reward: Reward, version: Version, asker: Asker) -> None:
    if reward.level is not None and (
        version.tiers is None or version.tiers.position(asker.level) < version.tiers.position(reward.level)
    ):
        raise TierTooLowError(reward.level)


def _check_terms(reward: Reward, version: Version, asker: Asker, at: datetime) -> None:
    opens = opens_at(reward.openings, version, asker.level)
    if opens is not None and at < opens:
        raise NotYetOpenError(opens)
    check_window(reward, at)
    if reward.levels and asker.level not in reward.levels:
        raise TierNotListedError(reward.levels)
    check_segment(reward, version, asker.shopper)
    _check_days(reward, asker.since, at)


def _check_share(reward: Reward, redemptions: Iterable[Redemption], asker: Asker, at: datetime) -> None:
    _check_limit(reward, redemptions, at)
    if reward.stock is not None and asker.taken >= reward.stock:
        raise SoldOutError(reward.stock, asker.taken)


def check_worth(reward: Reward, spent_minor: int, points: int | None) -> None:
    """Refuse what all redemptions together could not be worth any more. Raises OfferSpentError."""
    charge = reward.charge_minor(points)
    if reward.budget_minor is not None and charge is not None and spent_minor + charge > reward.budget_minor:
        raise OfferSpentError(max(0, reward.budget_minor - spent_minor), charge)


def rounded_up(version: Version | None, reward_id: str, total_minor: int) -> int | None:
    """Return the points that round a total up to the next whole multiple, by a donation that offers it.

    The fewest on offer that are worth what is missing; 0 where nothing is missing, None where nothing is rounded.
    """
    reward = version.reward(reward_id) if version else None
    if reward is None or reward.variable is None or not isinstance(reward.gives, Donation):
        return None
    lacking, terms = missing_minor(reward.gives, total_minor), reward.variable
    if not lacking:
        return 0 if reward.gives.round_to_minor else None
    exact = -(-lacking * terms.per_points // terms.value_minor)
    steps = max(0, -(-(exact - terms.minimum) // terms.step))
    return terms.minimum + steps * terms.step


def check_window(reward: Reward, at: datetime) -> None:
    """Refuse before ``opens_at`` and from ``closes_at`` on. Raises NotYetOpenError, OfferClosedError."""
    if reward.opens_at is not None and at < reward.opens_at:
        raise NotYetOpenError(reward.opens_at)
    if reward.closes_at is not None and at >= reward.closes_at:
        raise OfferClosedError(reward.closes_at)


def check_segment(reward: Reward, version: Version, shopper: Shopper | None) -> None:
    """Refuse who is not in the reward's segment, and who is not known (None). Raises NotInSegmentError."""
    if reward.segment is None:
        return
    if shopper is None:
        raise NotInSegmentError("unknown", {})
    if not shopper.personal:
        raise NotInSegmentError("personal", {})
    known = version.known_segments
    found = lacking(known[reward.segment], shopper, known)
    if found is not None:
        condition, look = found
        raise NotInSegmentError(condition, look.numbers())


def _check_days(reward: Reward, since: datetime | None, at: datetime) -> None:
    if not reward.member_days:
        return
    have = (at - since).days if since is not None else 0
    if have < reward.member_days:
        raise MemberTooNewError(have, reward.member_days)


def _check_limit(reward: Reward, redemptions: Iterable[Redemption], at: datetime) -> None:
    """Count what this member has had and did not give back, in the last ``limit_days`` × 24 h or ever."""
    if reward.limit is None:
        return
    days = timedelta(days=reward.limit_days) if reward.limit_days is not None else None
    counted = sorted(
        one.requested_at
        for one in redemptions
        if one.reward == reward.id
        and one.state is not RedemptionState.GIVEN_BACK
        and (days is None or one.requested_at > at - days)
    )
    if len(counted) >= reward.limit:
        again = counted[len(counted) - reward.limit] + days if days is not None and reward.limit else None
        raise LimitReachedError(reward.limit, len(counted), again)

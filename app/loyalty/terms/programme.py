"""A programme's immutable versions and their policies: what a merchant promises from an instant on.

Amounts of money are minor units of the programme's one currency, amounts of points smallest steps of its unit; the one
exception is ``points`` of the rule per amount, an exact decimal number of whole points.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from app.loyalty.days import after_days
from app.loyalty.effects import Beside
from app.loyalty.hearing.profile import ProfileQuestion
from app.loyalty.hearing.recovery import Recovery
from app.loyalty.hearing.surveys import Survey
from app.loyalty.money import Rounding
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.hooks import Hook
from app.loyalty.terms.ladder import Downgrade, Ladder, Level, Measure, Window, WindowKind
from app.loyalty.terms.margin import MarginGuard
from app.loyalty.terms.recommending import Recommending
from app.loyalty.terms.rewards import Choice, CodeGift, FreeShipping, Gift, Opening, worth
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import Rule
from app.loyalty.terms.segments import BY_STANDING, Segment, Segments, Shopper, belongs
from app.loyalty.terms.suspicion import ReferralDesk
from app.loyalty.terms.variable import Variable

__all__ = [
    "AfterUse",
    "Clawback",
    "Downgrade",
    "EarningBase",
    "Expiry",
    "ExpiryFrom",
    "FriendReward",
    "Ladder",
    "Level",
    "Measure",
    "Membership",
    "Programme",
    "Reward",
    "Shop",
    "Version",
    "Window",
    "WindowKind",
    "in_order",
]
RuleKind = TypeVar("RuleKind", bound=Rule)


class Clawback(StrEnum):
    """What happens when more must be taken back than a member has: owe it, or forgive it."""

    OWE = "owe"
    CLAMP = "clamp"


class AfterUse(StrEnum):
    """Whether points of a used code return when its order is cancelled or wholly refunded."""

    RETURN = "return"
    KEEP = "keep"


class ExpiryFrom(StrEnum):
    """What the days of an expiry are counted from."""

    FACT = "fact"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Expiry:
    """Points end ``days`` after the fact or the release; by default at the end of that local day."""

    days: int
    counted_from: ExpiryFrom = ExpiryFrom.FACT
    end_of_day: bool = True


@dataclass(frozen=True, slots=True)
class EarningBase:
    """What besides goods counts as money paid."""

    tax: bool = False
    shipping: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """A level bought as one of these products: for ``days``, to the end of the last local day, or for life (None).

    Bought again while it runs, it goes on from its end. ``grace_days`` are left to renew in; benefits go on in them.
    """

    level: str
    products: tuple[str, ...]
    days: int | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Reward:
    """What points buy: a gift for ``cost`` smallest steps of the unit; a code of it lives ``code_days`` (None: ever).

    ``level`` and higher ones may have it, or only those in ``levels``; members since ``member_days`` × 24 h; each
    member ``limit`` times (in any ``limit_days`` × 24 h, else ever); all members together ``stock`` times; from
    ``opens_at`` until just before ``closes_at``. With ``variable`` the shopper chooses the points and ``cost`` says
    nothing. ``maximum_minor`` is the most a percentage takes off.

    With a ``segment`` it is an offer: only members who are in it when they ask may have it, and nobody else is shown
    it. ``openings`` say from when by level: the level's own, else that of the nearest lower one.
    """

    id: str
    cost: int
    gives: Gift = field(default_factory=FreeShipping)
    code_days: int | None = None
    level: str | None = None
    minimum_minor: int = 0
    name: str = ""
    maximum_minor: int | None = None
    levels: tuple[str, ...] = ()
    member_days: int = 0
    limit: int | None = None
    limit_days: int | None = None
    stock: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    variable: Variable | None = None
    segment: str | None = None
    openings: tuple[Opening, ...] = ()
    budget_minor: int | None = None
    beside: tuple[Beside, ...] | None = None
    """What its code may be combined with; None: what is usual for its kind at the platform."""
    """What all redemptions that were not given back may be worth together."""

    def is_open(self, at: datetime) -> bool:
        """Say whether the instant lies from ``opens_at`` until just before ``closes_at``."""
        return (self.opens_at is None or self.opens_at <= at) and (self.closes_at is None or at < self.closes_at)

    @property
    def is_counted(self) -> bool:
        """Say whether there is only so much of it for all members together."""
        return self.stock is not None or self.budget_minor is not None

    def needs(self, points: int | None) -> int:
        """Return what it costs; where the shopper chooses, what was chosen, or the least before anything was."""
        if self.variable is None:
            return self.cost
        return points if points is not None else self.variable.minimum

    def charge_minor(self, points: int | None) -> int | None:
        """Return what a redemption takes of the budget: its worth, of a percentage its maximum; None without an end."""
        value = self.value_minor(points if points is not None else self.needs(None))
        return self.maximum_minor if value is None else value

    def value_minor(self, points: int) -> int | None:
        """Return what it is worth in minor units for these points, None where that is no fixed sum."""
        if self.variable is not None:
            return self.variable.value(points)
        return worth(self.gives)


@dataclass(frozen=True, slots=True)
class FriendReward:
    """The discount a referred friend gets on the first order."""

    gives: CodeGift
    minimum_minor: int = 0
    code_days: int = 30


@dataclass(frozen=True, slots=True)
class Version:
    """Everything a merchant promises from ``starts_at`` on; never changed once published.

    ``goodwill_budget`` is what staff may give as goodwill in a calendar month of the home shop, in smallest steps.
    """

    starts_at: datetime
    rounding: Rounding = Rounding.FLOOR
    pending_days: int = 0
    expiry: Expiry | None = None
    clawback: Clawback = Clawback.OWE
    after_use: AfterUse = AfterUse.RETURN
    base: EarningBase = field(default_factory=EarningBase)
    earn: tuple[Rule, ...] = ()
    tiers: Ladder | None = None
    rewards: tuple[Reward, ...] = ()
    friend_reward: FriendReward | None = None
    number: int = 0
    campaigns: tuple[Campaign, ...] = ()
    memberships: tuple[Membership, ...] = ()
    goodwill_budget: int | None = None
    referral_desk: ReferralDesk | None = None
    surveys: tuple[Survey, ...] = ()
    segments: tuple[Segment, ...] = ()
    recommend: Recommending | None = None
    hooks: tuple[Hook, ...] = ()
    margin: MarginGuard | None = None
    recovery: Recovery | None = None
    profile: tuple[ProfileQuestion, ...] = ()

    @property
    def rule_budgets(self) -> tuple[RuleBudget, ...]:
        """Return the budgets of the rules that have one."""
        return tuple(budget for rule in self.earn if (budget := getattr(rule, "budget", None)) is not None)

    def expires_at(self, moment: datetime, release_at: datetime, zone_name: str) -> datetime | None:
        """Return when a lot of this version ends (exclusive), None for never; never before its release."""
        if self.expiry is None:
            return None
        start = moment if self.expiry.counted_from is ExpiryFrom.FACT else release_at
        end = after_days(start, self.expiry.days, zone_name, end_of_day=self.expiry.end_of_day)
        return max(end, release_at)

    def release_at(self, moment: datetime) -> datetime:
        """Return when points that wait become available."""
        return moment + timedelta(days=self.pending_days)

    def hook(self, hook_id: str) -> Hook | None:
        """Return the hook of this id."""
        return next((hook for hook in self.hooks if hook.id == hook_id), None)

    @property
    def has_entry_rewards(self) -> bool:
        """Say whether reaching a level pays anything."""
        return self.tiers is not None and any(level.entry_reward for level in self.tiers.levels)

    @property
    def has_yearly_rewards(self) -> bool:
        """Say whether holding a level as a year begins pays anything."""
        return self.tiers is not None and any(level.yearly_reward for level in self.tiers.levels)

    @property
    def known_segments(self) -> Segments:
        """Return the segments by id, those by standing too, which need no writing."""
        return BY_STANDING | {segment.id: segment for segment in self.segments}

    def has_in(self, segment: str, shopper: Shopper) -> bool:
        """Say whether a shopper is in a segment. Raises KeyError for an unknown one."""
        known = self.known_segments
        return belongs(known[segment], shopper, known)

    def rules_of(self, kind: type[RuleKind]) -> tuple[RuleKind, ...]:
        """Return the earning rules of one kind, in their order."""
        return tuple(rule for rule in self.earn if isinstance(rule, kind))

    def reward(self, reward_id: str) -> Reward | None:
        """Return the reward of this id."""
        return next((reward for reward in self.rewards if reward.id == reward_id), None)

    def survey(self, survey_id: str) -> Survey | None:
        """Return the survey of this id."""
        return next((survey for survey in self.surveys if survey.id == survey_id), None)

    def profile_question(self, question_id: str) -> ProfileQuestion | None:
        """Return the profile question of this id."""
        return next((question for question in self.profile if question.id == question_id), None)

    def is_secret(self, reward: Reward) -> bool:
        """Say whether a reward is for hidden levels alone, so that only who holds one may hear of it."""
        named = {*reward.levels, *((reward.level,) if reward.level is not None else ())}
        hidden = {level.id for level in self.tiers.levels if level.hidden} if self.tiers is not None else set()
        return bool(named) and named <= hidden

    def picked(self, reward_id: str, option: str | None) -> Reward | None:
        """Return what a member gets of a reward: itself, or of a choice the option that was picked."""
        reward = self.reward(reward_id)
        if reward is None or not isinstance(reward.gives, Choice) or option is None:
            return reward
        return self.reward(option) if option in reward.gives.options else None


@dataclass(frozen=True, slots=True)
class Shop:
    """What judging needs to know of a shop.

    ``since`` is when it joined a programme that was there already; what happened at the shop before earns nothing.
    """

    id: str
    zone: str
    currency: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """All published versions in order of start (equal starts: publication), the unit and the shops; home shop first."""

    versions: tuple[Version, ...]
    shops: tuple[Shop, ...]
    decimals: int = 0

    @property
    def watches_referrals(self) -> bool:
        """Say whether any version has referrals looked at: without one nothing is collected for it."""
        return any(version.referral_desk is not None for version in self.versions)

    @property
    def watched_traces(self) -> frozenset[str]:
        """Return which traces of orders are kept to look at referrals: device and payment where they have a weight."""
        desks = [version.referral_desk for version in self.versions if version.referral_desk is not None]
        always = {"address", "network"} if desks else set()
        device = {"device"} if any(desk.same_device for desk in desks) else set()
        payment = {"payment"} if any(desk.same_payment for desk in desks) else set()
        return frozenset(always | device | payment)

    @property
    def has_budgets(self) -> bool:
        """Say whether any campaign or rule of any version has a budget, which all members share."""
        return any(
            version.rule_budgets or any(campaign.budget is not None for campaign in version.campaigns)
            for version in self.versions
        )

    @property
    def home(self) -> Shop:
        """Return the shop whose zone cuts days for tiers."""
        return self.shops[0]

    def shop(self, shop_id: str) -> Shop:
        """Return a shop of the programme. Raises KeyError for a stranger."""
        for shop in self.shops:
            if shop.id == shop_id:
                return shop
        raise KeyError(shop_id)

    def version_at(self, instant: datetime, shop: str | None = None) -> Version | None:
        """Return the version in force: the latest start at or before the instant, None before the first.

        With a ``shop``, None for what happened there before it joined.
        """
        since = self.shop(shop).since if shop is not None else None
        if since is not None and instant < since:
            return None
        index = bisect_right(self.versions, instant, key=lambda version: version.starts_at)
        return self.versions[index - 1] if index else None

    def version(self, number: int) -> Version:
        """Return a version by its number. Raises KeyError for an unknown one."""
        for version in self.versions:
            if version.number == number:
                return version
        raise KeyError(number)


def in_order(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Return versions by start, of equal starts the one published last at the end."""
    return tuple(sorted(versions, key=lambda version: (version.starts_at, version.number)))

"""The programme a new shop starts with: points people understand, three rewards, three tiers, a referral."""

from datetime import datetime
from decimal import Decimal

from app.loyalty.templates.template import Template, in_language, whole
from app.loyalty.terms.programme import (
    Downgrade,
    Expiry,
    FriendReward,
    Ladder,
    Level,
    Measure,
    Reward,
    Version,
    Window,
    WindowKind,
)
from app.loyalty.terms.rewards import AmountOff, FreeShipping, Percentage
from app.loyalty.terms.rules import AmountRule, ReferralRule, ReviewRule, SignUpRule

_LEVEL_NAMES = {"en": ("Spring", "Stream", "Tide"), "ja": ("若葉", "木もれ日", "大樹")}


def starter_version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return a first version for a currency: 5 % back at the lowest tier, a return window of 14 days, a year to spend.

    Amounts follow the currency's size: what 1.00 is to two decimals, 100 is to a currency without any.
    """
    unit, names = whole(currency), in_language(locale, _LEVEL_NAMES)
    return Version(
        starts_at=starts_at,
        pending_days=14,
        expiry=Expiry(days=365),
        earn=(
            AmountRule(points=Decimal(5), per_minor=unit),
            SignUpRule(points=100),
            ReviewRule(points=50),
            ReferralRule(points=500, min_minor=20 * unit),
        ),
        tiers=Ladder(
            measure=Measure.SPEND,
            window=Window(WindowKind.ROLLING_MONTHS, 12),
            grace_days=30,
            downgrade=Downgrade.ONE_STEP,
            levels=(
                Level("spring", 0, (1, 1), 0, names[0]),
                Level("stream", 200 * unit, (5, 4), 100, names[1]),
                Level("tide", 500 * unit, (3, 2), 250, names[2]),
            ),
        ),
        rewards=(
            Reward("five_off", 500, AmountOff(5 * unit), code_days=60),
            Reward("free_shipping", 700, FreeShipping(), code_days=60),
            Reward("ten_off", 1000, AmountOff(10 * unit), code_days=60, minimum_minor=20 * unit),
            Reward("fifteen_percent", 1500, Percentage(1500), code_days=60, level="stream"),
        ),
        friend_reward=FriendReward(Percentage(1000), minimum_minor=20 * unit),
    )


TEMPLATE = Template("What every new shop begins with: points, tiers, rewards, a referral", "", starter_version)

"""Points for spending and for taking part, badges by the points of the last year."""

from datetime import datetime
from decimal import Decimal

from app.loyalty.templates.template import Template, in_language, whole
from app.loyalty.terms.programme import Downgrade, Expiry, Ladder, Level, Measure, Reward, Version, Window, WindowKind
from app.loyalty.terms.rewards import AmountOff, FreeShipping
from app.loyalty.terms.rules import AmountRule, EventRule, ReviewRule, SignUpRule

_NAMES = {"en": ("Newcomer", "Trendsetter", "Icon"), "ja": ("ルーキー", "トレンドセッター", "アイコン")}
_HOURS_OF_A_WEEK = 168


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 1 point per whole unit, engagement within caps, badges at 0, 500 and 2,000 points."""
    unit, names = whole(currency), in_language(locale, _NAMES)
    return Version(
        starts_at=starts_at,
        pending_days=14,
        expiry=Expiry(days=365),
        earn=(
            AmountRule(points=Decimal(1), per_minor=unit),
            SignUpRule(points=50),
            ReviewRule(points=20, photo_points=10, cooldown_hours=1),
            EventRule(event="style_quiz", points=30, max_total=1),
            EventRule(event="wishlist_shared", points=5, max_per_day=3),
            EventRule(event="visit_network", points=10, cooldown_hours=_HOURS_OF_A_WEEK, verified=False),
        ),
        tiers=Ladder(
            measure=Measure.POINTS,
            window=Window(WindowKind.ROLLING_MONTHS, 12),
            grace_days=30,
            downgrade=Downgrade.ONE_STEP,
            levels=(
                Level("newcomer", 0, (1, 1), 0, names[0]),
                Level("trendsetter", 500, (5, 4), 25, names[1]),
                Level("icon", 2000, (3, 2), 100, names[2]),
            ),
        ),
        rewards=(
            Reward("five_off", 250, AmountOff(5 * unit), code_days=60),
            Reward("shipping", 100, FreeShipping(), code_days=60, level="trendsetter"),
        ),
    )


TEMPLATE = Template(
    "Points for spending and for taking part within caps, badges by the points of a year", "Myntra Insider", version
)

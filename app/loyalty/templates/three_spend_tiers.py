"""Points and three tiers by what is spent in a calendar year, each tier with offers of its own."""

from datetime import datetime
from decimal import Decimal

from app.loyalty.templates.template import Template, in_language, whole
from app.loyalty.terms.programme import Downgrade, Expiry, Ladder, Level, Measure, Reward, Version, Window, WindowKind
from app.loyalty.terms.rewards import AmountOff, FreeShipping, Percentage
from app.loyalty.terms.rules import AmountRule, BirthdayRule, ReviewRule, SignUpRule

_NAMES = {"en": ("Glow", "Shine", "Radiance"), "ja": ("ほのか", "きらめき", "かがやき")}
_NEXT_YEAR_DAYS = 366
"""From New Year's Day on, a tier is kept through the year that begins, a leap year too."""
_HALF_A_YEAR_DAYS = 182


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 1 point per whole unit, 500 points for 10 off, a sale per tier twice a year."""
    unit, names = whole(currency), in_language(locale, _NAMES)
    return Version(
        starts_at=starts_at,
        pending_days=14,
        expiry=Expiry(days=540),
        earn=(
            AmountRule(points=Decimal(1), per_minor=unit),
            SignUpRule(points=20),
            BirthdayRule(points=100),
            ReviewRule(points=10),
        ),
        tiers=Ladder(
            measure=Measure.SPEND,
            window=Window(WindowKind.CALENDAR_YEAR),
            grace_days=_NEXT_YEAR_DAYS,
            downgrade=Downgrade.QUALIFIED,
            levels=(
                Level("glow", 0, (1, 1), 0, names[0]),
                Level("shine", 350 * unit, (5, 4), 0, names[1]),
                Level("radiance", 1000 * unit, (3, 2), 0, names[2]),
            ),
        ),
        rewards=(
            Reward("ten_off", 500, AmountOff(10 * unit), code_days=60),
            Reward("shipping", 100, FreeShipping(), code_days=60, level="shine"),
            Reward("hundred_off", 2500, AmountOff(100 * unit), code_days=60, level="radiance"),
            _sale("sale_ten", 1000, "glow"),
            _sale("sale_fifteen", 1500, "shine"),
            _sale("sale_twenty", 2000, "radiance"),
        ),
    )


def _sale(name: str, basis_points: int, level: str) -> Reward:
    """Return an offer of one tier alone, for nothing, once in half a year."""
    return Reward(
        name, 0, Percentage(basis_points), code_days=14, levels=(level,), limit=1, limit_days=_HALF_A_YEAR_DAYS
    )


TEMPLATE = Template(
    "Points, three tiers by the spending of a calendar year, offers for each tier", "Sephora Beauty Insider", version
)

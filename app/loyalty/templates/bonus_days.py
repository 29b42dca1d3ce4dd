"""A free club: shipping for nothing, a birthday, days on which points count three times."""

from datetime import datetime, timedelta
from decimal import Decimal

from app.loyalty.templates.template import Template, in_language, whole
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import Downgrade, Expiry, Ladder, Level, Measure, Reward, Version, Window, WindowKind
from app.loyalty.terms.rewards import AmountOff, FreeShipping
from app.loyalty.terms.rules import AmountRule, BirthdayRule

_NAMES = {
    "en": ("Club", "Gold", "Elite", "Triple-point days"),
    "ja": ("クラブ", "ゴールド", "エリート", "ポイント3倍デー"),
}


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 10 points per whole unit, 500 points for 5 off, two bonus days after a fortnight."""
    unit, names = whole(currency), in_language(locale, _NAMES)
    first = starts_at + timedelta(days=14)
    return Version(
        starts_at=starts_at,
        pending_days=7,
        expiry=Expiry(days=365),
        earn=(AmountRule(points=Decimal(10), per_minor=unit), BirthdayRule(points=500)),
        tiers=Ladder(
            measure=Measure.SPEND,
            window=Window(WindowKind.CALENDAR_YEAR),
            grace_days=90,
            downgrade=Downgrade.QUALIFIED,
            levels=(
                Level("club", 0, (1, 1), 0, names[0]),
                Level("gold", 200 * unit, (3, 2), 0, names[1]),
                Level("elite", 500 * unit, (2, 1), 0, names[2]),
            ),
        ),
        rewards=(
            Reward("shipping", 0, FreeShipping(), code_days=30),
            Reward("five_off", 500, AmountOff(5 * unit), code_days=90),
            Reward("elite_twenty_off", 1500, AmountOff(20 * unit), code_days=90, level="elite"),
        ),
        campaigns=(Campaign("triple_days", first, first + timedelta(days=2), (3, 1), name=names[3]),),
    )


TEMPLATE = Template(
    "A free club: shipping for nothing, a birthday, days on which points count three times", "DSW VIP", version
)

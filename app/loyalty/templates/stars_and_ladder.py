"""Stars, a ladder of rewards at rising costs, days on which stars count double."""

from datetime import datetime, timedelta
from decimal import Decimal

from app.loyalty.templates.template import Template, in_language, whole
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import Expiry, Reward, Version
from app.loyalty.terms.rewards import AmountOff
from app.loyalty.terms.rules import AmountRule, BirthdayRule, EventRule, SignUpRule

_NAMES = {"en": ("Double-star day",), "ja": ("スター2倍デー",)}


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 2 stars per whole unit, five rungs from 25 to 400 stars, the eighth day counts double."""
    unit, names = whole(currency), in_language(locale, _NAMES)
    rungs = ((25, unit // 2), (100, 3 * unit), (200, 6 * unit), (300, 10 * unit), (400, 15 * unit))
    first = starts_at + timedelta(days=7)
    return Version(
        starts_at=starts_at,
        expiry=Expiry(days=180),
        earn=(
            AmountRule(points=Decimal(2), per_minor=unit),
            SignUpRule(points=25),
            BirthdayRule(points=100),
            EventRule(event="own_cup", points=25, max_per_day=1),
        ),
        rewards=tuple(Reward(f"rung_{cost}", cost, AmountOff(value), code_days=30) for cost, value in rungs),
        campaigns=(Campaign("double_day", first, first + timedelta(days=1), (2, 1), name=names[0]),),
    )


TEMPLATE = Template("Stars, a ladder of five rewards, days on which stars count double", "Starbucks Rewards", version)

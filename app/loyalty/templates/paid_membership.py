"""A membership bought for a year: free shipping and offers while it runs, nothing for those without it."""

from datetime import datetime

from app.loyalty.templates.template import MEMBERSHIP, Template, in_language
from app.loyalty.terms.ladder import Entry
from app.loyalty.terms.programme import Ladder, Level, Measure, Membership, Reward, Version, Window, WindowKind
from app.loyalty.terms.rewards import FreeShipping, Percentage

_NAMES = {"en": ("Plus",), "ja": ("プラス会員",)}


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: a year by the product ``membership``, free shipping at any time, 10 % off once a month."""
    del currency
    (name,) = in_language(locale, _NAMES)
    return Version(
        starts_at=starts_at,
        tiers=Ladder(
            measure=Measure.SPEND,
            window=Window(WindowKind.LIFETIME),
            levels=(Level("plus", 0, name=name, entry=Entry.BOUGHT),),
        ),
        memberships=(Membership("plus", (MEMBERSHIP,), days=365, grace_days=7),),
        rewards=(
            Reward("shipping", 0, FreeShipping(), code_days=7, levels=("plus",)),
            Reward("member_deal", 0, Percentage(1000), code_days=14, levels=("plus",), limit=1, limit_days=30),
        ),
    )


TEMPLATE = Template(
    "A paid membership for a year with free shipping and members' offers; name your membership product in it",
    "Amazon Prime",
    version,
)

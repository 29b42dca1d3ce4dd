"""A co-operative's dividend: a membership bought once for life, and a share of each year's spending in the next."""

from datetime import datetime
from decimal import Decimal

from app.loyalty.templates.template import MEMBERSHIP, Template, in_language, money
from app.loyalty.terms.ladder import Entry
from app.loyalty.terms.programme import Expiry, Ladder, Level, Measure, Membership, Reward, Version, Window, WindowKind
from app.loyalty.terms.rewards import AmountOff
from app.loyalty.terms.rules import DividendRule
from app.loyalty.terms.variable import Variable

_NAMES = {"en": ("Co-op member",), "ja": ("組合員",)}
_THROUGH_THE_NEXT_YEAR = 671
"""A dividend of March lasts through the next year, a leap year too."""


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 10 % of what members spent in a year, on 1 March, spent on orders in any amount."""
    (name,) = in_language(locale, _NAMES)
    return Version(
        starts_at=starts_at,
        expiry=Expiry(days=_THROUGH_THE_NEXT_YEAR),
        earn=(DividendRule(points=Decimal(10), per_minor=100 * money(currency), month=3, day=1, levels=("member",)),),
        tiers=Ladder(
            measure=Measure.SPEND,
            window=Window(WindowKind.LIFETIME),
            levels=(Level("member", 0, name=name, entry=Entry.BOUGHT),),
        ),
        memberships=(Membership("member", (MEMBERSHIP,)),),
        rewards=(Reward("spend", 0, AmountOff(1), code_days=365, variable=Variable(1, None, 1, 1, 1)),),
    )


TEMPLATE = Template(
    "A fee once for life, and a dividend of 10 % of the year's spending each March; name your membership product in it",
    "REI Co-op",
    version,
    in_money=True,
)

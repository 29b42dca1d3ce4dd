"""Points, and doors that open to members: testing what is not on sale yet, and a sale that begins earlier for some."""

from datetime import datetime, timedelta
from decimal import Decimal

from app.loyalty.templates.template import Template, in_language, whole
from app.loyalty.terms.programme import Expiry, Ladder, Level, Measure, Reward, Version, Window, WindowKind
from app.loyalty.terms.rewards import Access, AmountOff, Opening
from app.loyalty.terms.rules import AmountRule, BirthdayRule, SignUpRule

_NAMES = {"en": ("Trail", "Ridge", "Summit"), "ja": ("麓", "尾根", "頂")}
_SALE = timedelta(days=60)
"""From the start of the programme to the sale in it, which members move to where they want it."""


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 1 point a whole unit, 100 for 10 off, a field test for 50, a sale a day earlier a tier."""
    unit, names = whole(currency), in_language(locale, _NAMES)
    sale = starts_at + _SALE
    openings = tuple(
        Opening(level, sale + timedelta(days=days))
        for level, days in (("summit", 0), ("ridge", 1), ("trail", 2), (None, 3))
    )
    return Version(
        starts_at=starts_at,
        pending_days=14,
        expiry=Expiry(days=730),
        earn=(AmountRule(points=Decimal(1), per_minor=unit), SignUpRule(points=10), BirthdayRule(points=25)),
        tiers=Ladder(
            measure=Measure.SPEND,
            window=Window(WindowKind.CALENDAR_YEAR),
            grace_days=366,
            levels=(
                Level("trail", 0, (1, 1), 0, names[0]),
                Level("ridge", 300 * unit, (5, 4), 0, names[1]),
                Level("summit", 1000 * unit, (3, 2), 0, names[2]),
            ),
        ),
        rewards=(
            Reward("ten_off", 100, AmountOff(10 * unit), code_days=60),
            Reward("field_test", 50, Access(("field-test",)), level="ridge", limit=1, limit_days=182, stock=50),
            Reward("early_sale", 0, Access(("sale",), openings, closes_at=sale + timedelta(days=10))),
        ),
    )


TEMPLATE = Template(
    "Points, places in field tests, and a sale that opens a day earlier for each tier",
    "The North Face XPLR Pass",
    version,
)

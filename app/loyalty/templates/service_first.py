"""Service before points: no waiting, no end, and sending something back never costs a member more than it gave."""

from datetime import datetime
from decimal import Decimal

from app.loyalty.templates.template import Template, whole
from app.loyalty.terms.programme import AfterUse, Clawback, Reward, Version
from app.loyalty.terms.rewards import AmountOff, FreeShipping
from app.loyalty.terms.rules import AmountRule, ReviewRule, SignUpRule


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 1 point per whole unit, at once and for ever; what is missing is forgiven."""
    del locale
    unit = whole(currency)
    return Version(
        starts_at=starts_at,
        clawback=Clawback.CLAMP,
        after_use=AfterUse.RETURN,
        earn=(AmountRule(points=Decimal(1), per_minor=unit), SignUpRule(points=50), ReviewRule(points=20)),
        rewards=(
            Reward("shipping", 0, FreeShipping(), code_days=30),
            Reward("five_off", 100, AmountOff(5 * unit)),
        ),
    )


TEMPLATE = Template(
    "No waiting, no expiry, and a return never leaves a member owing points", "the service of Zappos", version
)

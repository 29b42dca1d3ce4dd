"""Money back on every order, at once, at a rate that depends on how it came and how it was paid."""

from datetime import datetime
from decimal import Decimal

from app.loyalty.templates.template import Template, money
from app.loyalty.terms.conditions import Orders
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import StoreCredit
from app.loyalty.terms.rules import AmountRule
from app.loyalty.terms.variable import Variable


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 1 % of every order, 1 % more in the app, 1 % more by the shop's own card."""
    del locale
    # A hundred whole units of the currency, and what one of them is: both in minor units, whatever its decimals.
    one, hundred = Decimal(1), 100 * money(currency)
    return Version(
        starts_at=starts_at,
        earn=(
            AmountRule(points=one, per_minor=hundred, id="all"),
            AmountRule(points=one, per_minor=hundred, id="app", orders=Orders(channels=("app",))),
            AmountRule(points=one, per_minor=hundred, id="card", orders=Orders(payments=("own_card",))),
        ),
        rewards=(Reward("credit", 0, StoreCredit(1), variable=Variable(1, None, 1, 1, 1)),),
    )


TEMPLATE = Template(
    "Money back at once, at a rate by channel and way of paying, taken as store credit",
    "Apple Card's Daily Cash",
    version,
    in_money=True,
)

"""Programmes and their versions."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.loyalty.terms.programme import (
    Clawback,
    Downgrade,
    EarningBase,
    Expiry,
    Ladder,
    Level,
    Measure,
    Programme,
    Reward,
    Shop,
    Version,
    Window,
    WindowKind,
    in_order,
)
from app.loyalty.terms.rules import AmountRule, Rule
from tests.factories.instants import instant

HOME = Shop("s1", "UTC", "EUR")
ONE_PER_EURO = AmountRule(Decimal(1), 100)
LIFETIME = Window()
YEAR = Window(WindowKind.CALENDAR_YEAR)


def months(count: int) -> Window:
    """Return a window of rolling months."""
    return Window(WindowKind.ROLLING_MONTHS, count)


def ladder(
    *levels: Level,
    measure: Measure = Measure.SPEND,
    window: Window = LIFETIME,
    grace_days: int = 0,
    downgrade: Downgrade = Downgrade.QUALIFIED,
) -> Ladder:
    """Return a ladder, lowest level first."""
    return Ladder(measure, levels, window, grace_days, downgrade)


def version(
    starts: str = "2025-01-01T00",
    *,
    earn: Sequence[Rule] = (ONE_PER_EURO,),
    pending_days: int = 0,
    expiry: Expiry | None = None,
    clawback: Clawback = Clawback.OWE,
    tiers: Ladder | None = None,
    rewards: Sequence[Reward] = (),
    base: EarningBase | None = None,
) -> Version:
    """Return a version: a point per euro, no waiting, no end, unless told otherwise."""
    return Version(
        starts_at=instant(starts),
        earn=tuple(earn),
        pending_days=pending_days,
        expiry=expiry,
        clawback=clawback,
        tiers=tiers,
        rewards=tuple(rewards),
        base=base or EarningBase(),
    )


def programme(*versions: Version, shops: Sequence[Shop] = (HOME,), decimals: int = 0) -> Programme:
    """Return a programme whose versions were published in the order given."""
    numbered = [replace(each, number=number) for number, each in enumerate(versions or (version(),), 1)]
    return Programme(in_order(numbered), tuple(shops), decimals)

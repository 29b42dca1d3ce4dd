"""Dividends: what a member's orders of a calendar year add up to at each shop, due on a day of the next year."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from app.loyalty.base import Base
from app.loyalty.days import day_start, kept_on, local_day
from app.loyalty.judging.dues import Due
from app.loyalty.judging.order_terms import Terms
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import History, ValuedOrder
from app.loyalty.money import rounded
from app.loyalty.terms.campaigns import Ratio, covers
from app.loyalty.terms.programme import Programme
from app.loyalty.terms.rules import AmountRule, DividendRule, amount


@dataclass(slots=True)
class _Year:
    """What one shop's orders of a year have come to: exact smallest steps, and the money they counted."""

    steps: Fraction = Fraction(0)
    base_minor: int = 0
    orders: set[Source] = field(default_factory=set)
    rules: set[tuple[str, int]] = field(default_factory=set)


def dividend_dues(
    member: str, orders: Sequence[ValuedOrder], terms: Mapping[Source, Terms], programme: Programme, as_of: datetime
) -> Iterator[Due]:
    """Return the dividends whose day came by ``as_of``, one a shop and day, rounded once by the version of that day.

    ``terms`` are what each order was judged by; one without them is from before the programme and counts nothing.
    Orders count with everything known now, so a refund after the day takes back its share.
    """
    years: dict[tuple[datetime, str], _Year] = {}
    for order in orders:
        known = terms.get(order.source)
        if known is None or order.base.total_minor <= 0:
            continue
        for rule in known.version.rules_of(DividendRule):
            at = _day(rule, order.paid_at, programme.shop(order.shop).zone)
            if at <= as_of and covers(rule.orders, order.order) and (not rule.levels or known.level in rule.levels):
                above, below = _share(rule, order.base, programme.decimals)
                if above:
                    year = years.setdefault((at, order.shop), _Year())
                    year.steps += Fraction(above, below)
                    year.base_minor += _counted(rule, order)
                    year.orders.add(order.source)
                    year.rules.add((str(rule.points), rule.per_minor))
    for (at, shop), year in sorted(years.items()):
        version = programme.version_at(at)
        if version is None:  # a version promised it, so one is in force on the day
            continue
        amount = rounded(year.steps.numerator, year.steps.denominator, version.rounding)
        day = local_day(at, programme.shop(shop).zone)
        breakdown: dict[str, object] = {
            "rule": "dividend", "base_minor": year.base_minor, "orders": len(year.orders), "period": str(day.year - 1),
            "rounding": version.rounding.value, "amount": amount,
        }  # fmt: skip
        if len(year.rules) == 1:
            ((points, per_minor),) = year.rules
            breakdown |= {"points": points, "per_minor": per_minor}
        yield Due(Source(f"dividend:{member}:{day}", shop), shop, amount, at, version, breakdown=(breakdown,))


def dividend_days(history: History, programme: Programme) -> Iterator[datetime]:
    """Return the days on which the orders of a member may bring a dividend, in no order, some more than once."""
    for entry in history.orders:
        if entry.order.paid_at is not None:
            version = programme.version_at(entry.order.placed_at, entry.shop)
            for rule in version.rules_of(DividendRule) if version else ():
                yield _day(rule, entry.order.paid_at, programme.shop(entry.shop).zone)


def _day(rule: DividendRule, paid_at: datetime, zone: str) -> datetime:
    """Return the first instant of the rule's day in the year after the payment."""
    return day_start(kept_on(local_day(paid_at, zone).year + 1, rule.month, rule.day), zone)


def _share(rule: DividendRule, base: Base, decimals: int) -> Ratio:
    """Return what a base adds, in smallest steps of the unit, as an exact ratio: the year is rounded once."""
    share = AmountRule(rule.points, rule.per_minor, goods=rule.goods)
    return amount.earn(share, base, lambda _: (1, 1), decimals)


def _counted(rule: DividendRule, order: ValuedOrder) -> int:
    """Return the money of an order that counts, in minor units."""
    if rule.goods.everything:
        return order.base.total_minor
    return sum(
        line.amount_minor for line in order.base.lines if rule.goods.hold(line.product, line.variant, line.labels)
    )

"""What an order deserves: points per amount, once rounded and capped, and what it earns for being the n-th."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Final

from app.loyalty.base import Base, PaidLine
from app.loyalty.judging.dues import Due, Explanation
from app.loyalty.members.budgets import Purse
from app.loyalty.members.history import ValuedOrder
from app.loyalty.money import rounded
from app.loyalty.terms.bought import Bought
from app.loyalty.terms.campaigns import Campaign, Ratio, covers, factor, running
from app.loyalty.terms.ladder import Worth
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import AmountRule, DividendRule, OrderBonus, amount
from app.loyalty.terms.segments import Shopper

BUDGET_USED_UP: Final = "BUDGET_USED_UP"
"""A campaign would have added more, but others had it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything an order's points hang on besides its base, settled at its payment and never re-judged.

    ``left_of_day`` are what the day's caps leave for the order, a rule each, None where there is no cap. ``granted`` is
    what the order may have of the campaigns with a budget, by their ids.
    """

    version: Version
    level: str | None
    multiplier: Ratio
    rank: int
    decimals: int
    campaigns: tuple[Campaign, ...]
    rules: tuple[AmountRule, ...]
    left_of_day: tuple[int | None, ...] = ()
    bonus_rules: tuple[OrderBonus, ...] = ()
    renewal: bool = False
    granted: Mapping[str, int] = field(default_factory=dict)
    _known: dict[tuple[int, int], list[int]] = field(default_factory=dict, compare=False, repr=False)
    """Shares by the identity of the base, which lives as long as the order: one base is asked about several times."""

    @property
    def budgeted(self) -> tuple[Campaign, ...]:
        """Return the campaigns that have a budget, in their order."""
        return tuple(campaign for campaign in self.campaigns if campaign.budget is not None)

    def factor(self, line: PaidLine | None) -> Ratio:
        """Return what multiplies a line, or with None all else: the tier, then the campaigns."""
        return self._factor(self.campaigns, line)

    def _factor(self, campaigns: Sequence[Campaign], line: PaidLine | None) -> Ratio:
        times, by = factor(campaigns, line) if campaigns else (1, 1)
        return times * self.multiplier[0], by * self.multiplier[1]

    def shares(self, base: Base, without: int = 0) -> list[int]:
        """Return what each rule per amount gives for a base, before caps: exact sums, with one rounding an order.

        Each rule's share is what it adds to the rounded sum of the rules before it. As if the last so many of the
        campaigns with a budget were not there (``without``).
        """
        if not self.rules:
            return []
        known = self._known.get((id(base), without))
        if known is not None:
            return known
        budgeted = self.budgeted if without else ()
        gone = budgeted[len(budgeted) - without :]
        campaigns = [campaign for campaign in self.campaigns if campaign not in gone] if gone else self.campaigns
        given: list[int] = []
        whole = 0
        numerator, denominator = 0, 1
        for rule in self.rules:
            above, below = amount.earn(rule, base, lambda line: self._factor(campaigns, line), self.decimals)
            numerator, denominator = numerator * below + above * denominator, denominator * below
            upto = rounded(numerator, denominator, self.version.rounding)
            given.append(upto - whole)
            whole = upto
        self._known[(id(base), without)] = given
        return given

    def amounts(self, base: Base) -> list[int]:
        """Return what each rule per amount gives for a base, after its caps, and campaigns as far as budgets go."""
        budgeted = self.budgeted
        given = self.after_caps(base, len(budgeted))
        for campaign, extra in zip(budgeted, self.extras(base), strict=True):
            parts = _within(extra, self.granted.get(campaign.id, 0))
            given = [amount + part for amount, part in zip(given, parts, strict=True)]
        return given

    def extras(self, base: Base) -> list[list[int]]:
        """Return what each campaign with a budget adds for a base to each rule, were there enough in it.

        Each comes on top of the campaigns without a budget and of those before it.
        """
        count = len(self.budgeted)
        stages = [self.after_caps(base, without) for without in range(count, -1, -1)] if count else []
        return [[more - less for less, more in zip(before, after, strict=True)] for before, after in pairwise(stages)]

    def after_caps(self, base: Base, without: int = 0) -> list[int]:
        """Return the shares after the caps of each rule."""
        given = self.shares(base, without)
        if not self.left_of_day:
            return [amount.capped(rule, share, None) for rule, share in zip(self.rules, given, strict=True)]
        return [
            amount.capped(rule, share, left)
            for rule, share, left in zip(self.rules, given, self.left_of_day, strict=True)
        ]

    def bonuses(self, base: Base) -> list[tuple[str, int]]:
        """Return what the order as a whole earns, by kind of rule, while its base is above zero; never multiplied."""
        if not self.bonus_rules or base.total_minor <= 0:
            return []
        bought = Bought(self.rank, base.total_minor, self.renewal)
        given = [(rule.rule, rule.earn(bought)) for rule in self.bonus_rules]
        return [(kind, points) for kind, points in given if points]

    def points(self, base: Base) -> int:
        """Return everything the order deserves for a base."""
        return sum(self.amounts(base)) + sum(points for _, points in self.bonuses(base))

    def worth(self, base: Base) -> Worth:
        """Return what the order adds to activity when its base is this."""
        total = base.total_minor
        return Worth(total, self.points(base), 1 if total > 0 else 0)


def _within(extra: Sequence[int], granted: int) -> list[int]:
    """Return of what is added to each rule as much as was granted, the first rules first."""
    if sum(extra) <= granted:
        return list(extra)
    left = granted - sum(more for more in extra if more < 0)
    parts = []
    for more in extra:
        part = min(more, left) if more > 0 else more
        left -= max(part, 0)
        parts.append(part)
    return parts


def within_budgets(terms: Terms, order: ValuedOrder, purse: Purse) -> Terms:
    """Return the terms with what the order may have of the budgets of its campaigns."""
    budgeted = terms.budgeted
    if not budgeted:
        return terms
    wanted, now = terms.extras(order.steps[0][1]), terms.extras(order.base)
    granted = {
        campaign.id: purse.take(order.source, campaign, max(0, sum(wanted[place])), max(0, sum(now[place])))
        for place, campaign in enumerate(budgeted)
    }
    return replace(terms, granted=granted)


@dataclass(slots=True)
class Days:
    """The orders of each local day of payment, in their places, for the caps of a day."""

    paid: dict[date, list[tuple[ValuedOrder, Terms]]] = field(default_factory=dict)

    def left(self, order: ValuedOrder, day: date, rules: Iterable[AmountRule]) -> tuple[int | None, ...]:
        """Return what the caps of the day leave for an order, a rule each; empty where no rule has one.

        Counted is what earlier orders of that day are due by the same rule, as of this order's payment.
        """
        rules = tuple(rules)
        if all(rule.max_per_day is None for rule in rules):
            return ()
        before = self.paid.get(day, ())
        return tuple(
            None if rule.max_per_day is None else max(0, rule.max_per_day - _due_by(rule, before, order))
            for rule in rules
        )

    def put(self, order: ValuedOrder, day: date, terms: Terms) -> None:
        """Take note of an order that was paid."""
        self.paid.setdefault(day, []).append((order, terms))


def _due_by(rule: AmountRule, before: Iterable[tuple[ValuedOrder, Terms]], order: ValuedOrder) -> int:
    return sum(
        share
        for earlier, terms in before
        for each, share in zip(terms.rules, terms.amounts(earlier.base_at(order.paid_at)), strict=True)
        if each.id == rule.id
    )


def terms_of(
    order: ValuedOrder,
    version: Version,
    level: str | None,
    decimals: int,
    days: Days,
    day: date,
    buyer: Callable[[], Shopper],
) -> Terms:
    """Return the terms of an order at its payment, by its version and the tier its payment met.

    ``buyer`` is who pays, as known by the orders before; asked only where a campaign names a segment.
    """
    multiplier: Ratio = (1, 1)
    if version.tiers is not None and (position := version.tiers.position(level)) >= 0:
        multiplier = version.tiers.levels[position].multiplier
    rules = tuple(rule for rule in version.rules_of(AmountRule) if covers(rule.orders, order.order))
    bonuses = tuple(rule for rule in version.earn if isinstance(rule, OrderBonus) and covers(rule.orders, order.order))
    campaigns = running(version.campaigns, order.order, lambda segment: version.has_in(segment, buyer()))
    return Terms(
        version, level, multiplier, order.rank, decimals, campaigns, rules,
        days.left(order, day, rules), bonuses, order.order.renewal,
    )  # fmt: skip


def order_due(order: ValuedOrder, terms: Terms | None, level: str | None) -> Due:
    """Judge an order with everything known; one from before the programme has no terms."""
    due, breakdown, reason = 0, [], None
    if terms is None:
        reason = "BEFORE_PROGRAMME"
    elif not order.in_currency:
        reason = "OTHER_CURRENCY"
    elif order.order.cancelled_at is not None:
        reason = "CANCELLED"
    else:
        breakdown = [
            *_explained(terms, order.base),
            *_budgets_explained(terms, order.base),
            *_bonuses_explained(terms, order.base),
        ]
        due = terms.points(order.base)
        if due == 0:
            reason = _why_nothing(order, terms)
    return Due(
        order.source, order.shop, due, order.paid_at, order.version,
        waits=True, tier=level, reason=reason, breakdown=tuple(breakdown),
    )  # fmt: skip


def _explained(terms: Terms, base: Base) -> list[Explanation]:
    parts: list[Explanation] = []
    shares, capped, amounts = terms.shares(base), terms.after_caps(base), terms.amounts(base)
    for rule, share, full, given in zip(terms.rules, shares, capped, amounts, strict=True):
        part: dict[str, object] = {
            "rule": rule.rule,
            "base_minor": base.total_minor,
            "points": str(rule.points),
            "per_minor": rule.per_minor,
            "multiplier": list(terms.multiplier),
            "rounding": terms.version.rounding.value,
            "amount": given,
        }
        if not rule.goods.everything:
            counted = [line for line in base.lines if rule.goods.hold(line.product, line.variant, line.labels)]
            part["base_minor"] = sum(line.amount_minor for line in counted)
        if rule.products:
            part["lines"] = _by_product(rule, base)
        if terms.campaigns:
            part["campaigns"] = [_campaign(campaign) for campaign in terms.campaigns]
        if full < share:
            over_order = rule.max_per_order is not None and share > rule.max_per_order
            part["before_cap"] = share
            part["cap"] = "order" if over_order and full == rule.max_per_order else "day"
        if given < full:
            part["before_budget"] = full
        parts.append(part)
    return parts


def _by_product(rule: AmountRule, base: Base) -> list[dict[str, object]]:
    """Return the money and the rate of each product with a rate of its own."""
    amounts: dict[str, int] = {}
    for line in base.lines:
        if line.product is not None and line.product in rule.products:
            amounts[line.product] = amounts.get(line.product, 0) + line.amount_minor
    return [
        {"product": product, "base_minor": minor, "points": str(rule.products[product])}
        for product, minor in amounts.items()
    ]


def _campaign(campaign: Campaign) -> dict[str, object]:
    return {"id": campaign.id, "multiplier": list(campaign.multiplier), "everything": campaign.goods.everything}


def _budgets_explained(terms: Terms, base: Base) -> Iterator[Explanation]:
    """Tell of each campaign with a budget what it added, and where that was less than deserved, that it was used up."""
    for campaign, extra in zip(terms.budgeted, terms.extras(base), strict=True):
        wanted, granted = sum(extra), sum(_within(extra, terms.granted.get(campaign.id, 0)))
        part = {"rule": "campaign", "campaign": campaign.id, "wanted": wanted, "granted": granted}
        yield part | {"budget": campaign.budget} | ({"reason": BUDGET_USED_UP} if granted < wanted else {})


def _bonuses_explained(terms: Terms, base: Base) -> Sequence[Explanation]:
    return [{"rule": kind, "rank": terms.rank, "amount": points} for kind, points in terms.bonuses(base)]


def _why_nothing(order: ValuedOrder, terms: Terms) -> str:
    if not any(isinstance(rule, AmountRule | OrderBonus) for rule in terms.version.earn):
        return "DIVIDEND_LATER" if terms.version.rules_of(DividendRule) else "NO_RULE"
    if order.base.total_minor <= 0:
        return "REFUNDED" if order.order.refunds else "NOTHING_PAID_FOR_GOODS"
    if any(terms.after_caps(order.base)):
        return BUDGET_USED_UP
    if any(terms.shares(order.base)):
        return "DAY_CAP"
    counted = any(amount.earn(rule, order.base, terms.factor, terms.decimals)[0] for rule in terms.rules)
    return "ROUNDED_TO_ZERO" if counted else "NOT_THIS_ORDER"

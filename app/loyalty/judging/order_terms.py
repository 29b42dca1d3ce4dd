"""What an order's points hang on, settled at its payment: tier, campaigns, caps of the day, budgets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from app.loyalty.base import Base, PaidLine
from app.loyalty.members.budgets import Pot
from app.loyalty.members.history import ValuedOrder
from app.loyalty.money import rounded
from app.loyalty.terms.bought import Bought
from app.loyalty.terms.campaigns import Campaign, Ratio, covers, factor, running
from app.loyalty.terms.ladder import Worth
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import AmountRule, OrderBonus, amount
from app.loyalty.terms.segments import Shopper


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything an order's points hang on besides its base, settled at its payment and never re-judged.

    ``left_of_day`` are what the day's caps leave for the order, a rule each, None where there is no cap. ``granted`` is
    what the order may have of each budget of a campaign or rule; ``day`` the local one of its payment.
    """

    version: Version
    level: str | None
    multiplier: Ratio
    rank: int
    decimals: int
    day: date
    campaigns: tuple[Campaign, ...]
    rules: tuple[AmountRule, ...]
    left_of_day: tuple[int | None, ...] = ()
    bonus_rules: tuple[OrderBonus, ...] = ()
    renewal: bool = False
    granted: Mapping[Pot, int] = field(default_factory=dict)
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
        """Return what each rule per amount gives for a base, after caps, as far as budgets go."""
        given = self.with_campaigns(base)
        return [self._left_for(rule.budget, share) for rule, share in zip(self.rules, given, strict=True)]

    def with_campaigns(self, base: Base) -> list[int]:
        """Return what each rule per amount deserves after its caps, with campaigns as far as their budgets go."""
        budgeted = self.budgeted
        given = self.after_caps(base, len(budgeted))
        for campaign, extra in zip(budgeted, self.extras(base), strict=True):
            parts = self.within(extra, campaign)
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
        given = [(rule.rule, self._left_for(rule.budget, points)) for rule, points in self.deserved_bonuses(base)]
        return [(kind, points) for kind, points in given if points]

    def deserved_bonuses(self, base: Base) -> list[tuple[OrderBonus, int]]:
        """Return what each rule gives for the order as a whole, were there enough in its budget."""
        if not self.bonus_rules or base.total_minor <= 0:
            return []
        bought = Bought(self.rank, base.total_minor, self.renewal)
        return [(rule, rule.earn(bought)) for rule in self.bonus_rules]

    def deserved_of_budgets(self, base: Base) -> dict[RuleBudget, int]:
        """Return what the rules with a budget would give for a base, were there enough in each."""
        deserved = {
            rule.budget: points
            for rule, points in (*zip(self.rules, self.with_campaigns(base), strict=True), *self.deserved_bonuses(base))
            if rule.budget is not None
        }
        return {rule.budget: 0 for rule in (*self.rules, *self.bonus_rules) if rule.budget is not None} | deserved

    def _left_for(self, budget: RuleBudget | None, points: int) -> int:
        return points if budget is None else min(points, self.granted.get(budget.pot(self.day), 0))

    def points(self, base: Base) -> int:
        """Return everything the order deserves for a base."""
        return sum(self.amounts(base)) + sum(points for _, points in self.bonuses(base))

    def within(self, extra: Sequence[int], campaign: Campaign) -> list[int]:
        """Return of what a campaign adds to each rule as much as was granted, the first rules first."""
        return _within(extra, self.granted.get(campaign.id, 0))

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
        version, level, multiplier, order.rank, decimals, day, campaigns, rules,
        days.left(order, day, rules), bonuses, order.order.renewal,
    )  # fmt: skip

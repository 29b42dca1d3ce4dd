"""What an order deserves: points per amount, once rounded and capped, and what it earns for being the n-th."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.loyalty.base import Base, PaidLine
from app.loyalty.judging.dues import Due, Explanation
from app.loyalty.members.history import ValuedOrder
from app.loyalty.money import rounded
from app.loyalty.terms.bought import Bought
from app.loyalty.terms.campaigns import Campaign, Ratio, covers, factor, running
from app.loyalty.terms.ladder import Worth
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import AmountRule, DividendRule, OrderBonus, amount
from app.loyalty.terms.segments import Shopper


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything an order's points hang on besides its base, settled at its payment and never re-judged.

    ``left_of_day`` are what the day's caps leave for the order, a rule each, None where there is no cap.
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
    _known: dict[int, list[int]] = field(default_factory=dict, compare=False, repr=False)
    """Shares by the identity of the base, which lives as long as the order: one base is asked about several times."""

    def factor(self, line: PaidLine | None) -> Ratio:
        """Return what multiplies a line, or with None all else: the tier, then the campaigns."""
        times, by = factor(self.campaigns, line) if self.campaigns else (1, 1)
        return times * self.multiplier[0], by * self.multiplier[1]

    def shares(self, base: Base) -> list[int]:
        """Return what each rule per amount gives for a base, before caps: exact sums, with one rounding an order.

        Each rule's share is what it adds to the rounded sum of the rules before it.
        """
        if not self.rules:
            return []
        known = self._known.get(id(base))
        if known is not None:
            return known
        given: list[int] = []
        whole = 0
        numerator, denominator = 0, 1
        for rule in self.rules:
            above, below = amount.earn(rule, base, self.factor, self.decimals)
            numerator, denominator = numerator * below + above * denominator, denominator * below
            upto = rounded(numerator, denominator, self.version.rounding)
            given.append(upto - whole)
            whole = upto
        self._known[id(base)] = given
        return given

    def amounts(self, base: Base) -> list[int]:
        """Return what each rule per amount gives for a base, after its caps."""
        given = self.shares(base)
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
        breakdown = [*_explained(terms, order.base), *_bonuses_explained(terms, order.base)]
        due = terms.points(order.base)
        if due == 0:
            reason = _why_nothing(order, terms)
    return Due(
        order.source, order.shop, due, order.paid_at, order.version,
        waits=True, tier=level, reason=reason, breakdown=tuple(breakdown),
    )  # fmt: skip


def _explained(terms: Terms, base: Base) -> list[Explanation]:
    parts: list[Explanation] = []
    for rule, share, given in zip(terms.rules, terms.shares(base), terms.amounts(base), strict=True):
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
        if given < share:
            over_order = rule.max_per_order is not None and share > rule.max_per_order
            part["before_cap"] = share
            part["cap"] = "order" if over_order and given == rule.max_per_order else "day"
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


def _bonuses_explained(terms: Terms, base: Base) -> Sequence[Explanation]:
    return [{"rule": kind, "rank": terms.rank, "amount": points} for kind, points in terms.bonuses(base)]


def _why_nothing(order: ValuedOrder, terms: Terms) -> str:
    if not any(isinstance(rule, AmountRule | OrderBonus) for rule in terms.version.earn):
        return "DIVIDEND_LATER" if terms.version.rules_of(DividendRule) else "NO_RULE"
    if order.base.total_minor <= 0:
        return "REFUNDED" if order.order.refunds else "NOTHING_PAID_FOR_GOODS"
    if any(terms.shares(order.base)):
        return "DAY_CAP"
    counted = any(amount.earn(rule, order.base, terms.factor, terms.decimals)[0] for rule in terms.rules)
    return "ROUNDED_TO_ZERO" if counted else "NOT_THIS_ORDER"

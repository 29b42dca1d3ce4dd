"""What facts that are no orders deserve: sign-ups, reviews, events and referrals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.loyalty.days import local_day
from app.loyalty.judging.dues import Due, Explanation, no_rule
from app.loyalty.judging.limits import Limits, Tally
from app.loyalty.judging.order_budgets import budget_explained
from app.loyalty.ledger.postings import Source
from app.loyalty.members.budgets import BUDGET_USED_UP, Ask, Purse
from app.loyalty.members.history import History, MemberEvent, MemberReview, ReferralOutcome, ValuedOrder
from app.loyalty.terms.programme import Programme, Version
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import (
    EventRule,
    ReferralMilestoneRule,
    ReviewRule,
    SignUpRule,
    event,
    referral_milestone,
    review,
    sign_up,
)
from app.loyalty.terms.rules.review import Purchase, bought


def sign_up_dues(history: History, programme: Programme) -> Iterator[Due]:
    """Judge the member's earliest sign-up."""
    joined = history.sign_up
    if joined is None:
        return
    version = programme.version_at(joined.at, joined.shop)
    rules = version.rules_of(SignUpRule) if version else ()
    points = sum(sign_up.earn(rule) for rule in rules)
    breakdown = tuple({"rule": rule.rule, "amount": rule.points} for rule in rules)
    yield Due(
        Source(f"sign_up:{history.member}"), joined.shop, points, joined.at, version,
        reason=None if points else no_rule(version), breakdown=breakdown,
    )  # fmt: skip


def review_dues(history: History, orders: Sequence[ValuedOrder], programme: Programme, purse: Purse) -> Iterator[Due]:
    """Judge the reviews: per product the earliest that earns, by (at, id); budgets come last."""
    purchases = [
        Purchase(line.product, order.paid_at, order.order.cancelled_at)
        for order in orders
        for line in order.order.lines
        if line.product is not None
    ]
    earned: set[str] = set()
    tally = Tally().of("review")
    for entry in sorted(history.reviews, key=lambda entry: (entry.at, entry.id)):
        version = programme.version_at(entry.at, entry.shop)
        rules = version.rules_of(ReviewRule) if version else ()
        points = sum(review.earn(rule, photo=entry.photo) for rule in rules)
        day = local_day(entry.at, programme.shop(entry.shop).zone)
        pauses = (tally.refusal(Limits(cooldown_hours=rule.cooldown_hours), entry.at, day) for rule in rules)
        reason = None if points else no_rule(version)
        reason = reason or _unfit(entry, earned, purchases) or next((pause for pause in pauses if pause), None)
        if reason is not None:
            breakdown = tuple({"rule": rule.rule, "amount": review.earn(rule, photo=entry.photo)} for rule in rules)
            yield Due(entry.source, entry.shop, 0, entry.at, version, reason=reason, breakdown=breakdown)
            continue
        earned.add(entry.product)
        tally.count(entry.at, day)
        paid = _Paid(entry.source, entry.at, day, purse)
        for rule in rules:
            paid.pay({"rule": rule.rule}, review.earn(rule, photo=entry.photo), rule.budget)
        yield paid.due(entry.shop, version)


def _unfit(entry: MemberReview, earned: set[str], purchases: Sequence[Purchase]) -> str | None:
    """Return why a review does not earn whatever came before, None where it may."""
    if not entry.approved:
        return "NOT_APPROVED"
    if entry.product in earned:
        return "ALREADY_REVIEWED"
    return None if bought(entry.product, entry.at, purchases) else "NOT_BOUGHT"


def event_dues(history: History, programme: Programme, purse: Purse) -> Iterator[Due]:
    """Judge the events by (at, id); each rule counts for itself, and what breaks its limits does not count.

    Budgets come after the limits: what a budget had nothing left for counts.
    """
    tally = Tally()
    for entry in sorted(history.events, key=lambda entry: (entry.at, entry.id)):
        version = programme.version_at(entry.at, entry.shop)
        rules = [rule for rule in version.rules_of(EventRule) if rule.event == entry.event] if version else []
        if not rules or entry.gone:
            reason = "GONE" if entry.gone else no_rule(version)
            yield Due(entry.source, entry.shop, 0, entry.at, version, reason=reason)
            continue
        yield _event_due(entry, rules, programme, tally, purse)


def _event_due(entry: MemberEvent, rules: Sequence[EventRule], programme: Programme, tally: Tally, purse: Purse) -> Due:
    day = local_day(entry.at, programme.shop(entry.shop).zone)
    paid, refusals = _Paid(entry.source, entry.at, day, purse), []
    for rule in rules:
        counted = tally.of((rule.event, rule.id))
        refusal = counted.refusal(Limits(rule.max_per_day, rule.max_total, rule.cooldown_hours), entry.at, day)
        if refusal:
            refusals.append(refusal)
            continue
        counted.count(entry.at, day)
        paid.pay({"rule": rule.rule, "event": rule.event}, event.earn(rule), rule.budget)
    return paid.due(entry.shop, programme.version_at(entry.at, entry.shop), *refusals)


@dataclass(slots=True)
class _Paid:
    """What rules give for one fact, as far as their budgets go."""

    source: Source
    at: datetime
    day: date
    purse: Purse
    points: int = 0
    parts: list[Explanation] = field(default_factory=list)
    cut: bool = False

    def pay(self, part: Explanation, deserved: int, budget: RuleBudget | None) -> None:
        """Add what a rule gives, as much of it as its budget has."""
        granted = deserved
        if budget is not None:
            ask = Ask(self.source, budget.pot(self.day), budget.points, self.at, deserved, deserved)
            granted = min(deserved, self.purse.take(ask))
            self.cut = self.cut or granted < deserved
        self.points += granted
        self.parts.append({**part, "amount": granted})
        if budget is not None:
            self.parts.append(budget_explained(budget, deserved, granted))

    def due(self, shop: str, version: Version | None, *refusals: str) -> Due:
        """Return all of it as one due; where it is nothing, with the first of the reasons."""
        reasons = (*refusals, BUDGET_USED_UP) if self.cut else (*refusals, no_rule(version))
        return Due(
            self.source, shop, self.points, self.at, version,
            reason=None if self.points else reasons[0], breakdown=tuple(self.parts),
        )  # fmt: skip


def referral_due(outcome: ReferralOutcome, programme: Programme, points: int) -> Due:
    """State what one side of a referral is due by its outcome."""
    version = programme.version(outcome.version) if outcome.version is not None else None
    due = points if outcome.due else 0
    breakdown = ({"rule": "referral", "amount": points},) if outcome.due else ()
    return Due(
        outcome.source, outcome.shop or programme.home.id, due, outcome.moment or outcome.at, version,
        waits=True, reason=outcome.reason, breakdown=breakdown,
    )  # fmt: skip


def milestone_dues(history: History, programme: Programme) -> Iterator[Due]:
    """Judge the milestones of an advocate: friends who bought, in order of their payments, each by its own version.

    A friend whose order is refunded no longer counts, and the last milestone that was reached goes.
    """
    due = sorted(
        ((outcome.moment, outcome.id, outcome) for outcome in history.outcomes if outcome.due and outcome.moment),
        key=lambda entry: entry[:2],
    )
    for number, (moment, _, outcome) in enumerate(due, 1):
        version = programme.version(outcome.version) if outcome.version is not None else None
        rules = version.rules_of(ReferralMilestoneRule) if version else ()
        points = sum(referral_milestone.earn(rule, number) for rule in rules)
        if points:
            breakdown = ({"rule": "referral_milestone", "friends": number, "amount": points},)
            yield Due(
                Source(f"referral_milestone:{history.member}:{number}"), outcome.shop or programme.home.id, points,
                moment, version, waits=True, breakdown=breakdown,
            )  # fmt: skip

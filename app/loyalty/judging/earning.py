"""What all sources of a member deserve, and the tier they lead to: every fact now known, judged in order of time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

from app.loyalty.base import Base
from app.loyalty.days import local_day
from app.loyalty.judging.dividends import dividend_dues
from app.loyalty.judging.dues import Due
from app.loyalty.judging.entitlements import entitlements, welcome_dues
from app.loyalty.judging.entry_rewards import DatedWorth, entry_dues, yearly_reward_dues
from app.loyalty.judging.fact_dues import event_dues, milestone_dues, referral_due, review_dues, sign_up_dues
from app.loyalty.judging.order_budgets import within_budgets
from app.loyalty.judging.order_dues import order_due
from app.loyalty.judging.order_terms import Days, Terms, terms_of
from app.loyalty.judging.referrals import outcomes
from app.loyalty.judging.tiers import Climb, Standing
from app.loyalty.judging.yearly import next_yearly, yearly_dues
from app.loyalty.ledger.postings import Source
from app.loyalty.members.budgets import Purse
from app.loyalty.members.history import History, ReferralOutcome, ValuedOrder, valued
from app.loyalty.members.shopping import shopper_before
from app.loyalty.terms.ladder import Worth
from app.loyalty.terms.programme import Programme, Version


@dataclass(frozen=True, slots=True)
class Judgement:
    """All dues of a member by source, the standing they lead to, and what became of referrals to this member.

    ``next_date`` is when the calendar may next bring something: a birthday, an anniversary, a dividend.
    """

    dues: Mapping[Source, Due]
    standing: Standing
    outcomes: tuple[ReferralOutcome, ...] = ()
    next_date: datetime | None = None


_Put = Callable[[str, date, Worth, datetime], None]


class _Turn(IntEnum):
    """What comes first at one instant.

    A value as of an instant counts the refunds dated up to it, so they come first; then midnights, a version start, and
    the facts one by one by source.
    """

    LESS = 0
    VERSION = 1
    FACT = 2


@dataclass(frozen=True, slots=True)
class _Points:
    """Points of a fact that is no order, in the bucket of the day of its ``moment``."""

    amount: int
    moment: datetime


@dataclass(frozen=True, slots=True)
class _Left:
    """What a refund or cancellation left of an order."""

    order: ValuedOrder
    base: Base


@dataclass(order=True, slots=True)
class _Happening:
    at: datetime
    turn: _Turn
    source: Source
    what: Version | ValuedOrder | _Left | _Points = field(compare=False)


@dataclass(slots=True)
class _Fold:
    """The walk through a member's facts in order of time that finds the tier each one meets."""

    programme: Programme
    orders: list[ValuedOrder]
    climb: Climb
    joined: datetime | None
    purse: Purse
    dues: dict[Source, Due] = field(default_factory=dict)
    terms: dict[Source, Terms] = field(default_factory=dict)
    days: Days = field(default_factory=Days)

    def live(self, happening: _Happening) -> None:
        """Take one thing that happened."""
        what = happening.what
        if isinstance(what, _Left):
            self._put_order(what.order, what.base, happening.at, self.climb.put_less)
        elif isinstance(what, _Points):
            put = self.climb.put_less if happening.turn is _Turn.LESS else self._put_and_rise
            day = local_day(what.moment, self.climb.zone)
            put(happening.source.text(), day, Worth(points=what.amount), happening.at)
        elif isinstance(what, ValuedOrder):
            self.climb.run_midnights(happening.at)
            self._pay(what)
        else:
            self.climb.run_midnights(happening.at)
            self.climb.version_starts(happening.at)

    def _put_and_rise(self, name: str, day: date, worth: Worth, instant: datetime) -> None:
        self.climb.run_midnights(instant)
        self.climb.put(name, day, worth, instant)
        self.climb.rise(instant)

    def _pay(self, order: ValuedOrder) -> None:
        level, day = self.climb.level_at(order.paid_at, before=True), self._day(order)
        if order.version is not None:
            terms = terms_of(
                order, order.version, level, self.programme.decimals, self.days, day,
                lambda: shopper_before(order, self.orders, self.joined, level),
            )  # fmt: skip
            terms = within_budgets(terms, order, self.purse)
            self.terms[order.source] = terms
            self.days.put(order, day, terms)
        self.dues[order.source] = order_due(order, self.terms.get(order.source), level)
        self._put_order(order, order.steps[0][1], order.paid_at, self.climb.put)
        self.climb.rise(order.paid_at)

    def _put_order(self, order: ValuedOrder, base: Base, instant: datetime, put: _Put) -> None:
        if order.source in self.terms:
            put(order.source.text(), self._day(order), self.worth(order, base), instant)

    def _day(self, order: ValuedOrder) -> date:
        return local_day(order.paid_at, self.programme.shop(order.shop).zone)

    def worth(self, order: ValuedOrder, base: Base) -> Worth:
        """Return what an order adds to activity when its base is this; one from before the programme adds nothing."""
        terms = self.terms.get(order.source)
        return terms.worth(base) if terms is not None else Worth()


def _referral_happenings(outcome: ReferralOutcome, points: int) -> Iterator[_Happening]:
    """The friend's payment is the fact; what comes later may only take it away, or leave it on the day it has."""
    for since, moment in outcome.steps:
        turn = _Turn.FACT if moment == since else _Turn.LESS
        what = _Points(points, moment) if moment is not None else _Points(0, since)
        yield _Happening(since, turn, outcome.source, what)


def _happenings(history: History, fold: _Fold, as_of: datetime, friends: list[ReferralOutcome]) -> Iterator[_Happening]:
    for version in fold.programme.versions:
        if version.starts_at <= as_of:
            yield _Happening(version.starts_at, _Turn.VERSION, Source(""), version)
    for order in fold.orders:
        yield _Happening(order.paid_at, _Turn.FACT, order.source, order)
        for since, base in order.steps[1:]:
            yield _Happening(since, _Turn.LESS, order.source, _Left(order, base))
    for due in fold.dues.values():
        if due.amount and not due.waits:
            yield _Happening(due.moment, _Turn.FACT, due.source, _Points(due.amount, due.moment))
    for granted in history.granted:
        yield _Happening(granted.at, _Turn.FACT, granted.source, _Points(granted.amount, granted.at))
    for outcome in history.outcomes:
        yield from _referral_happenings(outcome, outcome.advocate_points)
    for outcome in friends:
        yield from _referral_happenings(outcome, outcome.friend_points)


def _worths(history: History, fold: _Fold) -> Iterator[DatedWorth]:
    """Return what each fact is worth with everything known now, for entry rewards."""
    zone = fold.climb.zone
    for order in fold.orders:
        day = local_day(order.paid_at, fold.programme.shop(order.shop).zone)
        yield DatedWorth(order.paid_at, order.source, day, fold.worth(order, order.base), is_order=True)
    paid = {order.source for order in fold.orders}
    for due in fold.dues.values():
        if due.source not in paid and due.amount:
            yield DatedWorth(due.moment, due.source, local_day(due.moment, zone), Worth(points=due.amount))
    for granted in history.granted:
        yield DatedWorth(granted.at, granted.source, local_day(granted.at, zone), Worth(points=granted.amount))


def judge(history: History, programme: Programme, as_of: datetime, purse: Purse | None = None) -> Judgement:
    """Judge a member from all facts known, with versions started by ``as_of`` (UTC) and every midnight up to it.

    Pure and repeatable: the same facts in any order give the same judgement (cases FORMAT sections 5, 9, 12). What
    has a budget takes from the ``purse``; without one everything keeps what it has of budgets.
    """
    orders = valued(history.orders, programme)
    friends = outcomes(history.referred, orders, programme)
    entitled = entitlements(orders, history.invitations, programme)
    joined = local_day(history.sign_up.at, programme.home.zone) if history.sign_up is not None else None
    account = history.sign_up.at if history.sign_up is not None else None
    climb, purse = Climb(programme, entitled, joined), purse or Purse(history.grants)
    fold = _Fold(programme, orders, climb, account, purse)
    for dues in (
        sign_up_dues(history, programme),
        review_dues(history, orders, programme, purse),
        event_dues(history, programme, purse),
        yearly_dues(history, programme, as_of),
        milestone_dues(history, programme),
    ):
        fold.dues.update((due.source, due) for due in dues)
    for outcome in history.outcomes:
        fold.dues[outcome.source] = referral_due(outcome, programme, outcome.advocate_points)
    for outcome in friends:
        fold.dues[outcome.source] = referral_due(outcome, programme, outcome.friend_points)
    for happening in sorted(_happenings(history, fold, as_of, friends)):
        fold.live(happening)
    if any(version.has_entry_rewards for version in programme.versions):
        for due in entry_dues(history.member, programme, list(_worths(history, fold)), joined, as_of):
            fold.dues[due.source] = due
    standing = fold.climb.standing(as_of)
    for due in (
        *welcome_dues(history.member, entitled),
        *yearly_reward_dues(history.member, programme, fold.climb.new_years),
        *dividend_dues(history.member, orders, fold.terms, programme, as_of),
    ):
        fold.dues[due.source] = due
    return Judgement(fold.dues, standing, tuple(friends), next_yearly(history, programme, as_of))

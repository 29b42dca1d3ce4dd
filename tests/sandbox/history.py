"""A year of trade, the same for the same seed: sign-ups, orders, refunds, cancellations and reviews up to now.

Everything is done by the same verbs as a person's clicks, with the store's clock moved along; nobody is told while
it is written. `happenings` then reads from the dates what a store would have told of, and when.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.sandbox import accounts, catalogue, ordering, people, refunding, reviewing, totals
from tests.sandbox.records import Address, CodeKind, Customer, DiscountCode, Order, ReviewStatus
from tests.sandbox.store import Event, Kind, Store

_YEAR = timedelta(days=365)

# Share of members, and how many orders such a member places in a full year.
_HABITS = ((0.06, 24.0), (0.16, 13.0), (0.33, 7.0), (0.45, 2.6))
_GUEST_SHARE = 0.07
_NEWCOMERS = 3
_FULFILLED_AFTER = (1, 3)


@dataclass(frozen=True, slots=True)
class Size:
    """How large the history shall be."""

    members: int = 200
    orders: int = 1500


class _Year:
    """The diary while the year is written: actions by time, each of which may note later ones."""

    def __init__(self, store: Store, *, seed: int, end: datetime, size: Size) -> None:
        self.store = store
        self.dice = random.Random(f"{store.shop.key} {seed}")
        self.end = end
        self.begin = end - _YEAR
        self.size = size
        self._diary: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = itertools.count()

    def note(self, at: datetime, action: Callable[[], None]) -> None:
        """Plan an action; what lies beyond the end never happens."""
        if at <= self.end:
            heapq.heappush(self._diary, (at, next(self._count), action))

    def write(self) -> None:
        """Do everything in the order of its time."""
        while self._diary:
            at, _, action = heapq.heappop(self._diary)
            self.store.clock.set(at)
            action()

    def some_time(self, since: datetime) -> datetime:
        """Pick a waking hour of the shop's zone between an instant and the end."""
        span = (self.end - since).total_seconds()
        local = (since + timedelta(seconds=self.dice.random() * span)).astimezone(self.store.shop.tz)
        hour = self.dice.choice((8, 9, 11, 12, 13, 15, 18, 20, 20, 21, 22))
        local = local.replace(hour=hour, minute=self.dice.randrange(60), second=self.dice.randrange(60))
        return min(max(local, since + timedelta(minutes=5)), self.end)

    def later(self, days: tuple[int, int]) -> datetime:
        """Return an instant so many days from now."""
        return self.store.clock.now() + timedelta(hours=self.dice.randint(days[0] * 24, days[1] * 24))

    # Each of these is one thing that somebody does.

    def join(self, number: int, since: datetime, orders: int) -> None:
        """Sign up a member and plan their orders."""
        person = people.invent(self.store.shop, self.dice, number)
        member = accounts.sign_up(self.store, person.email, person.first_name, person.last_name, person.address)
        for place in range(orders):
            at = since + timedelta(minutes=9) if place == 0 and self.dice.random() < 0.8 else self.some_time(since)
            self.note(at, lambda: self.buy(member))

    def buy(self, member: Customer | None) -> None:
        """Place an order, as a member or as a guest, and plan what becomes of it."""
        if member:
            who = ordering.buyer(member)
        else:
            person = people.invent(self.store.shop, self.dice, self.dice.randint(1000, 9999))
            who = ordering.Buyer(None, person.email, person.address)
        code = ["WELCOME10"] if member and not self.store.orders_of(member.id) and self.dice.random() < 0.3 else []
        transfer = self.dice.random() < 0.06
        order = ordering.place(
            self.store, self.fill_cart(), who, codes=code, payment="transfer" if transfer else "card"
        )
        if transfer:
            self.note(self.later((1, 4)), lambda: ordering.pay(self.store, order))
        fate = self.dice.random()
        if fate < 0.015:
            self.note(self.later((0, 1)), lambda: ordering.cancel(self.store, order))
            return
        self.note(self.later(_FULFILLED_AFTER), lambda: ordering.fulfil(self.store, order))
        if fate < 0.075:
            self.note(self.later((5, 20)), lambda: self.refund(order))
        if self.dice.random() < 0.28:
            self.note(self.later((5, 20)), lambda: self.review(order, member))

    def fill_cart(self) -> list[ordering.Item]:
        """Choose one to three things."""
        goods = [product for product in self.store.products.values() if not product.gift_card]
        chosen = self.dice.sample(goods, k=self.dice.choice((1, 1, 2, 2, 3)))
        if self.dice.random() < 0.02:
            chosen += [product for product in self.store.products.values() if product.gift_card]
        return [
            ordering.Item(self.dice.choice(product.variants).id, self.dice.choice((1, 1, 1, 2))) for product in chosen
        ]

    def refund(self, order: Order) -> None:
        """Give back a line, an amount, or everything."""
        if order.paid_at is None or order.cancelled_at or not totals.refundable(order, self.store.shop):
            return
        reason = people.reason(self.store.shop.language, self.dice)
        way = self.dice.random()
        if way < 0.6:
            refunding.by_line(self.store, order, {self.dice.choice(order.lines).id: 1}, reason=reason)
        elif way < 0.85:
            amount = totals.total(order, self.store.shop) // 5
            refunding.by_amount(self.store, order, amount, reason=reason)
        else:
            refunding.the_rest(self.store, order, reason=reason)

    def review(self, order: Order, member: Customer | None) -> None:
        """Write about something bought; most reviews are approved within days."""
        shop = self.store.shop
        line = self.dice.choice(order.lines)
        rating = self.dice.choice((5, 5, 5, 5, 4, 4, 4, 3, 2))
        title, body = people.opinion(shop.language, rating, self.dice)
        name = accounts.display_name(member, shop.language) if member else order.address.first_name
        review = reviewing.write(
            self.store,
            self.store.products[line.product_id],
            customer=member,
            name=name,
            email=order.email,
            rating=rating,
            title=title,
            body=body,
        )
        fate = self.dice.random()
        if fate < 0.04:
            self.note(self.later((1, 2)), lambda: reviewing.moderate(self.store, review, ReviewStatus.TRASHED))
        elif fate < 0.94:
            self.note(self.later((0, 3)), lambda: reviewing.moderate(self.store, review, ReviewStatus.APPROVED))


def write(store: Store, *, seed: int = 7, end: datetime | None = None, size: Size | None = None) -> None:
    """Fill an empty store with its catalogue and a year of trade that ends at `end`, by default now."""
    instant = end or store.clock.now()
    size = size or Size()
    year = _Year(store, seed=seed, end=instant, size=size)
    try:
        with store.quietly():
            store.clock.set(year.begin)
            catalogue.stock(store, year.begin)
            _open_with_a_code(store, year.begin)
            _plan(year)
            year.write()
            store.clock.set(instant)
            _introduce(store)
    finally:
        store.clock.run()
        if end is not None:
            store.clock.set(end)


def _open_with_a_code(store: Store, at: datetime) -> None:
    with store.change() as change:
        code = DiscountCode(
            id=change.next_id("code"),
            code="WELCOME10",
            title="Welcome",
            kind=CodeKind.PERCENTAGE,
            percent=Decimal("0.1"),
            created_at=at,
            updated_at=at,
            starts_at=at,
            limit_per_customer=1,
        )
        change.put(code)


def _plan(year: _Year) -> None:
    """Spread members over the year and the wanted number of orders over members and guests."""
    dice, size = year.dice, year.size
    members = []
    for number in range(size.members):
        # Two members in five were there in the first quarter, and a few came only this week.
        since = year.begin + _YEAR * (dice.random() ** 1.4 * 0.95)
        if number >= size.members - _NEWCOMERS:
            since = year.end - timedelta(hours=dice.randint(30, 130))
        habit = dice.choices([rate for _, rate in _HABITS], [part for part, _ in _HABITS])[0]
        members.append((number, since, habit))
    weights = [habit * ((year.end - since) / _YEAR + 0.05) for _, since, habit in members]
    wanted = round(size.orders * (1 - _GUEST_SHARE))
    for (number, since, _), weight in zip(members, weights, strict=True):
        share = wanted * weight / sum(weights)
        orders = int(share) + (dice.random() < share % 1)
        if number >= size.members - _NEWCOMERS:
            orders = 1
        year.note(since, _joining(year, number, since, orders))
    for _ in range(size.orders - wanted):
        year.note(year.some_time(year.begin), lambda: year.buy(None))


def _joining(year: _Year, number: int, since: datetime, orders: int) -> Callable[[], None]:
    return lambda: year.join(number, since, orders)


_NOTES = {
    "en": (
        "Here nearly every week",
        "A regular with a full year behind them",
        "Buys now and then, likes to write reviews",
        "Sent something back lately",
        "Joined only days ago",
        "Has an account and no order yet",
    ),
    "ja": (
        "ほとんど毎週のように来てくださる方",
        "一年を通してのお得意さま",
        "ときどき買い、よくレビューを書く方",
        "最近、返品をされた方",
        "数日前に登録された方",
        "登録だけで、まだご注文のない方",
    ),
}


def _introduce(store: Store) -> None:
    """Choose the demonstration shoppers and say in a line who they are."""
    members = sorted(store.customers.values(), key=lambda c: -len(store.orders_of(c.id)))
    reviews = {c.id: sum(r.customer_id == c.id for r in store.reviews.values()) for c in members}

    def returned(customer: Customer) -> str:
        dates = [r.created_at for o in store.orders_of(customer.id) for r in o.refunds]
        return max(dates).isoformat() if dates else ""

    newest_first = sorted((c for c in members if store.orders_of(c.id)), key=lambda c: c.created_at, reverse=True)
    middling = [c for c in members if 3 <= len(store.orders_of(c.id)) <= 9] or members
    wishes = [
        members,
        members[8:] or members,
        sorted(middling, key=lambda c: -reviews[c.id]),
        sorted(middling, key=returned, reverse=True),
        newest_first,
        [c for c in members if not store.orders_of(c.id)],
    ]
    chosen: list[Customer] = []
    with store.change() as change:
        for note, candidates in zip(_NOTES[store.shop.language], wishes, strict=True):
            fresh = next((c for c in candidates if c not in chosen), None)
            if fresh:
                fresh.note = note
                chosen.append(fresh)
                change.put(fresh)
        if len(chosen) < len(wishes):
            person = people.invent(store.shop, random.Random(store.shop.key), 7)
            blank = Address(country_code=store.shop.country)
            fresh = accounts.sign_up(store, person.email, person.first_name, person.last_name, blank)
            fresh.note = _NOTES[store.shop.language][-1]
            change.put(fresh)


def happenings(store: Store) -> list[Event]:
    """What the store would have told of in its life so far, in the order of time, read from its dated records."""
    told = [Event(Kind.CUSTOMER_CREATED, c.id, c.created_at) for c in store.customers.values()]
    for order in store.orders.values():
        told.append(Event(Kind.ORDER_CREATED, order.id, order.created_at))
        for kind, at in (
            (Kind.ORDER_PAID, order.paid_at),
            (Kind.ORDER_FULFILLED, order.fulfilled_at),
            (Kind.ORDER_CANCELLED, order.cancelled_at),
        ):
            if at is not None:
                told.append(Event(kind, order.id, at))
        told += [Event(Kind.REFUND_CREATED, order.id, refund.created_at, refund.id) for refund in order.refunds]
    for review in store.reviews.values():
        told.append(Event(Kind.REVIEW_WRITTEN, review.id, review.created_at))
        if review.status is ReviewStatus.APPROVED and review.moderated_at:
            told.append(Event(Kind.REVIEW_APPROVED, review.id, review.moderated_at))
    order_of_kinds = list(Kind)
    return sorted(told, key=lambda event: (event.at, order_of_kinds.index(event.kind), event.subject))

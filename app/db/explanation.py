"""Why an order earned what it did: the order as the shop told it, its judgement, and what was posted for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from app.db import programmes, shops, timeline
from app.db.inbox import State
from app.db.memberfiles import member_order
from app.db.people import NOBODY, Person, people
from app.db.scope import Scope
from app.db.tables import InboxRow, LotRow, MemberRow, OrderRow, RedemptionRow, SettlementRow, ShopRow
from app.db.timeline import Entry
from app.db.untold import Untold, untold
from app.loyalty.base import Base, discounted_goods, earning_base
from app.loyalty.facts import Order
from app.loyalty.ledger.postings import Source
from app.loyalty.terms.programme import Version

FOUND_MAX = 10
LEFT_ASIDE_SHOWN = timedelta(days=30)
LEFT_ASIDE = ("NOBODY", "TEST_ORDER")
"""Why an order of a shop never became anybody's."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How the money that counts came about (minor units): goods, less what was taken off, plus extras."""

    goods: int
    gift_cards: int
    discounts: int
    refunded: int
    cancelled: int
    shipping: int
    tax: int
    base: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything known about one order. ``settlement`` is None while nothing judged it (it is not paid)."""

    shop: ShopRow
    order: Order
    member: MemberRow | None
    person: Person
    settlement: SettlementRow | None
    version: Version | None
    counting: Counting
    entries: Sequence[Entry]
    lots: Sequence[LotRow]
    codes: Sequence[RedemptionRow]
    untold: Sequence[Untold]


def find_orders(scope: Scope, text: str) -> list[OrderRow]:
    """Return orders by the number people use (with or without #) or the shop's own id, the newest first."""
    wanted = text.strip()
    bare = wanted.lstrip("#")
    if not bare:
        return []
    return list(
        scope.session.scalars(
            select(OrderRow)
            .where(
                OrderRow.programme_id == scope.programme_id,
                or_(OrderRow.name.in_([wanted, bare, f"#{bare}"]), OrderRow.order_id == bare),
            )
            .order_by(OrderRow.placed_at.desc())
            .limit(FOUND_MAX)
        )
    )


def get_order(scope: Scope, shop_id: UUID, order_id: str) -> OrderRow | None:
    """Return one order by its shop and the shop's own id."""
    return scope.session.scalar(
        select(OrderRow).where(
            OrderRow.programme_id == scope.programme_id, OrderRow.shop_id == shop_id, OrderRow.order_id == order_id
        )
    )


def explain(scope: Scope, row: OrderRow) -> Explanation:
    """Return what is known about an order and what it came to."""
    session, programme_id = scope.session, scope.programme_id
    order = member_order(row).order
    source = Source(f"order:{row.order_id}", str(row.shop_id))
    settlement = session.scalar(
        select(SettlementRow).where(
            SettlementRow.programme_id == programme_id,
            SettlementRow.member_id == row.member_id,
            SettlementRow.source == source.text(),
        )
    )
    programme = programmes.load(session, programme_id)
    version = programme.version_at(order.placed_at, str(row.shop_id))
    return Explanation(
        shop=shops.get(session, programme_id, row.shop_id),
        order=order,
        member=session.scalar(
            select(MemberRow).where(MemberRow.programme_id == programme_id, MemberRow.member_id == row.member_id)
        ),
        person=people(scope, [row.member_id]).get(row.member_id, NOBODY),
        settlement=settlement,
        version=version,
        counting=_counting(order, version),
        entries=timeline.of_source(session, programme_id, source),
        lots=session.scalars(
            select(LotRow)
            .where(
                LotRow.programme_id == programme_id,
                LotRow.member_id == row.member_id,
                LotRow.source == source.text(),
                LotRow.parent.is_(None),
            )
            .order_by(LotRow.lot)
        ).all(),
        codes=session.scalars(
            select(RedemptionRow).where(
                RedemptionRow.programme_id == programme_id,
                RedemptionRow.use_shop_id == row.shop_id,
                RedemptionRow.use_order == row.order_id,
            )
        ).all(),
        untold=untold(scope, row.shop_id, order),
    )


def _counting(order: Order, version: Version | None) -> Counting:
    tax = version is not None and version.base.tax
    shipping = version is not None and version.base.shipping
    goods = [line for line in order.lines if not line.gift_card]
    gross = sum(line.price_minor for line in goods)
    net = sum(discounted_goods(order))
    kept = earning_base(replace(order, cancelled_at=None), None, tax=False, shipping=False).total_minor
    left = earning_base(order, None, tax=False, shipping=False).total_minor
    base: Base = earning_base(order, None, tax=tax, shipping=shipping)
    goods_with_tax = sum(line.amount_minor for line in base.lines)
    return Counting(
        goods=gross,
        gift_cards=sum(line.net_minor for line in order.lines if line.gift_card),
        discounts=gross - net,
        refunded=net - kept,
        cancelled=kept - left,
        shipping=base.shipping_minor,
        tax=goods_with_tax - left,
        base=base.total_minor,
    )


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What may explain an order nobody knows: what each shop sent last, what waits, what was left aside and why."""

    shops: Sequence[ShopRow]
    waiting: int
    quarantined: int
    left_aside: dict[str, int]


def arrivals(scope: Scope) -> Arrivals:
    """Return what is known of a programme's deliveries."""
    session, programme_id = scope.session, scope.programme_id
    states = dict(
        session.execute(
            select(InboxRow.state, func.count())
            .where(
                InboxRow.programme_id == programme_id,
                InboxRow.state.in_([State.WAITING.value, State.QUARANTINED.value]),
            )
            .group_by(InboxRow.state)
        ).all()
    )
    left_aside = dict(
        session.execute(
            select(func.coalesce(InboxRow.reason, ""), func.count())
            .where(
                InboxRow.programme_id == programme_id,
                InboxRow.state == State.IGNORED.value,
                InboxRow.reason.in_(LEFT_ASIDE),
                InboxRow.received_at > scope.now - LEFT_ASIDE_SHOWN,
            )
            .group_by(InboxRow.reason)
        ).all()
    )
    return Arrivals(
        shops.of_programme(session, programme_id),
        states.get(State.WAITING.value, 0),
        states.get(State.QUARANTINED.value, 0),
        left_aside,
    )

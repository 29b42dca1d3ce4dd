"""What is bought together and again: counted over all orders a page of buyers at a time, and read for one member."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from app.db.memberfiles import member_order
from app.db.pages import Verb, among, write
from app.db.scope import Scope
from app.db.tables import OrderRow, PairRow, RhythmRow
from app.loyalty.redeeming.recommending import Basket, Pair, Recommendation, Rhythm, Tally, basket, recommended
from app.loyalty.terms.recommending import Recommending

PAGE: Final = 500
"""So many buyers' orders are in memory at once."""


def count(scope: Scope, terms: Recommending) -> dict[UUID, Tally]:
    """Return the counts of every shop over the last ``terms.days`` × 24 h."""
    tallies: dict[UUID, Tally] = {}
    for buyer in _buyers(scope, terms):
        for shop_id, baskets in buyer.items():
            tallies.setdefault(shop_id, Tally()).take(baskets)
    return tallies


def keep(scope: Scope, terms: Recommending | None, tallies: dict[UUID, Tally]) -> int:
    """Put what was counted in the place of what was counted before. Returns how many rows there are."""
    for table in (PairRow, RhythmRow):
        scope.session.execute(delete(table).where(table.programme_id == scope.programme_id))
    if terms is None:
        return 0
    pairs = [
        {
            **_key(scope, shop_id),
            "product": one.product,
            "other": one.other,
            "together": one.together,
            "orders": one.orders,
        }
        for shop_id, tally in tallies.items()
        for one in tally.found(terms)
    ]
    rhythms = [
        {**_key(scope, shop_id), "product": one.product, "days": one.days, "repeats": one.repeats}
        for shop_id, tally in tallies.items()
        for one in tally.rhythms(terms)
    ]
    write(scope.session, PairRow, Verb.INSERT, pairs)
    write(scope.session, RhythmRow, Verb.INSERT, rhythms)
    return len(pairs) + len(rhythms)


def _key(scope: Scope, shop_id: UUID) -> dict[str, UUID]:
    return {"programme_id": scope.programme_id, "shop_id": shop_id}


def _buyers(scope: Scope, terms: Recommending) -> Iterator[dict[UUID, list[Basket]]]:
    """Return each buyer's baskets by shop."""
    after: UUID | None = None
    while True:
        asked = select(OrderRow.member_id).distinct().where(*_within(scope, terms))
        if after is not None:
            asked = asked.where(OrderRow.member_id > after)
        ids = scope.session.scalars(asked.order_by(OrderRow.member_id).limit(PAGE)).all()
        found: dict[UUID, dict[UUID, list[Basket]]] = {member_id: {} for member_id in ids}
        page = select(OrderRow).where(*_within(scope, terms), among(scope.session, OrderRow.member_id, ids))
        for row in scope.session.scalars(page) if ids else ():
            one = basket(str(row.shop_id), member_order(row).order, scope.now)
            if one is not None:
                found[row.member_id].setdefault(row.shop_id, []).append(one)
        yield from found.values()
        if len(ids) < PAGE:
            return
        after = ids[-1]


def _within(scope: Scope, terms: Recommending) -> tuple[ColumnElement[bool], ...]:
    since = scope.now - timedelta(days=terms.days)
    return OrderRow.programme_id == scope.programme_id, OrderRow.paid_at > since, OrderRow.paid_at <= scope.now


def recommendations(scope: Scope, terms: Recommending, shop_id: UUID, member_id: UUID) -> tuple[Recommendation, ...]:
    """Return what to name to a member at a shop, by what was bought there."""
    rows = scope.session.scalars(
        select(OrderRow).where(*_within(scope, terms), OrderRow.member_id == member_id, OrderRow.shop_id == shop_id)
    )
    baskets = [one for row in rows if (one := basket(str(shop_id), member_order(row).order, scope.now)) is not None]
    owned = sorted({product for one in baskets for product in one.goods})
    if not owned:
        return ()
    key = (PairRow.programme_id == scope.programme_id, PairRow.shop_id == shop_id, PairRow.product.in_(owned))
    pairs = [
        Pair(row.product, row.other, row.together, row.orders)
        for row in scope.session.scalars(select(PairRow).where(*key))
    ]
    rows_of = select(RhythmRow).where(
        RhythmRow.programme_id == scope.programme_id, RhythmRow.shop_id == shop_id, RhythmRow.product.in_(owned)
    )
    rhythms = {row.product: Rhythm(row.product, row.days, row.repeats) for row in scope.session.scalars(rows_of)}
    return recommended(terms, baskets, pairs, rhythms, scope.now)

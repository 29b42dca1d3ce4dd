"""Members as segments see them, made from what is known of them: now, or as of the payment of one of their orders."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from app.loyalty.ledger.books import Books
from app.loyalty.members.history import History, ValuedOrder, valued
from app.loyalty.terms.programme import Programme
from app.loyalty.terms.segments import Answered, Purchase, Shopper, Told


def shopper_now(
    history: History, programme: Programme, at: datetime, *, level: str | None = None, points: int | None = None
) -> Shopper:
    """Return a member as of ``at`` by all facts dated until then, in whatever order they came."""
    orders = [order for order in valued(history.orders, programme) if order.paid_at <= at]
    return Shopper(at, tuple(_purchases(orders, at)), since(history, at), level, points)


def shopper_of(
    history: History,
    books: Books,
    programme: Programme,
    level: str | None,
    at: datetime,
    answers: Iterable[Answered | Told] = (),
) -> Shopper:
    """Return a member with the points of books in which time has passed until ``at``."""
    found = shopper_now(history, programme, at, level=level, points=books.available)
    return replace(found, answers=tuple(answers))


def shopper_before(
    order: ValuedOrder, orders: Iterable[ValuedOrder], joined: datetime | None, level: str | None
) -> Shopper:
    """Return the buyer of an order as of its payment: by the orders in places before it, and not by itself.

    ``orders`` are all of the member's in their places; ``level`` is the tier the payment met.
    """
    at = order.paid_at
    earlier: list[ValuedOrder] = []
    for each in orders:
        if each is order:
            break
        earlier.append(each)
    return Shopper(at, tuple(_purchases(earlier, at)), joined if joined and joined <= at else None, level)


def since(history: History, at: datetime) -> datetime | None:
    """Return since when somebody has had an account, if that was by then."""
    joined = history.sign_up.at if history.sign_up is not None else None
    return joined if joined is not None and joined <= at else None


def _purchases(orders: Iterable[ValuedOrder], at: datetime) -> Iterator[Purchase]:
    for order in orders:
        base = order.base_at(at)
        if base.total_minor > 0:
            yield Purchase(order.paid_at, order.order, base)

"""Redemptions: asked for, used by paid orders, given back, used again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tests.oracle.base import fully_refunded
from tests.oracle.books import Books, Lot
from tests.oracle.days import last_good
from tests.oracle.facts import Order, Version, World

SECOND_LIFE_DAYS = 7


class State(StrEnum):
    HELD = "held"
    USED = "used"
    BACK = "back"


@dataclass(slots=True)
class Redemption:
    """One request that was accepted, its terms those of the version at its arrival."""

    id: str
    member: str
    cost: int
    version: Version
    runs_out_at: datetime | None
    forgiven_before: int
    state: State = State.HELD
    parts: list[tuple[Lot, int]] = field(default_factory=list)
    owed: int = 0
    users: dict[str, Order] = field(default_factory=dict)
    settled: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def source(self) -> str:
        return f"redemption:{self.id}"


def hold(books: Books, redemption: Redemption) -> None:
    """Put the cost on hold, lot by lot in drawing order."""
    redemption.parts = books.draw(books.lots, "available", redemption.cost)
    for lot, part in redemption.parts:
        lot.held += part
        books.move(redemption.source, "available", "held", part)


def look(world: World, books: Books, redemption: Redemption, now: datetime) -> None:
    """Bring a redemption to where the orders known now want it."""
    for order in world.paid_orders(redemption.member):
        if order.code == redemption.id:
            redemption.users[order.id] = order
    used_by = [_as_known(world, order) for order in redemption.users.values()]
    if not used_by:
        return
    used_by.sort(key=lambda order: (order.paid_at, order.id))
    standing = [order for order in used_by if not _undone(world, order)]
    order = standing[0] if standing else used_by[0]
    keeps = bool(standing) or redemption.version.said.get("after_use", "return") == "keep"
    if redemption.state is not State.USED and keeps:
        _use(world, books, redemption, order)
    elif redemption.state is not State.BACK and not keeps:
        give_back(world, books, redemption, now)
    elif redemption.state is State.USED:
        _settle_shops(redemption, order.shop)


def _as_known(world: World, seen: Order) -> Order:
    """The order as it stands now, at the place it had when it was last seen paid."""
    order = world.orders[seen.id]
    return order if order.paid_at else Order({**order.said, "paid_at": seen.said["paid_at"]}, order.shop)


def _undone(world: World, order: Order) -> bool:
    return order.cancelled_at is not None or fully_refunded(world, order)


def _use(world: World, books: Books, redemption: Redemption, order: Order) -> None:
    if redemption.state is State.HELD:
        for lot, part in redemption.parts:
            lot.held -= part
            books.move(redemption.source, "held", "redeemed", part)
    else:
        redemption.parts = books.draw(books.lots, "available", redemption.cost)
        for _, part in redemption.parts:
            books.move(redemption.source, "available", "redeemed", part)
        redemption.owed = redemption.cost - sum(part for _, part in redemption.parts)
        books.move(redemption.source, "debt", "redeemed", redemption.owed)
    redemption.state = State.USED
    _settle_shops(redemption, order.shop)


def _settle_shops(redemption: Redemption, shop: str | None) -> None:
    redemption.settled = [(lot.shop, shop, part) for lot, part in redemption.parts if shop and lot.shop != shop]


def give_back(world: World, books: Books, redemption: Redemption, now: datetime) -> None:
    """Give back what is held or was used; what expired meanwhile goes on in a lot of seven days more."""
    account = "held" if redemption.state is State.HELD else "redeemed"
    for lot, part in redemption.parts:
        if account == "held":
            lot.held -= part
        books.move(redemption.source, account, "available", part)
        _second_life(world, books, redemption, lot, now).available += part
    unowed = min(redemption.owed, books.debt)
    books.move(redemption.source, "redeemed", "debt", unowed)
    if redemption.owed > unowed:
        lot = books.open(redemption.source, world.home, (now, _seven_days(world, redemption, world.home, now)))
        lot.available += redemption.owed - unowed
        books.move(redemption.source, "redeemed", "available", lot.available)
    redemption.state, redemption.parts, redemption.owed = State.BACK, [], 0
    _settle_shops(redemption, None)
    _make_good(books, redemption)
    books.pay_debt()


def _seven_days(world: World, redemption: Redemption, shop: str, now: datetime) -> datetime:
    to_the_end = redemption.version.ends_with_the_day
    return last_good(now, SECOND_LIFE_DAYS, world.zones[shop], end_of_day=to_the_end)


def _second_life(world: World, books: Books, redemption: Redemption, lot: Lot, now: datetime) -> Lot:
    if lot.expires_at is None or lot.expires_at > now:
        return lot
    return books.open(lot.source, lot.shop, (lot.release_at, _seven_days(world, redemption, lot.shop, now)))


def _make_good(books: Books, redemption: Redemption) -> None:
    """What `clamp` forgave since the request is owed again, up to the points that came back."""
    left = redemption.cost
    since = [forgiven for forgiven in books.forgiven if forgiven.place >= redemption.forgiven_before]
    for forgiven in sorted(since, key=lambda forgiven: (forgiven.moment, forgiven.source)):
        part = min(left, forgiven.left)
        forgiven.left, left = forgiven.left - part, left - part
        books.move(forgiven.source, "debt", "forgiven", part)


def run_out(version: Version, reward: str, now: datetime) -> datetime | None:
    """Return when an unused code of a reward runs out."""
    days = next(said.get("code_days") for said in version.said["rewards"] if said["id"] == reward)
    return None if days is None else now + timedelta(days=days)

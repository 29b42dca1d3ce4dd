"""Points becoming a code and what follows: held, used, given back, drawn again (cases FORMAT section 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.loyalty.base import goods_all_refunded
from app.loyalty.days import after_days
from app.loyalty.errors import AlreadyPickedError, UnknownOptionError, UnknownRewardError
from app.loyalty.facts import Order
from app.loyalty.ledger.books import Books, Lot, Part, Redemption, RedemptionState, Stage, Use, draw, pay_debt
from app.loyalty.ledger.postings import Account, Address, Posting, Reason
from app.loyalty.members.history import MemberOrder
from app.loyalty.redeeming.eligibility import Asker, check, rounded_up
from app.loyalty.terms.programme import AfterUse, Programme, Version
from app.loyalty.terms.rewards import Choice, Donation, Way, way

SECOND_LIFE_DAYS = 7
"""How long points live that expired while they were held and then came back."""


class Fate(StrEnum):
    """What the order that used a code has come to."""

    LIVE = "live"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to redeem: our key, the code chosen for it, the reward's id, the points where they are chosen."""

    id: str
    code: str
    reward: str
    points: int | None = None
    option: str | None = None
    total_minor: int | None = None
    """The total of an order that is to be rounded up by a donation; it chooses the points."""


def hold(books: Books, ask: Ask, version: Version | None, asker: Asker, at: datetime) -> Redemption:
    """Put the reward's cost on hold, lot by lot in drawing order. Raises what ``eligibility.check`` raises."""
    points = rounded_up(version, ask.reward, ask.total_minor) if ask.total_minor is not None else ask.points
    reward = check(books, version, ask.reward, asker, at, points)
    return _keep(books, replace(ask, points=points), version, at, reward.needs(points))


def give(books: Books, ask: Ask, version: Version | None, at: datetime) -> Redemption:
    """Give a reward for nothing: a gesture, a milestone; of a chosen sum, what ``ask.points`` would be worth.

    Raises UnknownRewardError, UnknownOptionError, PointsNotOfferedError.
    """
    reward = version.reward(ask.reward) if version is not None else None
    if reward is None:
        raise UnknownRewardError
    if reward.variable is not None:
        reward.variable.checked(ask.points)
    return _keep(books, ask, version, at, 0)


def _keep(books: Books, ask: Ask, version: Version | None, at: datetime, cost: int) -> Redemption:
    if version is None:
        raise UnknownRewardError
    check_option(version, ask.reward, ask.option)
    parts = draw(books.drawable(Account.AVAILABLE), Account.AVAILABLE, cost)
    number = books.number
    redemption = Redemption(
        ask.id, ask.code, ask.reward, cost, version.number, at, number, None, RedemptionState.HELD, parts,
    )  # fmt: skip
    postings = [
        Posting(Address(Account.AVAILABLE, part.lot), Address(Account.HELD, part.lot), part.amount) for part in parts
    ]
    if postings:
        books.post(Reason.HOLD, redemption.source, at, postings)
    books.redemptions.append(redemption)
    _begin(books, redemption, version, at, ask)
    return redemption


def check_option(version: Version, reward_id: str, option: str | None) -> None:
    """Refuse an option that is not among a choice's, or where there is no choice. Raises UnknownOptionError."""
    reward = version.reward(reward_id)
    if option is None or reward is None:
        return
    options = reward.gives.options if isinstance(reward.gives, Choice) else ()
    if option not in options:
        raise UnknownOptionError(options)


def pick(books: Books, redemption: Redemption, version: Version, option: str, at: datetime) -> None:
    """Pick one of several; the others lapse. Raises AlreadyPickedError, UnknownOptionError."""
    if redemption.state is not RedemptionState.HELD or redemption.stage is not Stage.CHOOSING:
        raise AlreadyPickedError
    check_option(version, redemption.reward, option)
    _begin(books, redemption, version, at, Ask(redemption.id, redemption.code, redemption.reward, option=option))


def _begin(books: Books, redemption: Redemption, version: Version, at: datetime, ask: Ask) -> None:
    """Put a redemption on the way of what it gives. A code and a choice run out; nothing else does."""
    reward = version.picked(ask.reward, ask.option)
    if reward is None:
        raise UnknownRewardError
    redemption.option = ask.option
    redemption.value_minor = reward.value_minor(ask.points or redemption.cost)
    runs_out = way(reward.gives) in {Way.CODE, Way.CHOICE} and reward.code_days is not None
    redemption.ends_at = at + timedelta(days=reward.code_days or 0) if runs_out else None
    match way(reward.gives):
        case Way.CODE | Way.CREDIT:
            redemption.stage = Stage.REQUESTED
        case Way.CHOICE:
            redemption.stage = Stage.CHOOSING
        case Way.TASK:
            redemption.stage = Stage.OPEN
        case Way.AT_ONCE:
            redemption.cause = reward.gives.cause if isinstance(reward.gives, Donation) else None
            complete(books, redemption, at)


def complete(books: Books, redemption: Redemption, at: datetime) -> None:
    """Spend the points of what was given without a code: held → redeemed, or donated where it was for a cause."""
    capture(books, redemption, at)
    redemption.stage = Stage.FULFILLED


def _home_of(books: Books, lot: Lot, version: Version, programme: Programme, at: datetime) -> Lot:
    """Return the lot that points come back to: their own, or a second life of it where it expired meanwhile."""
    if lot.expires_at is None or lot.expires_at > at:
        return lot
    end_of_day = version.expiry.end_of_day if version.expiry else True
    expires_at = after_days(at, SECOND_LIFE_DAYS, programme.shop(lot.shop).zone, end_of_day=end_of_day)
    return books.open_lot(lot.source, lot.shop, lot.release_at, expires_at, parent=lot.id)


def give_back(books: Books, redemption: Redemption, programme: Programme, at: datetime, stage: Stage) -> None:
    """Return the points of a redemption, from held or after use; then make good what was forgiven, then pay debt.

    ``stage`` is how the redemption ended: returned, expired or failed.
    """
    version = programme.version(redemption.version)
    held = redemption.state is RedemptionState.HELD
    postings = []
    for part in redemption.parts:
        if part.lot is None:
            postings += _back_to_debt(books, redemption, programme, part.amount, at)
            continue
        home = _home_of(books, books.lots[part.lot], version, programme, at)
        origin = Address(Account.HELD, part.lot) if held else Address(Account.REDEEMED)
        postings.append(Posting(origin, Address(Account.AVAILABLE, home.id), part.amount))
    if postings:
        shop = redemption.use.shop if redemption.use and not held else None
        books.post(Reason.GIVE_BACK, redemption.source, at, postings, shop)
    redemption.state, redemption.stage = RedemptionState.GIVEN_BACK, stage
    redemption.parts = []
    make_good(books, redemption, at)
    pay_debt(books, at)


def _back_to_debt(
    books: Books, redemption: Redemption, programme: Programme, amount: int, at: datetime
) -> list[Posting]:
    """Undo what a use drew from debt; where the debt was paid since, the points come back in a lot of their own."""
    lowered = min(amount, books.debt)
    postings = [Posting(Address(Account.REDEEMED), Address(Account.DEBT), lowered)] if lowered else []
    if amount > lowered:
        version = programme.version(redemption.version)
        end_of_day = version.expiry.end_of_day if version.expiry else True
        expires_at = after_days(at, SECOND_LIFE_DAYS, programme.home.zone, end_of_day=end_of_day)
        lot = books.open_lot(redemption.source, programme.home.id, at, expires_at)
        postings.append(Posting(Address(Account.REDEEMED), Address(Account.AVAILABLE, lot.id), amount - lowered))
    return postings


def make_good(books: Books, redemption: Redemption, at: datetime) -> None:
    """Points given back were not spent after all: undo what clamp forgave since they were requested, up to them."""
    left = redemption.cost
    sources = sorted(books.given.items(), key=lambda entry: (entry[1].moment or at, entry[0]))
    for source, given in sources:
        amount = min(left, given.forgiven_since(redemption.requested_number, redemption.requested_at))
        if amount:
            books.post(
                Reason.MAKE_GOOD, source, at, [Posting(Address(Account.DEBT), Address(Account.FORGIVEN), amount)]
            )
            given.unforgive(amount)
            left -= amount


def capture(books: Books, redemption: Redemption, at: datetime) -> None:
    """The code was used: held points are redeemed; points given back before are drawn again, if need be from debt."""
    shop = redemption.use.shop if redemption.use else None
    spent = Address(Account.DONATED if redemption.cause is not None else Account.REDEEMED)
    if redemption.state is RedemptionState.HELD:
        postings = [Posting(Address(Account.HELD, part.lot), spent, part.amount) for part in redemption.parts]
    else:
        parts = draw(books.drawable(Account.AVAILABLE), Account.AVAILABLE, redemption.cost)
        postings = [
            Posting(Address(Account.AVAILABLE, part.lot), Address(Account.REDEEMED), part.amount) for part in parts
        ]
        missing = redemption.cost - sum(part.amount for part in parts)
        if missing:
            parts.append(Part(None, missing))
            postings.append(Posting(Address(Account.DEBT), Address(Account.REDEEMED), missing))
        redemption.parts = parts
    if postings:
        books.post(Reason.USE, redemption.source, at, postings, shop)
    redemption.state, redemption.stage = RedemptionState.REDEEMED, Stage.USED


def _fate(order: Order | None) -> Fate:
    if order is None or (order.cancelled_at is None and not goods_all_refunded(order)):
        return Fate.LIVE
    return Fate.DEAD


def _names(order: Order, code: str) -> bool:
    return any(use.code.casefold() == code.casefold() for use in order.codes)


def settle_redemptions(
    books: Books, orders: Sequence[MemberOrder], elsewhere: Sequence[MemberOrder], programme: Programme, at: datetime
) -> None:
    """Bring every redemption where the facts say it is, in the order of the requests.

    ``orders`` are the member's; ``elsewhere`` holds orders that used a code and are another member's now.
    """
    snapshots = {(entry.shop, entry.order.id): entry.order for entry in (*elsewhere, *orders)}
    for redemption in books.redemptions:
        redemption.use = _use_of(redemption, orders, snapshots)
        if redemption.use is None:
            continue
        fate = _fate(snapshots.get((redemption.use.shop, redemption.use.order)))
        returns = programme.version(redemption.version).after_use is AfterUse.RETURN
        if fate is Fate.DEAD and returns:
            if redemption.state is not RedemptionState.GIVEN_BACK and redemption.code_gone:
                give_back(books, redemption, programme, at, Stage.RETURNED)
            elif not redemption.code_gone:
                books.to_disable.add(redemption.id)
        elif redemption.state is not RedemptionState.REDEEMED:
            capture(books, redemption, at)


def _use_of(
    redemption: Redemption, orders: Sequence[MemberOrder], snapshots: Mapping[tuple[str, str], Order]
) -> Use | None:
    """Return which order used the code: the first by place that is alive, if none the first.

    Once used it stays used.
    """
    uses = {
        (entry.shop, entry.order.id): Use(entry.shop, entry.order.id, entry.order.paid_at)
        for entry in orders
        if entry.order.paid_at is not None and _names(entry.order, redemption.code)
    }
    if redemption.use is not None:
        uses.setdefault((redemption.use.shop, redemption.use.order), redemption.use)
    if not uses:
        return None
    placed = sorted(uses.values(), key=lambda use: (use.paid_at, use.order, use.shop))
    alive = [use for use in placed if _fate(snapshots.get((use.shop, use.order))) is Fate.LIVE]
    return (alive or placed)[0]

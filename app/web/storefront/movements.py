"""History in the words of the contract: why points came or went, told by what stands behind each movement."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, cast

from app.db.origins import Behind
from app.db.places import Place
from app.db.spending import Movement
from app.db.storefront import Portion
from app.loyalty.base import earning_base
from app.loyalty.facts import Order
from app.loyalty.ledger.books import Stage
from app.loyalty.ledger.postings import Account, Reason, Source
from app.loyalty.members.budgets import BUDGET_USED_UP
from app.loyalty.terms.programme import Version
from app.web.storefront import offer, shapes, texts

Moved = Literal["earned", "taken_back", "spent", "given_back", "expired", "adjusted"]
Cause = Literal["refund", "edit", "cancellation", "shopper", "unused", "failed", "withdrawn"]

_MOVED: Final[Mapping[Reason, Moved]] = {
    Reason.TAKE_BACK: "taken_back",
    Reason.EXPIRE: "expired",
    Reason.ERASE: "expired",
    Reason.HOLD: "spent",
    Reason.USE: "spent",
    Reason.GIVE_BACK: "given_back",
    Reason.ADJUST: "adjusted",
    Reason.UNMERGE: "adjusted",
}
"""Every other movement gives points (award, release, import) or takes them back (what was forgiven after all)."""
_SOURCES: Final[Mapping[str, str]] = {"adjust": "adjustment"}
_ENDS: Final[Mapping[Stage, Cause]] = {
    Stage.RETURNED: "shopper",
    Stage.RETURNING: "shopper",
    Stage.EXPIRED: "unused",
    Stage.FAILED: "failed",
}
_NOTE_MAX: Final = 400


def entry(place: Place, versions: Mapping[int, Version], friends: Collection[str], movement: Movement) -> shapes.Entry:
    """Return one movement as shoppers see it."""
    behind, moved = movement.behind, _MOVED.get(movement.reason) or ("earned" if movement.change > 0 else "taken_back")
    source = "expiry" if moved == "expired" else kind(movement.source, friends)
    shown = shapes.Entry(
        id=str(movement.number),
        at=movement.at,
        movement=moved,
        source=source,
        points=movement.change,
        balance_after=movement.balance_after,
        order=_order_ref(movement.source, behind),
        cause=_cause(moved, source, behind),
    )
    version = versions.get(behind.redemption.version) if behind.redemption else None
    reward = version.reward(behind.redemption.reward) if version and behind.redemption else None
    if reward is not None:
        shown.deal, shown.name = offer.deal(reward.gives), texts.local(place, reward.name)
    if moved == "expired" and behind.settlement is not None:
        shown.earned_at = behind.settlement.moment
    if behind.request is not None and behind.request.note:
        shown.text = behind.request.note[:_NOTE_MAX]
    if source == "order" and behind.order is not None:
        _explain_order(shown, behind, versions, movement, place.decimals)
        if shown.movement == "earned" and behind.settlement is not None:
            shown.short = _short(behind.settlement.breakdown)
    return shown


def _short(breakdown: Iterable[Mapping[str, Any]]) -> shapes.Short | None:
    """Return by how much campaigns fell short because their budgets were used up."""
    cut = [part["wanted"] - part["granted"] for part in breakdown if part.get("reason") == BUDGET_USED_UP]
    return shapes.Short(reason="BUDGET_USED_UP", points=sum(cut)) if cut else None


def kind(source: Source, friends: Collection[str]) -> str:
    """Return what a movement hangs on, in the contract's words."""
    name, _, rest = source.name.partition(":")
    if name == "referral" and rest in friends:
        return "friend"
    return _SOURCES.get(name, name)


def _order_ref(source: Source, behind: Behind) -> shapes.OrderRef | None:
    if not source.name.startswith("order:") or behind.order is None:
        return None
    return shapes.OrderRef(id=behind.order.id, name=behind.order.name or behind.order.id, url=None)


def _cause(moved: Moved, source: str, behind: Behind) -> Cause | None:
    if moved == "taken_back":
        if source == "review":
            return "withdrawn"
        return _order_cause(behind.order) if source == "order" and behind.order else None
    if moved == "given_back" and behind.redemption is not None:
        used = behind.redemption.use_order is not None and behind.order is not None
        return _order_cause(behind.order) if used and behind.order else _ENDS.get(Stage(behind.redemption.stage))
    return None


def _order_cause(order: Order) -> Cause:
    if order.cancelled_at is not None:
        return "cancellation"
    return "refund" if order.refunds else "edit"


def _explain_order(
    shown: shapes.Entry, behind: Behind, versions: Mapping[int, Version], movement: Movement, decimals: int
) -> None:
    """Add the money that counted and the rate, where both are beyond doubt: one rule, and amounts that fit."""
    order, settled = behind.order, behind.settlement
    if order is None or order.paid_at is None or settled is None or settled.version is None:
        return
    version = versions.get(settled.version)
    rules = [part for part in settled.breakdown if part.get("rule") == "amount"]
    if version is None or len(rules) != 1:
        return
    base = version.base
    first = earning_base(order, order.paid_at, tax=base.tax, shipping=base.shipping).total_minor
    then = earning_base(order, max(order.paid_at, movement.at), tax=base.tax, shipping=base.shipping).total_minor
    if shown.movement == "earned":
        # A refund from before may have come after the award: then the award was for the money without it.
        fitting = [minor for minor in (then, first) if _adds_up(rules[0], minor, movement.change, decimals)]
        if fitting:
            shown.base_minor, shown.rate = fitting[0], _rate(rules[0])
    elif shown.movement == "taken_back" and len(order.refunds) + (order.cancelled_at is not None) == 1:
        shown.base_minor = first - then


def _adds_up(part: Mapping[str, Any], base_minor: int, change: int, decimals: int) -> bool:
    """Say whether a rule's rate makes this change of this money, up to the rounding."""
    times, by = cast("list[int]", part["multiplier"])
    whole = int(part["per_minor"]) * by
    exact = Decimal(str(part["points"])).scaleb(decimals) * times * base_minor
    return abs(exact - change * whole) < whole


def _rate(part: Mapping[str, Any]) -> shapes.Rate:
    """Return the rate with the tier's multiplier in it, to four decimals."""
    times, by = cast("list[int]", part["multiplier"])
    points = (Decimal(str(part["points"])) * times / by).quantize(Decimal("0.0001"))
    return shapes.Rate(points=texts.plain(points), per_minor=int(part["per_minor"]))


def coming(portions: Iterable[Portion], friends: Collection[str], orders: Mapping[str, Order]) -> list[shapes.Coming]:
    """Return what is on its way, soonest first."""
    waiting = sorted(
        (portion.release_at, portion.source or "", portion.amount)
        for portion in portions
        if portion.account is Account.PENDING and portion.release_at is not None
    )
    found = []
    for at, text, amount in waiting:
        order = orders.get(text)
        ref = shapes.OrderRef(id=order.id, name=order.name or order.id, url=None) if order else None
        found.append(shapes.Coming(points=amount, at=at, source=kind(Source.parse(text), friends), order=ref))
    return found

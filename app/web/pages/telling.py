"""A movement of points told in a sentence: what happened, when, by which rule, and how many points it was about."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from app.db.people import NOBODY, Person
from app.db.timeline import Entry
from app.loyalty.facts import Order
from app.loyalty.ledger.books import Stage
from app.loyalty.ledger.postings import Reason
from app.loyalty.money import Rounding
from app.web.pages.desk import Desk
from app.web.pages.people import name

_LATE: Final = timedelta(days=1)
_ICONS: Final = {
    "order": "bag", "review": "star", "sign_up": "user", "referral": "invite", "tier": "tier", "redemption": "tag",
    "adjust": "pen", "import": "upload", "survey": "list", "profile": "user", "birthday": "gift",
}  # fmt: skip
_OWN_EVENTS: Final = {"question": "survey", "profile": "profile"}
"""What the ids of events begin with that are answers, and how a timeline calls them."""
_BY_REASON: Final = {
    Reason.TAKE_BACK: "undo", Reason.GIVE_BACK: "undo", Reason.EXPIRE: "hour", Reason.RELEASE: "check",
    Reason.PAY_DEBT: "check", Reason.MAKE_GOOD: "undo", Reason.MERGE: "user",
    Reason.UNMERGE: "user", Reason.MOVE: "user", Reason.ERASE: "hour",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a timeline. ``came`` marks points that came; ``key`` is the request's own where it can be reversed."""

    entry: Entry
    icon: str
    title: Markup
    details: Markup
    came: bool
    key: str | None = None


def kind_of(entry: Entry) -> str:
    """Return what kind of thing the points come from: order, review, redemption and so on.

    An event of our own is what it is: the answer to a survey, or to a question about the member.
    """
    kind, _, named = entry.source.name.partition(":")
    return _OWN_EVENTS.get(named.partition(":")[0], kind) if kind == "event" else kind


def tell(desk: Desk, entry: Entry, names: dict[UUID, Person]) -> Told:
    """Return a movement in words. ``names`` knows the people of referrals."""
    kind = kind_of(entry)
    icon = _BY_REASON.get(entry.reason, _ICONS.get(kind, "info")) if entry.reason else _ICONS.get(kind, "info")
    request = entry.behind.request
    key = request.key if request is not None and request.kind == "adjust" else None
    return Told(entry, icon, _title(desk, entry, kind, names), _details(desk, entry, kind), entry.change > 0, key)


# -- what happened -----------------------------------------------------------------------------------------------------


def _title(desk: Desk, entry: Entry, kind: str, names: dict[UUID, Person]) -> Markup:
    message = _message(entry, kind)
    if not desk.words.has(message):
        message = f"{message.rpartition('.')[0]}.other"
    return desk.words(message, **_values(desk, entry, kind, names))


def _message(entry: Entry, kind: str) -> str:
    """Return the id of the sentence for a movement."""
    reason = entry.reason
    if reason is None:
        return f"told.nothing.{kind}"
    if reason is Reason.AWARD:
        return f"told.award.{kind}"
    if reason is Reason.TAKE_BACK:
        return f"told.take_back.{_why_less(entry)}" if kind == "order" else f"told.take_back.{kind}"
    if reason is Reason.GIVE_BACK:
        stage = entry.behind.redemption.stage if entry.behind.redemption is not None else Stage.RETURNED.value
        return f"told.give_back.{stage if stage in {Stage.EXPIRED, Stage.FAILED} else 'returned'}"
    return f"told.{reason.value}"


def _why_less(entry: Entry) -> str:
    """Return why points of an order were taken back: by what the order says of the time they were."""
    order = entry.behind.order
    if order is not None and order.cancelled_at is not None and order.cancelled_at <= entry.at:
        return "cancelled"
    if order is not None and any(refund.at <= entry.at for refund in order.refunds):
        return "refund"
    return "changed"


def _values(desk: Desk, entry: Entry, kind: str, names: dict[UUID, Person]) -> dict[str, Any]:
    words, behind = desk.words, entry.behind
    what = entry.source.name.partition(":")[2]
    values: dict[str, Any] = {
        "points": words.points(abs(entry.change or entry.moved)),
        "source": _source(desk, entry, kind),
    }
    if kind == "order":
        values["order"] = order_link(behind.order, entry.source.shop, what)
    if kind == "tier":
        values["tier"] = desk.level(what.split(":")[1] if ":" in what else what) or what
    if kind == "redemption" and behind.redemption is not None:
        values["reward"] = desk.reward_of(behind.redemption.version, behind.redemption.reward)
        values["order"] = _used_on(entry)
    if kind == "redemption" and behind.redemption is None:
        values |= {"reward": what, "order": "–"}
    if kind == "referral":
        referral = behind.referral
        friend = referral.friend_id if referral is not None else None
        values["friend"] = who(desk, friend, names) if friend is not None else desk.words("someone")
        if referral is not None and friend == entry.member_id:
            values["friend"] = who(desk, referral.advocate_id, names)
    values["actor"] = actor(desk, behind.request.actor) if behind.request is not None else "–"
    return values


def _source(desk: Desk, entry: Entry, kind: str) -> Markup:
    """Return the thing itself: “order #1001”, “a review”."""
    what = entry.source.name.partition(":")[2]
    if kind == "order":
        return desk.words("source.order", order=order_link(entry.behind.order, entry.source.shop, what))
    message = f"source.{kind}"
    return desk.words(message if desk.words.has(message) else "source.other")


def order_link(order: Order | None, shop: str, order_id: str) -> Markup:
    """Return an order's number, leading to why it earned what it did."""
    return named_order(order.name if order is not None else "", shop, order_id)


def named_order(name: str, shop: str, order_id: str) -> Markup:
    """Return an order's number (its id where it has none), leading to why it earned what it did."""
    return Markup('<a href="{}">{}</a>').format(url_for("pages.orders", shop=shop, order=order_id), name or order_id)


def _used_on(entry: Entry) -> Markup:
    redemption = entry.behind.redemption
    if redemption is None or redemption.use_order is None:
        return Markup("–")
    return order_link(entry.behind.order, str(redemption.use_shop_id), redemption.use_order)


def who(desk: Desk, member_id: UUID, names: dict[UUID, Person]) -> Markup:
    """Return a member's name, leading to their page."""
    return Markup('<a href="{}">{}</a>').format(
        url_for("pages.member", member_id=member_id), name(desk.words, names.get(member_id, NOBODY))
    )


def actor(desk: Desk, said: str) -> Markup:
    """Return who did something by hand."""
    platform, colon, number = said.partition(":")
    if platform == "shopify" and colon:
        return desk.words("actor.shopify", number=number)
    return desk.words(f"actor.{said}") if said in {"operator", "kizuna"} else Markup.escape(said)


# -- when, by which rule, until when -----------------------------------------------------------------------------------


def _details(desk: Desk, entry: Entry, kind: str) -> Markup:
    words, now = desk.words, desk.scope.now
    parts = [words.moment(entry.happened_at, now)]
    if entry.reason in {Reason.AWARD, None} and entry.recorded_at - entry.happened_at > _LATE:
        parts.append(words("detail.arrived", moment=words.moment(entry.recorded_at, now)))
    settled, request = entry.behind.settlement, entry.behind.request
    if entry.reason is None and settled is not None and settled.reason:
        parts.append(reason(desk, settled.reason))
    if entry.reason is Reason.AWARD:
        parts += _award(desk, entry)
    if request is not None and request.note:
        parts.append(words("detail.note", note=request.note))
    if kind == "redemption" and entry.behind.redemption is not None and entry.reason is Reason.HOLD:
        parts.append(words("detail.code", code=entry.behind.redemption.code))
    if entry.reason in {Reason.AWARD, None} and settled is not None and settled.version is not None:
        parts.append(words("detail.version", version=settled.version))
    return words.notes(parts)


def _award(desk: Desk, entry: Entry) -> list[Markup]:
    words, now = desk.words, desk.scope.now
    settled, lot = entry.behind.settlement, entry.behind.lot
    parts = []
    # The settlement tells the latest judgement: its numbers explain this award only while they lead to it.
    if settled is not None and settled.due == entry.change:
        parts += [sum_of(desk, part) for part in settled.breakdown if part.get("rule") == "amount"]
    if lot is not None and lot.release_at > now:
        parts.append(words("detail.on_the_way", day=words.day(lot.release_at, now)))
    return parts


def sum_of(desk: Desk, part: dict[str, Any]) -> Markup:
    """Return the sum of a rule per amount: “$31.50 at 4 per $1, times 1.25”."""
    words = desk.words
    up, down = part["multiplier"]
    values = {
        "money": words.money(part["base_minor"]),
        "points": words.number(Decimal(part["points"])),
        "per": words.price(part["per_minor"]),
    }
    if up == down:
        return words("detail.sum", **values)
    return words("detail.sum_times", times=times(desk, up, down), **values)


def times(desk: Desk, up: int, down: int) -> str:
    """Return a ratio as a decimal number where it is one, else as a fraction."""
    ratio = Decimal(up) / Decimal(down)
    exact = ratio.quantize(Decimal("0.0001"))
    return desk.words.number(exact.normalize()) if exact * down == up else f"{up}/{down}"


def reason(desk: Desk, code: str) -> Markup:
    """Return why nothing was due, in a sentence; a code nobody worded stands for itself."""
    message = f"reason.{code}"
    return desk.words(message) if desk.words.has(message) else desk.words("reason.other", code=code)


def rounding(desk: Desk, code: str) -> Markup:
    """Return how a sum was rounded."""
    return desk.words("rounding.floor" if code == Rounding.FLOOR.value else "rounding.half_up")

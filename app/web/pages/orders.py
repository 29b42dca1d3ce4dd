"""Why an order earned what it did, or nothing: from its number to the rules, the sums and what was posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions.ask_again import ask_again
from app.db.explanation import Arrivals, Explanation, arrivals, explain, find_orders, get_order
from app.db.tables import OrderRow
from app.loyalty.members.budgets import BUDGET_USED_UP
from app.web.house import house
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, reading_desk, working_desk
from app.web.pages.people import letters, name
from app.web.pages.telling import Told, reason, rounding, tell, times
from app.web.policy import ShopFrom, Who, policy

_NUMBER_MAX = 100
_EXACT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Sum:
    """One rule's sum in words: the rule, the sum itself, how it was rounded, what came out."""

    rule: Markup
    sum: Markup
    rounding: Markup
    points: Markup


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one order. ``next`` says what can be done, ``customer`` is mere text to be sent on."""

    found: Explanation
    tone: str
    headline: Markup
    next: Markup
    version: Markup
    facts: Sequence[tuple[Markup, Markup | str]]
    counting: Sequence[tuple[Markup, str]]
    sums: Sequence[Sum]
    used: Sequence[Markup]
    told: Sequence[Told]
    untold: Sequence[Markup]
    customer: str
    called: Markup


@pages.post("/orders/recheck")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def recheck() -> Response:
    """Ask the shop what it says of an order now."""
    with working_desk() as desk:
        row = _one(desk, request.form)
        if row is None or row.shop_id not in {shop.shop_id for shop in desk.shops if shop.state == "connected"}:
            abort(404)
        ask_again(desk.scope, row.shop_id, row.order_id, actor=desk.seat.actor)
    house().works.bell.ring("outbox", row.programme_id, row.shop_id)
    return redirect(url_for("pages.orders", shop=row.shop_id, order=row.order_id, asked=1), 303)


@pages.get("/orders")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def orders() -> str:
    """Answer for an order number, or for one order of a shop."""
    number = clean(request.args.get("number"), _NUMBER_MAX)
    with reading_desk() as desk:
        rows = _find(desk, number)
        answers = [_answer(desk, explain(desk.scope, row)) for row in rows]
        if rows and not number:
            number = rows[0].name or rows[0].order_id
        unknown = arrivals(desk.scope) if number and not rows else None
        return show(
            desk,
            "orders.html",
            here="pages.orders",
            title=str(desk.words("place.orders")),
            number=number,
            answers=answers,
            unknown=unknown,
            missing=_missing(desk, unknown) if unknown is not None else [],
            letters=letters,
            asked=request.args.get("asked") == "1",
        )


def _find(desk: Desk, number: str) -> list[OrderRow]:
    if number:
        return find_orders(desk.scope, number)
    row = _one(desk, request.args)
    return [row] if row is not None else []


def _one(desk: Desk, named: Mapping[str, str]) -> OrderRow | None:
    """Return the order that a shop's id and its own name."""
    try:
        shop_id = UUID(named.get("shop", ""))
    except ValueError:
        return None
    return get_order(desk.scope, shop_id, clean(named.get("order"), _NUMBER_MAX))


def _missing(desk: Desk, unknown: Arrivals) -> list[tuple[Markup, Markup]]:
    """Return what may be behind an order nobody knows, the likeliest first, each with what to do."""
    words, now = desk.words, desk.scope.now
    told = []
    if unknown.waiting:
        told.append((words("missing.waiting", n=unknown.waiting), words("missing.waiting.next")))
    if unknown.quarantined:
        told.append((words("missing.quarantined", n=unknown.quarantined), words("missing.quarantined.next")))
    for code, number in sorted(unknown.left_aside.items()):
        told.append((words(f"missing.{code}", n=number), words(f"missing.{code}.next")))
    for shop in unknown.shops:
        if shop.state != "connected":
            told.append((words("missing.disconnected", shop=shop.name), words("missing.disconnected.next")))
        elif shop.last_event_at is None:
            told.append((words("missing.silent", shop=shop.name), words("missing.silent.next")))
        else:
            ago = words.ago(shop.last_event_at, now)
            told.append((words("missing.heard", shop=shop.name, ago=ago), words("missing.heard.next")))
    return told


# -- the answer --------------------------------------------------------------------------------------------------------


def _answer(desk: Desk, found: Explanation) -> Answer:
    code = _code(found)
    order = found.order.name or found.order.id
    words, settled = desk.words, found.settlement
    posted = settled.posted if settled is not None else 0
    if code is None:
        headline = words("why.earned", order=order, points=words.points(posted))
        following = words.sentences(_when(desk, found))
    else:
        headline = words("why.nothing", order=order, why=reason(desk, code))
        following = words(f"next.{code}") if words.has(f"next.{code}") else words("next.other")
    breakdown = settled.breakdown if settled is not None else ()
    sums = [_sum(desk, part) for part in breakdown if part["rule"] == "amount"]
    sums += [_campaign(desk, found, part) for part in breakdown if part["rule"] == "campaign"]
    of_budgets = [part for part in breakdown if part["rule"] == "budget"]
    sums += [_of_budget(desk, part, words("why.budget", name=part["of"])) for part in of_budgets]
    return Answer(
        found,
        "good" if code is None else "warn",
        headline,
        following,
        _version(desk, found),
        _facts(desk, found),
        _counting(desk, found),
        sums,
        [_used(desk, found, index) for index in range(len(found.codes))],
        [tell(desk, entry, {}) for entry in reversed(found.entries)],
        [words(f"untold.{one.matter.value}{'' if one.asked else '.failed'}") for one in found.untold],
        _customer(desk, found, code, sums),
        name(words, found.person),
    )


def _code(found: Explanation) -> str | None:
    """Return why nothing is due, None where the order earned something."""
    settled = found.settlement
    if settled is None:
        if found.order.cancelled_at is not None:
            return "CANCELLED"
        return "NOT_PAID" if found.order.paid_at is None else "NOT_JUDGED"
    return settled.reason or (None if settled.due else "NOTHING_DUE")


def _when(desk: Desk, found: Explanation) -> list[Markup]:
    """Return when the points can be used, or since when."""
    words, now = desk.words, desk.scope.now
    if found.member is not None and found.member.provisional:
        return [words("why.guest"), words("why.guest.next")]
    if not found.lots:
        return [words("why.to_debt")]
    lot = found.lots[0]
    key = "why.on_the_way" if lot.release_at > now else "why.available"
    parts = [words(key, day=words.on(lot.release_at))]
    if lot.expires_at is not None:
        parts.append(words("why.expires" if lot.expires_at > now else "why.expired", day=words.on(lot.expires_at)))
    return parts


def _version(desk: Desk, found: Explanation) -> Markup:
    version, words = found.version, desk.words
    if version is None:
        return words("why.no_version")
    return words("why.version", version=version.number, day=words.on(version.starts_at))


def _facts(desk: Desk, found: Explanation) -> list[tuple[Markup, Markup | str]]:
    words, order, settled = desk.words, found.order, found.settlement
    facts: list[tuple[Markup, Markup | str]] = [
        (words("fact.shop"), found.shop.name),
        (words("fact.placed"), words.moment(order.placed_at)),
        (words("fact.paid"), words.moment(order.paid_at) if order.paid_at else words("fact.not_paid")),
    ]
    if order.cancelled_at is not None:
        facts.append((words("fact.cancelled"), words.moment(order.cancelled_at)))
    facts += [(words("fact.refund"), words.moment(refund.at)) for refund in order.refunds]
    if settled is not None and settled.tier is not None:
        facts.append((words("fact.tier"), desk.level(settled.tier) or settled.tier))
    if found.version is not None and found.version.pending_days:
        facts.append((words("fact.waits"), words("days", n=found.version.pending_days)))
    facts.append((words("fact.updated"), words.moment(order.updated_at)))
    return facts


def _counting(desk: Desk, found: Explanation) -> list[tuple[Markup, str]]:
    words, sums, currency = desk.words, found.counting, found.order.currency
    rows = [
        ("count.goods", sums.goods),
        ("count.discounts", -sums.discounts),
        ("count.refunded", -sums.refunded),
        ("count.cancelled", -sums.cancelled),
        ("count.tax", sums.tax),
        ("count.shipping", sums.shipping),
    ]
    return [(words(label), words.money(amount, currency)) for label, amount in rows if amount or label == "count.goods"]


def _sum(desk: Desk, part: dict[str, Any]) -> Sum:
    words = desk.words
    up, down = part["multiplier"]
    for campaign in part.get("campaigns", ()):
        if campaign["everything"]:
            up, down = up * campaign["multiplier"][0], down * campaign["multiplier"][1]
    rate, per = Decimal(part["points"]), part["per_minor"]
    exact = part["base_minor"] * rate * up / (per * down)
    shown = exact.quantize(_EXACT).normalize()
    values = {
        "money": words.money(part["base_minor"]),
        "points": words.number(rate),
        "per": words.price(per),
        "times": times(desk, up, down),
        "exact": words.number(shown if shown != shown.to_integral_value() else Decimal(int(shown))),
    }
    return Sum(
        words("why.rule", points=words.number(rate), per=words.price(per)),
        words("why.sum" if up == down else "why.sum_times", **values),
        rounding(desk, part["rounding"]),
        words.points(part["amount"]),
    )


def _campaign(desk: Desk, found: Explanation, part: dict[str, Any]) -> Sum:
    """Return what a campaign with a budget added, as part of the sums above it, and whether its budget was used up."""
    campaigns = found.version.campaigns if found.version is not None else ()
    called = next((each.name for each in campaigns if each.id == part["campaign"]), "") or part["campaign"]
    return _of_budget(desk, part, desk.words("campaign", name=called))


def _of_budget(desk: Desk, part: dict[str, Any], title: Markup) -> Sum:
    words = desk.words
    values = {name: words.points(part[name]) for name in ("wanted", "granted", "budget")}
    message = "why.campaign.cut" if part.get("reason") == BUDGET_USED_UP else "why.campaign.full"
    return Sum(title, words(message, **values), words("why.campaign.in_it"), values["granted"])


def _used(desk: Desk, found: Explanation, index: int) -> Markup:
    row = found.codes[index]
    gift = desk.reward_of(row.version, row.reward)
    return desk.words("why.used", code=row.code, reward=gift, points=desk.words.points(row.cost))


def _customer(desk: Desk, found: Explanation, code: str | None, sums: Sequence[Sum]) -> str:
    """Return the answer as it can be sent to the customer: mere text."""
    words, order = desk.words, found.order.name or found.order.id
    settled = found.settlement
    if code is None and settled is not None:
        parts = [words.plain("customer.earned", order=order, points=words.points(settled.posted))]
        parts += [one.sum.striptags() for one in sums]
        parts += [part.striptags() for part in _when(desk, found)]
        said = words.sentences(parts).unescape()
    else:
        message = f"customer.{code}"
        said = words.plain(message if words.has(message) else "customer.other", order=order)
    return " ".join([said, *([words.plain("customer.untold")] if any(one.asked for one in found.untold) else [])])

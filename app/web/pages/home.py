"""The first page: is everything running, the figures of the last 30 days, what needs a person, what happened last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.db import service_cases, shops, tasks
from app.db.between_shops import owed_between, standings
from app.db.figures import PERIOD, Figures, Flow, figures
from app.db.overview import GRAVE, Health, Trouble, TroubleKind, health, troubles
from app.db.people import NOBODY, people
from app.db.tables import ShopRow
from app.db.timeline import newest
from app.loyalty.terms.rewards import need
from app.web.house import house
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, reading_desk
from app.web.pages.people import letters, name
from app.web.pages.telling import tell
from app.web.policy import ShopFrom, Who, policy
from app.web.shopify_app import admin_url

_NEWEST = 8
_WIDTH, _HEIGHT = 96, 28
_QUIET_REASON = "UNKNOWN_ORIGIN"


@pages.get("/")
@policy(who=Who.ANYONE, shop=ShopFrom.NONE)
def root() -> Response:
    """Lead to the first page."""
    return redirect(url_for("pages.home"), 303)


@pages.get("/home")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def home() -> str:
    """Show how the programme is doing."""
    with reading_desk() as desk:
        scope, words = desk.scope, desk.words
        state = health(scope.session, scope.programme_id, scope.now)
        found = troubles(state, scope.now)
        entries = newest(scope.session, scope.programme_id, _NEWEST)
        names = people(scope, {entry.member_id for entry in entries})
        happened = [
            (tell(desk, entry, names), entry.member_id, name(words, names.get(entry.member_id, NOBODY)))
            for entry in entries
        ]
        return show(
            desk,
            "home.html",
            here="pages.home",
            title=str(words("place.home")),
            health=state,
            verdict=_verdict(found),
            cards=_cards(desk, figures(scope.session, scope.programme_id, scope.now)),
            before=_before(desk),
            needs=[*(_need(desk, trouble) for trouble in found), *_permissions(desk), *_overdue(desk)],
            happened=happened,
            letters=letters,
            waiting=_waiting(state),
            between=_between(desk),
        )


def _verdict(found: Sequence[Trouble]) -> str:
    """Return how it is going in one word: good, warn or bad."""
    if any(trouble.kind in GRAVE for trouble in found):
        return "bad"
    return "warn" if found else "good"


def _waiting(state: Health) -> int:
    return state.waiting + sum(entry.unsent for entry in state.shops)


def _before(desk: Desk) -> Markup:
    """Return what the figures are compared with."""
    words, now = desk.words, desk.scope.now
    return words("figures.before", since=words.day(now - 2 * PERIOD, now), until=words.day(now - PERIOD, now))


# -- figures -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """One figure: its name, what it is, its change; ``line`` draws its course, ``parts`` what it is made of."""

    label: Markup
    value: str
    change: Markup
    address: str
    formula: Markup
    line: str = ""
    end: tuple[str, str] = ("", "")
    parts: Sequence[tuple[int, int]] = ()


def _cards(desk: Desk, found: Figures) -> list[Card]:
    words = desk.words
    out = found.outstanding
    worth = desk.worth(out.total)
    joined = words("figure.members.change", n=found.joined.now, before=found.joined.before)
    valued = (
        words("figure.outstanding.worth", money=words.money(worth)) if worth is not None else words("figure.no_worth")
    )
    best = desk.best_rate()
    formula = words("figure.outstanding.formula")
    if best is not None and worth is not None:
        formula = (
            formula + " " + words("figure.worth.formula", points=words.points(best.cost), gift=desk.gift(best.gives))
        )
    course = _course([found.members - sum(found.joined.steps[step:]) for step in range(1, 11)])
    return [
        Card(
            words("figure.members"), words.number(found.members), joined, url_for("pages.members"),
            words("figure.members.formula"), *course,
        ),
        Card(
            words("figure.outstanding"), words.amount(out.total), valued, url_for("pages.members"), formula,
            parts=_parts((out.available, out.pending, out.held)),
        ),
        _flow_card(desk, "given", found.given),
        _flow_card(desk, "redeemed", found.redeemed),
        _flow_card(desk, "expired", found.expired),
    ]  # fmt: skip


def _flow_card(desk: Desk, figure: str, flow: Flow) -> Card:
    words = desk.words
    more = flow.now - flow.before
    change = words(
        "figure.flow.change" if more else "figure.flow.same",
        change=words.amount(more, signed=True),
        before=words.amount(flow.before),
    )
    return Card(
        words(f"figure.{figure}"), words.amount(flow.now), change, url_for("pages.activity", kind=figure),
        words(f"figure.{figure}.formula"), *_course(list(flow.steps)),
    )  # fmt: skip


def _course(values: Sequence[int]) -> tuple[str, tuple[str, str]]:
    """Return the points of a small line and its end; a line that never moves lies at the foot."""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = (_WIDTH - 4) / (len(values) - 1)
    places = [
        (f"{2 + step * index:.1f}", f"{_HEIGHT - 3 - (_HEIGHT - 6) * (value - low) / spread:.1f}")
        for index, value in enumerate(values)
    ]
    return " ".join(",".join(place) for place in places), places[-1]


def _parts(amounts: Sequence[int]) -> list[tuple[int, int]]:
    """Return where each part of a bar begins and how wide it is."""
    total, begun, parts = sum(amounts), 0, []
    for amount in amounts:
        width = _WIDTH * amount // total if total else 0
        parts.append((begun, width))
        begun += width
    return parts


# -- what the shops of a group owe each other --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Debt:
    """``debtor`` owes ``creditor`` so much: the one issued the points, the other took them in."""

    debtor: str
    creditor: str
    text: Markup
    amount: str


@dataclass(frozen=True, slots=True)
class Between:
    """Who owes whom in a programme of several shops, and what comes of it for each: the sum is nothing."""

    debts: Sequence[Debt]
    sums: Sequence[tuple[str, str]]


def _between(desk: Desk) -> Between | None:
    """Return what the shops owe each other; None where a programme has one shop."""
    if len(desk.shops) < 2:  # noqa: PLR2004 - it takes two
        return None
    words = desk.words
    names = {shop.shop_id: shop.name for shop in desk.shops}
    owed = owed_between(desk.scope.session, desk.scope.programme_id)
    debts = []
    for entry in owed:
        issuer, spender = names[entry.issuer], names[entry.spender]
        debtor, creditor = (issuer, spender) if entry.amount > 0 else (spender, issuer)
        text = words("between.used", issuer=issuer, spender=spender)
        debts.append(Debt(debtor, creditor, text, words.amount(abs(entry.amount))))
    sums = [(names[shop_id], words.amount(total, signed=True)) for shop_id, total in standings(owed).items()]
    return Between(debts, sorted(sums))


# -- what needs a person -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do: ``link`` is (address, words) where a page helps with it; ``inside`` is one of ours."""

    icon: str
    tone: str
    title: Markup
    text: Markup
    link: tuple[str, Markup] | None = None
    inside: bool = False
    scopes: Sequence[str] = ()
    """What Shopify is to ask the merchant for; inside its admin the link does that where one is."""


def _permissions(desk: Desk) -> Iterator[Need]:
    """Return what the programme offers and a shop's owner has not allowed us to give there."""
    offered = {need(reward.gives) for reward in desk.version.rewards} if desk.version is not None else set()
    granted = shops.scopes(desk.scope.session, desk.scope.programme_id)
    for shop in desk.shops:
        platform = house().works.platforms.get(shop.platform)
        if platform is None or shop.state != "connected":
            continue
        for kind, wanted in platform.capabilities.permissions.items():
            if kind in offered and not set(wanted) <= granted.get(shop.shop_id, frozenset()):
                values = {"shop": shop.name, "gift": desk.words(f"need.permission.{kind.value}")}
                title, text = desk.words("need.permission", **values), desk.words("need.permission.text", **values)
                link = (connect_address(shop), desk.words("need.permission.allow"))
                yield Need("alert", "warn", title, text, link, scopes=wanted)


def _overdue(desk: Desk) -> Iterator[Need]:
    """Return what members wait for beyond its time; nothing of it says that anything is out of order."""
    words, scope = desk.words, desk.scope
    cases = service_cases.figures(scope, scope.now)
    late = (
        ("cases", cases.prompt.overdue, "pages.cases"),
        ("promises", cases.promises_due, "pages.cases"),
        ("tasks", tasks.figures(scope).overdue, "pages.tasks"),
    )
    for what, n, page in late:
        if n:
            title, text = words(f"overdue.{what}", n=n), words(f"overdue.{what}.text")
            yield Need("hour", "warn", title, text, (url_for(page), words("overdue.look")), inside=True)


_ICONS = {
    TroubleKind.INBOX_LATE: "hour",
    TroubleKind.OUTBOX_LATE: "hour",
    TroubleKind.RECONCILE_LATE: "clock",
    TroubleKind.AUDIT_LATE: "clock",
}


def _need(desk: Desk, trouble: Trouble) -> Need:
    words, kind, shop, heap = desk.words, trouble.kind, trouble.shop, trouble.heap
    values = {
        "n": trouble.count,
        "shop": shop.name if shop is not None else "",
        "since": words.moment(trouble.since, desk.scope.now) if trouble.since is not None else words("never"),
        "ago": words.ago(trouble.since, desk.scope.now) if trouble.since is not None else words("never"),
        "kind": _thing(desk, kind, heap.kind) if heap is not None else "",
        "why": _why(desk, heap.code) if heap is not None else "",
    }
    link = None
    if shop is not None and kind in {TroubleKind.REAUTHORIZE, TroubleKind.DISCONNECTED}:
        link = (connect_address(shop), words("need.connect"))
    return Need(
        _ICONS.get(kind, "alert"),
        "bad" if kind in GRAVE else "warn",
        words(f"need.{kind.value}", **values),
        words(_text(desk, trouble), **values),
        link,
    )


def _text(desk: Desk, trouble: Trouble) -> str:
    """Return the id of what is to be said and done about a trouble: of what was lost, by what it was."""
    told = f"need.{trouble.kind.value}.text"
    own = f"{told}.{trouble.heap.kind}" if trouble.heap is not None and trouble.kind is TroubleKind.LOST else told
    return own if desk.words.has(own) else told


def _thing(desk: Desk, kind: TroubleKind, thing: str) -> Markup:
    """Return what a heap is of: an effect in words, a delivery's topic as the platform calls it."""
    if kind is TroubleKind.LOST:
        return desk.words(f"effect.{thing}") if desk.words.has(f"effect.{thing}") else Markup.escape(thing)
    return Markup('<span class="code">{}</span>').format(thing)


def _why(desk: Desk, code: str) -> Markup:
    """Return a failure's reason in words, else as it was noted."""
    message = f"failure.{code}"
    return desk.words(message) if desk.words.has(message) else desk.words("failure.other", code=code or _QUIET_REASON)


def connect_address(shop: ShopRow) -> str:
    """Return where connecting a shop anew begins."""
    if shop.platform == "woocommerce":
        return f"/connect/woocommerce/begin?{urlencode({'store': f'https://{shop.domain}'})}"
    return admin_url(shop.domain)

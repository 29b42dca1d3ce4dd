"""One member: where the points lie, everything that happened, who it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.db.byhand import ByHand, by_hand
from app.db.portrait import Portrait, portrait
from app.db.tables import IdentityRow, RedemptionRow, ReferralRow
from app.db.timeline import of_member
from app.loyalty.ledger.books import Stage
from app.loyalty.terms.ladder import Entry, Ladder, Measure, WindowKind
from app.web.pages.adjusting import NOTE_MAX, blank
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, reading_desk
from app.web.pages.noting import NOTE_MAX as NOTING_MAX
from app.web.pages.noting import blank_note, noted
from app.web.pages.people import letters, name
from app.web.pages.profiling import told
from app.web.pages.telling import Told, named_order, reason, tell, who
from app.web.policy import ShopFrom, Who, policy

_PAGE = 50
_DIGITS_MAX = 18
_TONES = {Stage.ISSUED: "brand", Stage.USED: "good", Stage.FAILED: "bad"}


@pages.get("/members/<uuid:member_id>")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def member(member_id: UUID) -> str | Response:
    """Show a member of the programme; another programme's is nobody here."""
    everything = request.args.get("everything") == "1"
    before = _number(request.args.get("before", ""))
    with reading_desk() as desk:
        scope, words = desk.scope, desk.words
        found = portrait(scope, member_id)
        if found is None:
            abort(404)
        if found.member.merged_into is not None:
            return redirect(url_for("pages.member", member_id=found.member.merged_into), 303)
        page = of_member(
            scope.session, scope.programme_id, member_id, before=before, limit=_PAGE, everything=everything
        )
        made = by_hand(scope, member_id)
        called = name(words, found.person) if found.member.erased_at is None else words("forget.name")
        return show(
            desk,
            "member.html",
            here="pages.members",
            title=str(called),
            called=called,
            letters=letters,
            found=found,
            level=desk.level(found.member.tier),
            worth=desk.worth(found.available),
            progress=_progress(desk, found),
            codes=[_code(desk, row, found.orders) for row in found.codes],
            friends=[_friend(desk, found, row) for row in found.invited],
            invited_by=who(desk, found.invited_by.advocate_id, found.names) if found.invited_by else None,
            identities=[_identity(desk, row) for row in found.identities],
            months=_months(desk, [tell(desk, entry, found.names) for entry in page.entries]),
            made=made,
            done=_done(desk, made, request.args.get("done", "")),
            before=page.before,
            newest=before is None,
            everything=everything,
            profile=told(desk, member_id),
            form=blank(),
            note_max=NOTE_MAX,
            noted=noted(desk, member_id),
            note_form=blank_note(),
            note_most=NOTING_MAX,
        )


def _number(text: str) -> int | None:
    """Return a movement's number as an address names it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None


def _months(desk: Desk, told: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """Return the rows under the months they happened in."""
    groups = groupby(told, key=lambda one: desk.words.month(one.entry.happened_at))
    return [(month, list(rows)) for month, rows in groups]


def _done(desk: Desk, made: ByHand, key: str) -> Markup | None:
    """Return a sentence about the adjustment that was just made."""
    row = made.done(key)
    if row is None or row.amount is None:
        return None
    return desk.words("adjust.added" if row.amount > 0 else "adjust.taken", points=desk.words.points(abs(row.amount)))


# -- the tier ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is to the next level."""

    next: str
    have: str
    need: str
    missing: str
    value: int
    most: int
    window: Markup


def _progress(desk: Desk, found: Portrait) -> Progress | None:
    ladder = desk.version.tiers if desk.version is not None else None
    if ladder is None:
        return None
    higher = ladder.levels[ladder.position(found.member.tier) + 1 :]
    step = next((level for level in higher if level.entry is Entry.EARNED), None)
    if step is None:
        return None
    activity = found.member.activity
    return Progress(
        desk.level(step.id) or step.id,
        measured(desk, ladder, activity),
        measured(desk, ladder, step.threshold),
        measured(desk, ladder, max(0, step.threshold - activity)),
        min(activity, step.threshold),
        step.threshold,
        window(desk, ladder),
    )


def measured(desk: Desk, ladder: Ladder, activity: int, measure: Measure | None = None) -> str:
    """Return an amount of what a ladder measures, or of another measure."""
    measure = measure or ladder.measure
    if measure is Measure.SPEND:
        return desk.words.price(activity)
    if measure is Measure.POINTS:
        return str(desk.words.points(activity))
    return str(desk.words("orders.count", n=activity))


def window(desk: Desk, ladder: Ladder) -> Markup:
    """Return the period a ladder looks at."""
    if ladder.window.kind is WindowKind.ROLLING_MONTHS:
        return desk.words("window.rolling_months", n=ladder.window.months)
    return desk.words(f"window.{ladder.window.kind.value}")


# -- codes, friends, names at the shops --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a small list: what, more about it, and how it stands."""

    title: Markup
    text: Markup
    chip: Markup
    tone: str = ""
    letters: str = ""


def _code(desk: Desk, row: RedemptionRow, orders: Mapping[tuple[UUID, str], str]) -> Row:
    words, now = desk.words, desk.scope.now
    text = words("code.asked", code=row.code, moment=words.moment(row.requested_at, now))
    if row.use_order is not None and row.use_shop_id is not None:
        called = orders.get((row.use_shop_id, row.use_order), "")
        order = named_order(called, str(row.use_shop_id), row.use_order)
        text = words("code.used", code=row.code, order=order)
    elif row.stage == Stage.ISSUED.value and row.ends_at is not None:
        text = words("code.until", code=row.code, day=words.day(row.ends_at, now))
    tone = _TONES.get(Stage(row.stage), "")
    return Row(desk.reward_of(row.version, row.reward), text, words(f"code.stage.{row.stage}"), tone)


def _friend(desk: Desk, found: Portrait, row: ReferralRow) -> Row:
    words = desk.words
    outcome = row.outcome or {}
    person = found.names.get(row.friend_id) if row.friend_id is not None else None
    called = who(desk, row.friend_id, found.names) if row.friend_id is not None else words("someone")
    text = words("friend.invited", moment=words.moment(row.at, desk.scope.now))
    if outcome.get("due"):
        points = words.amount(int(outcome["advocate_points"]), signed=True)
        return Row(called, text, words("friend.due", points=points), "good", letters(person.name if person else None))
    why = reason(desk, outcome["reason"]) if outcome.get("reason") else words("friend.waiting")
    return Row(called, words.notes([text, why]), words("friend.open"), "", letters(person.name if person else None))


def _identity(desk: Desk, row: IdentityRow) -> Row:
    words = desk.words
    shop = desk.shop(row.shop_id)
    guest = row.customer_id.startswith("guest:")
    text = words("identity.guest") if guest else words("identity.customer", number=row.customer_id)
    return Row(Markup.escape(shop.name if shop is not None else "–"), text, Markup())

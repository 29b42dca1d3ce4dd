"""Privacy: what is kept about a member as a file, forgetting a member, and duties that platforms laid on us."""

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import Response as FlaskResponse
from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions.erase_member import erase_member
from app.actions.hand_over import hand_over
from app.db import members, privacy
from app.db.dossier import dossier
from app.db.people import NOBODY, people
from app.db.portrait import portrait
from app.db.privacy import TERM, State
from app.db.tables import PrivacyRow
from app.loyalty.errors import UnknownMemberError
from app.loyalty.facts import Duty
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, reading_desk, working_desk
from app.web.pages.people import name
from app.web.policy import ShopFrom, Who, policy

WHY_MAX: Final = 200


@pages.get("/members/<uuid:member_id>/kept.json")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def kept(member_id: UUID) -> FlaskResponse:
    """Download everything that is kept about a member; it is never cached."""
    with reading_desk() as desk:
        found = dossier(desk.scope, member_id)
    if found is None:
        abort(404)
    answer = FlaskResponse(json.dumps(found, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="member-{member_id}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/members/<uuid:member_id>/forget")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def forgetting(member_id: UUID) -> str:
    """Ask whether a member is to be forgotten, saying what that means."""
    with reading_desk() as desk:
        return _ask(desk, member_id)


@pages.post("/members/<uuid:member_id>/forget")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def forget(member_id: UUID) -> str | Response | tuple[str, int]:
    """Forget a member for good."""
    why = clean(" ".join(request.form.get("why", "").split()), WHY_MAX)
    if not why or request.form.get("sure") != "1":
        with reading_desk() as desk:
            field = "why" if not why else "sure"
            return _ask(desk, member_id, why=why, error=desk.words(f"forget.error.{field}"), field=field), 422
    try:
        with working_desk() as desk:
            erase_member(desk.scope, member_id, actor=desk.seat.actor, why=why)
            stands = members.standing(desk.scope, [member_id])[member_id]
    except UnknownMemberError:
        abort(404)
    return redirect(url_for("pages.member", member_id=stands), 303)


def _ask(desk: Desk, member_id: UUID, *, why: str = "", error: Markup | None = None, field: str = "") -> str:
    found = portrait(desk.scope, member_id)
    if found is None or found.member.is_gone:
        abort(404)
    return show(
        desk,
        "forget.html",
        here="pages.members",
        title=str(desk.words("forget.title")),
        member_id=member_id,
        called=name(desk.words, found.person),
        found=found,
        why=why,
        why_max=WHY_MAX,
        error=error,
        field=field,
    )


# -- duties ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A duty in words. ``member_id`` is who it is about, where that is known and still somebody."""

    row: PrivacyRow
    what: Markup
    whom: Markup
    state: Markup
    tone: str
    when: Markup
    member_id: UUID | None
    hands_over: bool


@pages.get("/privacy")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def duties() -> str:
    """List what is owed to people, the oldest first; or what was done, the newest first."""
    ended = request.args.get("view") == "ended"
    with reading_desk() as desk:
        rows = privacy.listed(desk.scope, ended=ended)
        return show(
            desk,
            "privacy.html",
            here="pages.members",
            title=str(desk.words("privacy.title")),
            ended=ended,
            told=[_told(desk, row) for row in rows],
        )


@pages.post("/privacy/<uuid:request_id>/handed-over")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def handed_over(request_id: UUID) -> Response:
    """Note that a customer was given the file."""
    with working_desk() as desk:
        done = hand_over(desk.scope, request_id, actor=desk.seat.actor)
    if not done:
        abort(404)
    return redirect(url_for("pages.duties"), 303)


def _told(desk: Desk, row: PrivacyRow) -> Told:
    words, now = desk.words, desk.scope.now
    member_id = _member(desk, row)
    person = people(desk.scope, [member_id]).get(member_id, NOBODY) if member_id is not None else NOBODY
    shop = desk.shop(row.shop_id)
    whom = name(words, person) if member_id is not None else words("privacy.nobody")
    if row.duty == Duty.SHOP_ERASE.value:
        whom = Markup.escape(shop.name if shop is not None else "–")
    late = row.state == State.OPEN.value and row.received_at + TERM <= now
    when = words("privacy.due", day=words.day(row.received_at + TERM, now))
    if row.done_at is not None:
        when = words("privacy.done", day=words.day(row.done_at, now))
    return Told(
        row,
        words(f"privacy.duty.{row.duty}"),
        whom,
        words(f"privacy.state.{row.state}"),
        _tone(row, late=late),
        when,
        member_id,
        row.duty == Duty.CUSTOMER_DATA.value and row.state == State.OPEN.value,
    )


def _tone(row: PrivacyRow, *, late: bool) -> str:
    if late:
        return "bad"
    return {State.DONE.value: "good", State.HELD.value: "warn"}.get(row.state, "")


def _member(desk: Desk, row: PrivacyRow) -> UUID | None:
    """Return whom an open duty is about, as the shop names them."""
    if row.member_id is not None or row.customer_id is None:
        return row.member_id
    return members.find(desk.scope, row.shop_id, [row.customer_id]).get(row.customer_id)

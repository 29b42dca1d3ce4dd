"""The referral desk: what waits with what speaks against it and what is at stake; approving, refusing; how it does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions.decide_referral import approve_referral, refuse_referral
from app.db import referral_desk, sharing
from app.db.members import new_id
from app.db.people import NOBODY, people
from app.db.referral_desk import Looked, View
from app.loyalty.errors import UnknownReferralError
from app.loyalty.terms.suspicion import Signal
from app.web.house import house
from app.web.pages import telling
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, place, reading_desk, working_desk, written_place
from app.web.pages.people import letters, name
from app.web.policy import ShopFrom, Who, policy

_PAGE: Final = 50
_WHY_MAX: Final = 200
_ID_MAX: Final = 255
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_DECISIONS: Final = {"approve": approve_referral, "refuse": refuse_referral}


@dataclass(frozen=True, slots=True)
class Told:
    """A referral in words. ``key`` is its form's own, so that sending it twice decides once."""

    found: Looked
    advocate: Markup
    friend: Markup
    state: Markup
    tone: str
    against: Sequence[Markup]
    stake: Markup
    decided: Markup | None
    key: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A form that was sent without a reason, or too late: shown again with what is wrong."""

    referral: str = ""
    why: str = ""
    error: Markup | None = None


@pages.get("/referrals")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def referrals() -> str:
    """List what waits for a decision, the longest first; what was decided; all of them."""
    with reading_desk() as desk:
        return _show(desk, _view(request.args.get("view")), Slip(), place(request.args.get("after", "")))


@pages.post("/referrals")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def decide_referral() -> str | Response | tuple[str, int]:
    """Approve a referral or refuse it, with a reason that is kept."""
    given = request.form
    view, decide = _view(given.get("view")), _DECISIONS.get(given.get("decision", ""))
    referral, key = clean(given.get("referral", ""), _ID_MAX), given.get("key", "")
    why = clean(" ".join(given.get("why", "").split()), _WHY_MAX + 1)
    if decide is None or not _KEY.fullmatch(key):
        abort(400)
    if not why or len(why) > _WHY_MAX:
        with reading_desk() as desk:
            error = desk.words("adjust.error.note_long", n=_WHY_MAX) if why else desk.words("adjust.error.note")
            return _show(desk, view, Slip(referral, why, error)), 422
    works = house().works
    with working_desk() as desk:
        answer = decide(desk.scope, referral, key=key, actor=desk.seat.actor, why=why)
        rung = [(shop.programme_id, shop.shop_id) for shop in desk.shops]
    if answer.refused == UnknownReferralError.code:
        abort(404)
    if answer.refused is not None:
        with reading_desk() as desk:
            return _show(desk, view, Slip(referral, why, desk.words("desk.stale"))), 409
    for programme_id, shop_id in rung:
        works.bell.ring("outbox", programme_id, shop_id)
    return redirect(url_for("pages.referrals", view=view.value), 303)


def _view(text: str | None) -> View:
    return View(text) if text in set(View) else View.WAITING


def _show(desk: Desk, view: View, slip: Slip, after: tuple[datetime, str] | None = None) -> str:
    one_more = referral_desk.looked(desk.scope, view, _PAGE + 1, after)
    found = list(one_more[:_PAGE])
    more = written_place(*referral_desk.place_of(found[-1], view)) if len(one_more) > _PAGE else None
    missing = slip.referral and slip.referral not in {each.id for each in found}
    if missing and (again := referral_desk.one(desk.scope, slip.referral)) is not None:
        found.insert(0, again)
    names = people(desk.scope, {member for each in found for member in (each.advocate_id, each.friend_id)})
    told = [
        _told(
            desk, each, name(desk.words, names.get(each.advocate_id, NOBODY)),
            name(desk.words, names.get(each.friend_id, NOBODY)),
        )
        for each in found
    ]  # fmt: skip
    version = desk.version
    return show(
        desk,
        "referrals.html",
        here="pages.referrals",
        title=str(desk.words("place.referrals")),
        figures=referral_desk.figures(desk.scope),
        shared=sharing.by_channel(desk.scope),
        is_on=version is not None and version.referral_desk is not None,
        views=tuple(View),
        view=view,
        told=told,
        slip=slip,
        more=more,
        first=after is None,
        why_max=_WHY_MAX,
        letters=letters,
    )


def _told(desk: Desk, found: Looked, advocate: Markup, friend: Markup) -> Told:
    words, outcome = desk.words, found.outcome
    worth = desk.worth(found.points) if words.measures.unit == "points" else None
    points = words.points(found.points)
    stake = words("desk.stake", points=points, money=words.money(worth)) if worth else points
    decided = None
    if found.decision is not None and found.decided_at is not None:
        decided = words(
            f"desk.said.{found.decision.value}",
            actor=telling.actor(desk, found.decided_by or ""),
            moment=words.moment(found.decided_at, desk.scope.now),
            why=found.why or "",
        )
    if outcome.due:
        state, tone = words("desk.state.due"), "good"
    else:
        state, tone = telling.reason(desk, outcome.reason or ""), "warn" if found.waits else ""
    against = [_against(desk, signal) for signal in outcome.signals]
    return Told(found, advocate, friend, state, tone, against, stake, decided, new_id().hex)


def _against(desk: Desk, signal: Signal) -> Markup:
    said = desk.words(f"signal.{signal.code.value}", n=signal.number or 0)
    return desk.words("signal.weighed", said=said, weight=signal.weight)

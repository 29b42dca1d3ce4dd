"""Giving or taking points by hand: a form, a look at what would become of it, the deed; undone by its reverse."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions.adjust_points import adjust_points
from app.actions.answers import Answer
from app.db.byhand import ByHand, by_hand
from app.db.members import new_id
from app.db.portrait import Portrait, portrait
from app.db.requests import Request
from app.loyalty.errors import InsufficientPointsError, UnknownMemberError
from app.web.house import house
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, reading_desk, working_desk
from app.web.pages.people import letters, name
from app.web.policy import ShopFrom, Who, policy

NOTE_MAX: Final = 200
_KEY_MAX: Final = 64
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_AMOUNT_MAX: Final = 10**9


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed. ``key`` was made with the empty form, so that sending it twice does it once.

    ``reverses`` names the adjustment to take back: its amount counts, not what the form says.
    """

    key: str
    adds: bool = True
    amount: str = ""
    note: str = ""
    reverses: str = ""
    errors: dict[str, Markup] = field(default_factory=dict)


def blank() -> Form:
    """Return an empty form with a key of its own."""
    return Form(new_id().hex)


@pages.get("/members/<uuid:member_id>/adjust")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def reverse(member_id: UUID) -> str | Response:
    """Ask whether an adjustment is to be taken back, and why."""
    with reading_desk() as desk:
        found = _portrait(desk, member_id)
        made = by_hand(desk.scope, member_id)
        key = clean(request.args.get("reverses"), _KEY_MAX)
        original = made.done(key)
        if original is None or not made.may_be_reversed(key):
            return redirect(url_for("pages.member", member_id=member_id), 303)
        note = desk.words.plain("adjust.reversal", note=original.note or "")
        return _ask(desk, found, Form(made.reversal_key(key), note=note[:NOTE_MAX], reverses=key), made)


@pages.post("/members/<uuid:member_id>/adjust")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def adjust(member_id: UUID) -> str | Response | tuple[str, int]:
    """Check what was typed, ask once more, then do it."""
    form = _typed()
    with reading_desk() as desk:
        found = _portrait(desk, member_id)
        made = by_hand(desk.scope, member_id)
        errors, steps = _check(desk, form, made)
        if errors or steps is None:
            return _again(desk, found, replace(form, errors=errors), made), 422
        known = made.done(form.key) is not None
        if steps < 0 and found.available < -steps and not known:
            return _again(desk, found, replace(form, errors=_too_few(desk, found.available)), made), 409
        if request.form.get("confirmed") != "1":
            return _ask(desk, found, form, made)
    answer = _carry_out(member_id, form, steps)
    if answer.refused is None:
        return redirect(url_for("pages.member", member_id=member_id, done=form.key), 303)
    with reading_desk() as desk:
        found, made = _portrait(desk, member_id), by_hand(desk.scope, member_id)
        fresh = made.reversal_key(form.reverses) if form.reverses else new_id().hex
        return _again(desk, found, replace(form, key=fresh, errors=_refused(desk, answer, found)), made), 409


def _carry_out(member_id: UUID, form: Form, steps: int) -> Answer:
    works = house().works
    with working_desk() as desk:
        asked = Request(form.key, "adjust", member_id, {"amount": steps}, desk.seat.actor, form.note)
        answer = adjust_points(desk.scope, asked, steps)
        rung = [(shop.programme_id, shop.shop_id) for shop in desk.shops]
    for programme_id, shop_id in rung:
        works.bell.ring("outbox", programme_id, shop_id)
    return answer


def _portrait(desk: Desk, member_id: UUID) -> Portrait:
    found = portrait(desk.scope, member_id)
    if found is None:
        abort(404)
    return found


# -- what was typed ----------------------------------------------------------------------------------------------------


def _typed() -> Form:
    given = request.form
    return Form(
        clean(given.get("key"), _KEY_MAX),
        given.get("way") != "take",
        clean(given.get("amount"), _KEY_MAX),
        clean(" ".join(given.get("note", "").split()), NOTE_MAX + 1),
        clean(given.get("reverses"), _KEY_MAX),
    )


def _check(desk: Desk, form: Form, made: ByHand) -> tuple[dict[str, Markup], int | None]:
    """Return what is wrong with a form by its fields, and the amount (signed steps) where it is right."""
    words, errors = desk.words, {}
    steps: int | None
    if form.reverses:
        original = made.done(form.reverses)
        steps = -original.amount if original is not None and original.amount else None
        first = made.may_be_reversed(form.reverses) and form.key == made.reversal_key(form.reverses)
        if steps is None or not (first or made.reverses(form.key, form.reverses)):
            errors["amount"] = words("adjust.error.reversed")
    else:
        steps = _steps(desk, form)
        if steps is None:
            decimals = words.measures.decimals
            errors["amount"] = words(
                "adjust.error.amount.decimals" if decimals else "adjust.error.amount", decimals=decimals
            )
        if not _KEY.fullmatch(form.key):
            errors["amount"] = words("adjust.error.stale")
    if not form.note:
        errors["note"] = words("adjust.error.note")
    elif len(form.note) > NOTE_MAX:
        errors["note"] = words("adjust.error.note_long", n=NOTE_MAX)
    return errors, steps


def _steps(desk: Desk, form: Form) -> int | None:
    """Return the signed amount typed in smallest steps; None where it is no amount of the unit above zero."""
    text = unicodedata.normalize("NFKC", form.amount).replace(",", "").replace(" ", "")
    if not _AMOUNT.fullmatch(text):
        return None
    scaled = Decimal(text).scaleb(desk.words.measures.decimals)
    if scaled != scaled.to_integral_value() or not 0 < scaled <= _AMOUNT_MAX:
        return None
    return int(scaled) if form.adds else -int(scaled)


def _too_few(desk: Desk, have: int) -> dict[str, Markup]:
    return {"amount": desk.words("adjust.error.too_few", points=desk.words.points(have))}


def _refused(desk: Desk, answer: Answer, found: Portrait) -> dict[str, Markup]:
    if answer.refused == InsufficientPointsError.code:
        return _too_few(desk, found.available)
    if answer.refused == UnknownMemberError.code:
        abort(404)
    return {"amount": desk.words("adjust.error.stale")}


# -- pages -------------------------------------------------------------------------------------------------------------


def _ask(desk: Desk, found: Portrait, form: Form, made: ByHand) -> str:
    """Show what would become of it, and ask."""
    _, steps = _check(desk, form, made)
    steps = steps or 0
    return show(
        desk,
        "adjust.html",
        here="pages.members",
        title=str(desk.words("adjust.title")),
        member_id=found.member.member_id,
        called=name(desk.words, found.person),
        letters=letters,
        form=form,
        steps=steps,
        available=found.available,
        owed=found.owed,
        note_max=NOTE_MAX,
    )


def _again(desk: Desk, found: Portrait, form: Form, made: ByHand) -> str:
    """Show the form again with what is wrong; a reversal has its own page."""
    return _ask(desk, found, form, made) if form.reverses else show_form(desk, found, form)


def show_form(desk: Desk, found: Portrait, form: Form) -> str:
    """Show the form alone, with what is wrong about it."""
    return show(
        desk,
        "adjust_form.html",
        here="pages.members",
        title=str(desk.words("adjust.title")),
        member_id=found.member.member_id,
        called=name(desk.words, found.person),
        letters=letters,
        form=form,
        available=found.available,
        note_max=NOTE_MAX,
    )

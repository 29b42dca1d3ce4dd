"""What staff have to do for members: services that points bought, done or cancelled with a word."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions.close_task import close_task
from app.db import tasks as store
from app.db.people import NOBODY, people
from app.db.tables import TaskRow
from app.db.tasks import View
from app.loyalty.errors import AlreadyClosedError, UnknownRedemptionError
from app.web.house import house
from app.web.pages import telling
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, place, reading_desk, working_desk, written_place
from app.web.pages.people import letters, name
from app.web.policy import ShopFrom, Who, policy

_PAGE: Final = 50
_NOTE_MAX: Final = 200
_ID_MAX: Final = 255
_WAYS: Final = {"done": True, "cancelled": False}


@dataclass(frozen=True, slots=True)
class Told:
    """A task in words."""

    row: TaskRow
    whose: Markup
    when: Markup
    tone: str
    ended: Markup | None


@pages.get("/tasks")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def tasks() -> str:
    """List what is to be done, the oldest first; or what was done, the newest first."""
    with reading_desk() as desk:
        return _show(desk, _view(request.args.get("view")), place(request.args.get("after", "")))


@pages.post("/tasks")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def end_task() -> str | Response | tuple[str, int]:
    """Say that a task is done, or cancel it: then the points come back."""
    given = request.form
    done = _WAYS.get(given.get("way", ""))
    note = clean(" ".join(given.get("note", "").split()), _NOTE_MAX)
    if done is None:
        abort(400)
    works = house().works
    try:
        with working_desk() as desk:
            redemption = clean(given.get("redemption"), _ID_MAX)
            close_task(desk.scope, redemption, done=done, actor=desk.seat.actor, note=note)
            rung = [(shop.programme_id, shop.shop_id) for shop in desk.shops]
    except UnknownRedemptionError:
        abort(404)
    except AlreadyClosedError:
        with reading_desk() as desk:
            return _show(desk, View.OPEN, None, stale=True), 409
    for programme_id, shop_id in rung:
        works.bell.ring("outbox", programme_id, shop_id)
    return redirect(url_for("pages.tasks"), 303)


def _view(text: str | None) -> View:
    return View(text) if text in set(View) else View.OPEN


def _show(desk: Desk, view: View, after: tuple[datetime, str] | None, *, stale: bool = False) -> str:
    found = store.tasks(desk.scope, view, _PAGE + 1, after)
    rows = found[:_PAGE]
    names = people(desk.scope, {row.member_id for row in rows})
    more = written_place(rows[-1].opened_at, rows[-1].redemption_id) if len(found) > _PAGE else None
    return show(
        desk,
        "tasks.html",
        here="pages.tasks",
        title=str(desk.words("place.tasks")),
        figures=store.figures(desk.scope),
        views=tuple(View),
        view=view,
        told=[_told(desk, row, name(desk.words, names.get(row.member_id, NOBODY))) for row in rows],
        more=more,
        first=after is None,
        stale=stale,
        note_max=_NOTE_MAX,
        letters=letters,
    )


def _told(desk: Desk, row: TaskRow, whose: Markup) -> Told:
    words, now = desk.words, desk.scope.now
    if row.closed_at is not None:
        actor = telling.actor(desk, row.closed_by or "")
        ended = words(f"task.{row.state}.by", actor=actor, moment=words.moment(row.closed_at, now))
        return Told(row, whose, words(f"task.{row.state}"), "good" if row.state == "done" else "", ended)
    if row.due_at is None:
        return Told(row, whose, words("task.no_day"), "", None)
    late = row.due_at <= now
    said = words("task.overdue" if late else "task.due", moment=words.moment(row.due_at, now))
    return Told(row, whose, said, "bad" if late else "", None)

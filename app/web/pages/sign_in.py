"""Signing in by a one-time link, and leaving again."""

from uuid import UUID

from flask import redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions.sign_in import LinkState, look_at_link, use_link
from app.db.tables import ProgrammeRow
from app.db.unit import reading, unit_of_work
from app.web.house import house
from app.web.limits import SIGN_IN, limiter
from app.web.pages.blueprint import pages, show_door
from app.web.policy import ShopFrom, Who, policy
from app.web.seats import Seat, leave_seat, take_seat


@pages.get("/sign-in")
@policy(who=Who.ANYONE, shop=ShopFrom.NONE)
def sign_in() -> str:
    """Tell how to come in."""
    return show_door("sign_in.html", title="door.title")


@pages.get("/sign-in/<token>")
@limiter.limit(SIGN_IN)
@policy(who=Who.ANYONE, shop=ShopFrom.LINK)
def sign_in_link(token: str) -> str:
    """Show where a link leads; nothing is used up, for programs look at links, too."""
    works = house().works
    with reading(works.engine) as session:
        state, invitation = look_at_link(session, token, works.clock())
        name = _name(session, invitation.programme_id) if invitation is not None else None
    return show_door("sign_in_link.html", title="door.title", state=state.value, name=name)


@pages.post("/sign-in/<token>")
@limiter.limit(SIGN_IN)
@policy(who=Who.ANYONE, shop=ShopFrom.LINK)
def use_sign_in_link(token: str) -> Response | str | tuple[str, int]:
    """Use a link up and give its seat."""
    works = house().works
    with unit_of_work(works.engine) as session:
        state, invitation = use_link(session, token, works.clock())
    if state is not LinkState.GOOD or invitation is None:
        return show_door("sign_in_link.html", title="door.title", state=state.value, name=None), 410
    operator = invitation.programme_id is None
    response = redirect(url_for("pages.shops" if operator else "pages.home"), 303)
    take_seat(response, Seat(invitation.programme_id, invitation.actor, operator))
    return response


@pages.post("/sign-out")
@policy(who=Who.ANYONE, shop=ShopFrom.NONE)
def sign_out() -> Response:
    """Give the seat back."""
    response = redirect(url_for("pages.sign_in"), 303)
    leave_seat(response)
    return response


def _name(session: Session, programme_id: UUID | None) -> str | None:
    return session.scalar(select(ProgrammeRow.name).where(ProgrammeRow.programme_id == programme_id))

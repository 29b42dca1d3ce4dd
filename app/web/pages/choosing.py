"""The operator's first page: which shop to look after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import abort, g, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.db.tables import ProgrammeRow, ShopRow
from app.db.unit import reading
from app.web.house import house
from app.web.pages.blueprint import pages, show_door
from app.web.pages.people import letters
from app.web.policy import ShopFrom, Who, policy
from app.web.seats import Seat, take_seat


@dataclass(frozen=True, slots=True)
class Choice:
    """A programme and its shops."""

    programme_id: UUID
    name: str
    letters: str
    shops: Sequence[ShopRow]


@pages.get("/shops")
@policy(who=Who.OPERATOR, shop=ShopFrom.SIGN_IN)
def shops() -> str:
    """List every programme."""
    works = house().works
    with reading(works.engine) as session:
        programmes = session.scalars(select(ProgrammeRow).order_by(ProgrammeRow.name, ProgrammeRow.programme_id)).all()
        found: dict[UUID, list[ShopRow]] = {}
        for shop in session.scalars(select(ShopRow).order_by(ShopRow.name)):
            found.setdefault(shop.programme_id, []).append(shop)
    choices = [
        Choice(row.programme_id, row.name, letters(row.name), found.get(row.programme_id, [])) for row in programmes
    ]
    return show_door("shops.html", title="shops.title", seat=g.seat, choices=choices, address=works.address)


@pages.post("/shops")
@policy(who=Who.OPERATOR, shop=ShopFrom.SIGN_IN)
def choose_shop() -> Response:
    """Move the operator's seat to a programme."""
    try:
        programme_id = UUID(request.form.get("programme", ""))
    except ValueError:
        abort(404)
    with reading(house().works.engine) as session:
        if session.get(ProgrammeRow, programme_id) is None:
            abort(404)
    seat: Seat = g.seat
    response = redirect(url_for("pages.home"), 303)
    take_seat(response, replace(seat, programme_id=programme_id))
    return response

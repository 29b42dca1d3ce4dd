"""What is a member's own to do about themselves: leave, join again, take along what is kept of them."""

from typing import Final

from app.actions.leave_programme import join_again, leave_programme
from app.db.dossier import dossier
from app.db.scope import Scope
from app.db.unit import reading, unit_of_work
from app.web.callers import caller, customer
from app.web.house import house
from app.web.refusals import Refusal
from app.web.storefront import membership, shapes

OF_STAFF: Final = frozenset({"notes", "service_case_steps", "deeds"})
"""What staff of the shop wrote, with their own names: the shop hands it over, not the widget."""


def leave(json_data: shapes.LeaveRequest) -> shapes.Membership:  # noqa: ARG001 - that it was said is all it says
    """Forget the shopper for good and keep them out of the programme, while it is paused as well."""
    asking, works = caller(), house().works
    place, now = asking.place, works.clock()
    if membership.seen(asking, now) is None:
        return shapes.Membership(state="not_member")
    with unit_of_work(works.engine, place.programme_id) as session:
        leave_programme(Scope(session, place.programme_id, now, works.cipher), place.shop_id, customer(asking))
    works.bell.ring("outbox", place.programme_id, place.shop_id)
    return shapes.Membership(state="not_member")


def join() -> shapes.Membership:
    """Make the shopper a member, who may have left before: they begin anew. Once more is nothing."""
    asking, works = caller(), house().works
    place = asking.place
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, works.clock(), works.cipher)
        join_again(scope, place.shop_id, customer(asking), asking.email)
    works.bell.ring("outbox", place.programme_id, place.shop_id)
    return shapes.Membership(state="member")


def kept() -> shapes.Kept:
    """Return everything that is kept about the shopper, but for what the shop's staff wrote."""
    asking, works = caller(), house().works
    now = works.clock()
    known = membership.present(asking, now)
    with reading(works.engine, asking.place.programme_id) as session:
        found = dossier(Scope(session, asking.place.programme_id, now, works.cipher), known.row.member_id)
    if found is None:
        raise Refusal("NOT_A_MEMBER")
    return shapes.Kept(
        made_at=found["made_at"],
        member=found["member"],
        shops=found["shops"],
        kept={name: rows for name, rows in found["kept"].items() if name not in OF_STAFF},
        asked_of_the_shop=sorted(OF_STAFF & found["kept"].keys()),
    )

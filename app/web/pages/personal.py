"""Staff write down that a member wants offers of their own no longer, or again."""

from uuid import UUID

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from app.actions.choose_offers import choose_offers
from app.loyalty.errors import UnknownMemberError
from app.web.pages.blueprint import pages
from app.web.pages.desk import working_desk
from app.web.policy import ShopFrom, Who, policy


@pages.post("/members/<uuid:member_id>/personal")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def personal(member_id: UUID) -> Response:
    """Keep what the member told staff; who changed it, and when, stays."""
    wanted = {"1": True, "0": False}.get(request.form.get("wanted", ""))
    if wanted is None:
        abort(400)
    try:
        with working_desk() as desk:
            choose_offers(desk.scope, member_id, wanted=wanted, actor=desk.seat.actor, why="told by the member")
    except UnknownMemberError:
        abort(404)
    return redirect(url_for("pages.member", member_id=member_id) + "#personal", 303)

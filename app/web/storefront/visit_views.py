"""The way to a rule's page elsewhere: its beginning in the widget, and our address on it that leads on."""

from typing import Final
from uuid import UUID

from apiflask import APIBlueprint
from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.actions.visit_address import begin_visit, read_visit, visit_address
from app.db import places, shops, versions
from app.db.scope import Scope
from app.db.second_wall import Whose, keep_to
from app.db.unit import reading, unit_of_work
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import EventRule
from app.loyalty.terms.social import UnknownRuleError
from app.web.callers import caller
from app.web.house import house
from app.web.policy import ShopFrom, Who, policy
from app.web.refusals import Refusal
from app.web.storefront import earning, membership, shapes

visits: Final = APIBlueprint("visits", __name__, enable_openapi=False)


def visit(rule_id: str) -> shapes.VisitBegun:
    """Tell a member the way to a rule's page, good for ten minutes; it is noted when their browser takes it."""
    asking, works = caller(), house().works
    place, now = asking.place, works.clock()
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    known = membership.present(asking, now)
    with reading(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        rule = _rule(versions.version_at(session, place.programme_id, now), rule_id)
        token, until = begin_visit(scope, place.shop_id, known.row.member_id, rule)
    path = url_for("visits.follow", shop_id=place.shop_id, token=token)
    return shapes.VisitBegun(address=f"{house().settings.base_url}{path}", until=until)


def _rule(version: Version | None, rule_id: str) -> EventRule:
    for shown, rule in earning.earning(version):
        if shown.id == rule_id and isinstance(rule, EventRule) and rule.social is not None:
            return rule
    raise UnknownRuleError


@visits.get("/visit/<uuid:shop_id>/<token>")
@policy(who=Who.ANYONE, shop=ShopFrom.LINK)
def follow(shop_id: UUID, token: str) -> AnyResponse:
    """Note that the member of a token came by, and lead on to what the programme says; a look without going is none."""
    works = house().works
    now = works.clock()
    content = read_visit(works.cipher, shop_id, token, now)
    with unit_of_work(works.engine, Whose.NOBODY) as session:
        known = shops.by_id(session, shop_id)
        if known is None:
            raise Refusal("UNKNOWN_SHOP")
        keep_to(session, known.programme_id)
        place = places.place(session, known.platform, str(shop_id))
        open_now = place is not None and place.connected and place.state == "live"
        scope = Scope(session, known.programme_id, now, works.cipher)
        address = visit_address(scope, shop_id, content, record=open_now and request.method == "GET")
    works.bell.ring("outbox", known.programme_id, shop_id)
    response = redirect(address)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

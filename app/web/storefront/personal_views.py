"""Whether a shopper wants offers, picks and recommendations of their own."""

from app.actions.choose_offers import SHOPPER, choose_offers
from app.db.scope import Scope
from app.db.unit import unit_of_work
from app.web.callers import caller
from app.web.house import house
from app.web.storefront import membership, shapes


def choose(json_data: shapes.PersonalRequest) -> shapes.PersonalAnswer:
    """Keep what the shopper wants; the same once more is nothing. It holds while the programme is paused as well."""
    asking, works = caller(), house().works
    now = works.clock()
    known = membership.present(asking, now)
    with unit_of_work(works.engine) as session:
        scope = Scope(session, asking.place.programme_id, now, works.cipher)
        choose_offers(scope, known.row.member_id, wanted=json_data.wanted, actor=SHOPPER)
    return shapes.PersonalAnswer(wanted=json_data.wanted)

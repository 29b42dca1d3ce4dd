"""Count what is bought together and again, so that no request has to."""

from uuid import UUID

from app.db import recommendations, versions
from app.db.scope import Scope
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from jobs.rounds import Mark
from jobs.works import Works


def recount_page(works: Works, programme_id: UUID, mark: Mark) -> None:
    """Count anew for a programme: all of it is one page."""
    del mark
    recount(works, programme_id)


def recount(works: Works, programme_id: UUID) -> int:
    """Count a programme's orders anew: read without a lock, then put in place at once. Returns the rows there are.

    Where nothing is recommended any more, what was counted goes.
    """
    now = works.clock()
    with reading(works.engine, programme_id) as session:
        version = versions.version_at(session, programme_id, now)
        terms = version.recommend if version is not None else None
        tallies = recommendations.count(Scope(session, programme_id, now, works.cipher), terms) if terms else {}
    passed(Place.ORDERS_COUNTED)
    with unit_of_work(works.engine, programme_id) as session:
        return recommendations.keep(Scope(session, programme_id, now, works.cipher), terms, tallies)

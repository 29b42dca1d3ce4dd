"""Returns: codes that could neither be made nor made unusable are tried again: their points wait for it."""

from app.actions.conclude_redemption import try_to_disable_again
from app.db.scope import Scope
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from jobs.audit import programmes as every_programme
from jobs.works import Works


def try_again(works: Works) -> int:
    """Wish again for what was given up. Returns how many codes are tried again; the sweep finds them."""
    tried = 0
    for programme_id in every_programme(works):
        with unit_of_work(works.engine, programme_id) as session:
            found = try_to_disable_again(Scope(session, programme_id, works.clock(), works.cipher))
            if found:
                passed(Place.CODES_WISHED_AGAIN)
        tried += found
    return tried

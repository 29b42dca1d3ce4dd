"""Telling listeners what was written for them in the outbox; one that does not answer is left in peace for a while."""

from app.actions.describe_telling import describe_telling
from app.db import listeners, outbox
from app.db.outbox import Claim
from app.db.scope import Scope
from app.db.unit import reading, unit_of_work
from integrations.platform import PlatformError
from jobs.works import Works

NOBODY_THERE = ("UNREACHABLE", "NO_ANSWER")
"""Failures of the place, not of what it was told: the others for it would only wait as long."""


def tell(works: Works, claim: Claim) -> None:
    """Tell one change. No door of the shop is opened for it: a listener has nothing to do with the platform.

    Raises PlatformError.
    """
    with reading(works.engine, claim.programme_id) as session:
        scope = Scope(session, claim.programme_id, works.clock(), works.cipher)
        change = describe_telling(scope, claim.shop_id, claim.effect_id, claim.payload)
    if change is not None:
        works.telling.tell(change, works.clock())
    with unit_of_work(works.engine, claim.programme_id) as session:
        outbox.done(session, claim, works.clock())


class Silence:
    """The listeners that did not answer in one page: what else it has for them fails too, without another wait."""

    def __init__(self) -> None:
        self._failed: dict[str, PlatformError] = {}

    def tell(self, works: Works, claim: Claim) -> None:
        """Tell a change, unless its listener did not answer a moment ago. Raises PlatformError."""
        listener = str(claim.payload["listener"])
        if listener in self._failed:
            raise self._failed[listener]
        try:
            tell(works, claim)
        except PlatformError as error:
            if error.code in NOBODY_THERE:
                self._failed[listener] = error
            raise


def prefix(claim: Claim) -> str:
    """Return how the subjects of everything told to the same listener begin."""
    return listeners.subjects(claim.payload["listener"])

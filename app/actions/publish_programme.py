"""Publishing: an immutable version that holds from its start on, and going back to an old one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.actions.choose_unit import void_until
from app.db import programmes, versions
from app.db.scope import Scope
from app.loyalty.errors import StartsInPastError, UnknownVersionError
from app.loyalty.publishing.offering import Abilities
from app.loyalty.publishing.soundness import UnsoundProgrammeError, problems
from app.loyalty.terms.programme import Version


def publish_programme(scope: Scope, version: Version, *, by: str, shops: Sequence[Abilities] = ()) -> int:
    """Publish a version and return its number; ``shops`` are what the platforms of the programme's shops can give.

    Raises StartsInPastError when it would begin before now, UnsoundProgrammeError with everything that is wrong.
    """
    if version.starts_at < scope.now:
        raise StartsInPastError
    found = problems(version, shops)
    if found:
        raise UnsoundProgrammeError(version, found)
    return programmes.publish(scope.session, scope.programme_id, version, by=by, now=scope.now)


def roll_back_programme(scope: Scope, number: int, *, at: datetime, by: str, shops: Sequence[Abilities] = ()) -> int:
    """Publish the content of an old version again, beginning at an instant, and return the new number.

    Nothing that was judged meanwhile changes. Raises UnknownVersionError, also for one that was
    written in a unit the programme no longer counts in, and what publishing raises.
    """
    old = versions.version(scope.session, scope.programme_id, number)
    if old is None or number <= void_until(scope):
        raise UnknownVersionError(number)
    return publish_programme(scope, replace(old, starts_at=at), by=by, shops=shops)

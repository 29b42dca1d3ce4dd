"""Publishing: an immutable version that holds from its start on."""

from collections.abc import Sequence

from app.db import programmes
from app.db.scope import Scope
from app.loyalty.errors import StartsInPastError
from app.loyalty.offering import Abilities, check_version
from app.loyalty.programme import Version


def publish_programme(scope: Scope, version: Version, *, by: str, shops: Sequence[Abilities] = ()) -> int:
    """Publish a version and return its number; ``shops`` are what the platforms of the programme's shops can give.

    Raises StartsInPastError when it would begin before now, CannotOfferError for a reward nobody could have.
    """
    if version.starts_at < scope.now:
        raise StartsInPastError
    check_version(version, shops)
    return programmes.publish(scope.session, scope.programme_id, version, by=by, now=scope.now)

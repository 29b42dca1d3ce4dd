"""Publishing: an immutable version that holds from its start on."""

from app.db import programmes
from app.db.scope import Scope
from app.loyalty.errors import StartsInPastError
from app.loyalty.programme import Version


def publish_programme(scope: Scope, version: Version, *, by: str) -> int:
    """Publish a version and return its number. Raises StartsInPastError when it would begin before now."""
    if version.starts_at < scope.now:
        raise StartsInPastError
    return programmes.publish(scope.session, scope.programme_id, version, by=by, now=scope.now)

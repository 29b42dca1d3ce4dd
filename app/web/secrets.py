"""The secrets a shop may sign with: the app's own where a platform signs for all shops, else the shop's own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol, runtime_checkable

ROTATED_SECRETS: Final = ("webhook_secret", "shopper_secret")
"""Made new by every connection; the one before stays good for ``OVERLAP``: deliveries and pages are under way."""
OVERLAP: Final = timedelta(days=1)
_UNTIL: Final = "previous_until"


@runtime_checkable
class SignsForAll(Protocol):
    """A platform or review app that signs every shop's deliveries with our app's secret."""

    @property
    def app_secrets(self) -> tuple[str, ...]:
        """The secret and, during a rotation, the one before."""


def still_good(values: Mapping[str, str], name: str, now: datetime) -> tuple[str, ...]:
    """Return a secret of a shop and, while it is remembered, the one before."""
    until = values.get(_UNTIL)
    previous = values.get(f"previous_{name}", "") if until and now < datetime.fromisoformat(until) else ""
    return tuple(filter(None, (values.get(name, ""), previous)))


def with_previous(fresh: Mapping[str, str], before: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return new credentials that remember the secrets they replace."""
    kept = {f"previous_{name}": before[name] for name in ROTATED_SECRETS if name in fresh and before.get(name)}
    return {**fresh, **kept, **({_UNTIL: (now + OVERLAP).isoformat()} if kept else {})}

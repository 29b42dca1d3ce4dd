"""The time as the stores see it: the real one, or whatever a test or the history generator sets."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """A settable clock; answers aware UTC instants without fractions of a second, as both platforms write them."""

    def __init__(self, fixed: datetime | None = None) -> None:
        """Start at a fixed instant, or run with the machine's clock."""
        self._lock = threading.Lock()
        self._fixed = fixed
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the present instant of the store."""
        with self._lock:
            instant = self._fixed or datetime.now(UTC) + self._offset
        return instant.astimezone(UTC).replace(microsecond=0)

    def set(self, instant: datetime) -> None:
        """Stand still at an instant until told otherwise."""
        with self._lock:
            self._fixed = instant

    def advance(self, by: timedelta) -> None:
        """Move on by a span, whether standing or running."""
        with self._lock:
            if self._fixed is not None:
                self._fixed += by
            else:
                self._offset += by

    def run(self) -> None:
        """Follow the machine's clock again."""
        with self._lock:
            self._fixed = None
            self._offset = timedelta()

"""The leaky bucket by which Shopify measures what an app asks of a store."""

import time


class Bucket:
    """The leaky bucket of cost points; real time, whatever the store's clock says."""

    def __init__(self, size: float = 20_000, per_second: float = 1_000) -> None:
        """Begin full; the defaults are those of the largest plan."""
        self.size = size
        self.per_second = per_second
        self._level = size
        self._at = time.monotonic()

    def available(self) -> float:
        """Points there are now."""
        now = time.monotonic()
        self._level = min(self.size, self._level + (now - self._at) * self.per_second)
        self._at = now
        return self._level

    def take(self, points: float) -> bool:
        """Take points, if there are enough."""
        if self.available() < points:
            return False
        self._level -= points
        return True

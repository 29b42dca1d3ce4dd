"""The call log: every request a store answered and every webhook it sent, for tests and for curious people."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A request that the store answered."""

    at: datetime
    method: str
    path: str
    query: str
    host: str
    body: bytes
    status: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A webhook (or ping) that the store sent; `status` is None when nobody answered."""

    at: datetime
    topic: str
    url: str
    headers: dict[str, str]
    body: bytes
    status: int | None


@dataclass(slots=True)
class CallLog:
    """The latest calls in both directions."""

    answered: deque[Call] = field(default_factory=lambda: deque(maxlen=5000))
    sent: deque[Sent] = field(default_factory=lambda: deque(maxlen=5000))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_call(self, call: Call) -> None:
        """Keep a request that was answered."""
        with self._lock:
            self.answered.append(call)

    def note_sent(self, sent: Sent) -> None:
        """Keep a webhook that was sent."""
        with self._lock:
            self.sent.append(sent)

    def calls(self, path_begins: str = "") -> list[Call]:
        """Requests answered so far whose path begins so, oldest first."""
        with self._lock:
            return [call for call in self.answered if call.path.startswith(path_begins)]

    def webhooks(self, topic: str = "") -> list[Sent]:
        """Webhooks sent so far of a topic (or all), oldest first."""
        with self._lock:
            return [sent for sent in self.sent if not topic or sent.topic == topic]

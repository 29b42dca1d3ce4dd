"""A platform that does what a script says: it keeps codes, loses answers, refuses tokens and counts its calls."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from app.loyalty.effects import DisableDiscount, Effect, GrantCredit, IssueDiscount
from integrations.neutral import Neutral
from integrations.platform import Credentials, Delivery, Performed, PlatformError, Refetch


@dataclass
class Scripted(Neutral):
    """``before`` errors are raised instead of doing, ``after`` errors when it was done already: an answer lost."""

    codes: dict[str, str] = field(default_factory=dict)
    before: deque[Exception | None] = field(default_factory=deque)
    after: deque[Exception | None] = field(default_factory=deque)
    calls: list[tuple[str, str]] = field(default_factory=list)
    fetched: dict[str, bytes] = field(default_factory=dict)
    good_tokens: set[str] = field(default_factory=set)
    refreshing: list[Exception] = field(default_factory=list)
    refreshes: int = 0
    lock: Lock = field(default_factory=Lock)

    def perform(self, effect: Effect, credentials: Credentials) -> Performed:
        """Do the effect once under its code, however often it is asked."""
        token = credentials.values.get("token", "")
        subject = _subject(effect)
        self.calls.append((type(effect).__name__, token))
        self._fail(self.before)
        if isinstance(effect, IssueDiscount | GrantCredit):
            self.codes.setdefault(subject, "live")
        elif isinstance(effect, DisableDiscount) and subject in self.codes:
            self.codes[subject] = "disabled"
        self._fail(self.after)
        return Performed(f"external-{subject}")

    def _fail(self, script: deque[Exception | None]) -> None:
        error = script.popleft() if script else None
        if error is not None:
            raise error

    def refetch(self, wanted: Refetch, credentials: Credentials) -> Iterable[Delivery]:
        """Answer with the body kept for this id."""
        del credentials
        self.calls.append(("Refetch", wanted.id))
        if wanted.id not in self.fetched:
            raise PlatformError("NOT_FOUND", permanent=True)
        return [Delivery(wanted.thing.value, f"fetched-{wanted.id}", self.fetched[wanted.id])]

    def refresh(self, credentials: Credentials, *, now: datetime) -> Credentials:
        """Give a new token each time."""
        with self.lock:
            self.refreshes += 1
            number = self.refreshes
        if self.refreshing:
            raise self.refreshing.pop(0)
        ends = now + timedelta(hours=1)
        return Credentials(credentials.domain, {"token": f"fresh-{number}"}, ends, now + timedelta(days=30))


def _subject(effect: Effect) -> str:
    if isinstance(effect, IssueDiscount | DisableDiscount | GrantCredit):
        return effect.code
    return effect.customer.id or ""

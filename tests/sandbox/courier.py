"""Carries a store's webhooks to the app: an outbox that outlives restarts, a few sender threads, and their manners.

What a body says, how it is signed, and what a failure means differ by platform: the face brings `prepare` and
`concluded`. Here is only the waiting, the sending and the keeping.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import urllib3

from tests.sandbox.calls import CallLog, Sent
from tests.sandbox.faults import Post
from tests.sandbox.roads import Roads
from tests.sandbox.store import Store

_KEPT = 400


@dataclass(slots=True)
class Parcel:
    """One delivery on its way. `body` is empty where the platform builds bodies only when it delivers."""

    id: int
    webhook_id: int
    topic: str
    subject: int
    queued_at: datetime
    due_at: datetime
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    done: bool = False
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A request ready to be sent."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Manners:
    """How a platform delivers: `prepare` may decline (None), `concluded` sets `done` or a later `due_at`."""

    prepare: Callable[[Parcel], Letter | None]
    concluded: Callable[[Parcel, int | None], None]
    timeout: urllib3.Timeout
    threads: int


class Courier:
    """The outbox of one store and the threads that empty it."""

    def __init__(self, store: Store, roads: Roads, log: CallLog, manners: Manners) -> None:
        """Take over what the store's file still has waiting; nothing is sent before `start` or `deliver`."""
        self._store = store
        self._roads = roads
        self._log = log
        self._manners = manners
        self._http = urllib3.PoolManager(num_pools=8, maxsize=16, retries=False)
        self._parcels: dict[int, Parcel] = store.load(Parcel)
        self._taken: set[int] = set()
        self._wake = threading.Condition(store.lock)
        self._threads: list[threading.Thread] = []
        self._stopping = False

    def add(
        self, webhook_id: int, topic: str, subject: int, *, body: str = "", headers: dict[str, str] | None = None
    ) -> Parcel:
        """Put a delivery into the outbox."""
        with self._store.change() as change:
            parcel = Parcel(
                id=change.next_id("parcel"),
                webhook_id=webhook_id,
                topic=topic,
                subject=subject,
                queued_at=change.now,
                due_at=change.now,
                body=body,
                headers=headers or {},
            )
            self._parcels[parcel.id] = parcel
            change.put(parcel)
            self._wake.notify_all()
        return parcel

    def waiting(self) -> list[Parcel]:
        """Deliveries not yet concluded, oldest first."""
        with self._store.lock:
            return [parcel for parcel in self._parcels.values() if not parcel.done]

    def latest(self, count: int) -> list[Parcel]:
        """The newest deliveries, newest first."""
        with self._store.lock:
            return sorted(self._parcels.values(), key=lambda parcel: -parcel.id)[:count]

    def start(self) -> None:
        """Begin to send by itself."""
        self._stopping = False
        for number in range(self._manners.threads):
            thread = threading.Thread(target=self._run, name=f"{self._store.shop.key} courier {number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finish what is being sent, and rest."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)
        self._threads.clear()
        self._http.clear()

    @property
    def stopping(self) -> bool:
        """Whether it has been told to rest: what was begun with many letters may be unfinished."""
        return self._stopping

    def deliver(self) -> int:
        """Send everything that is due now, in this thread; returns how many deliveries were tried."""
        count = 0
        while (parcel := self._take()) is not None:
            self._carry(parcel)
            count += 1
        return count

    def settle(self, timeout: float = 20) -> bool:
        """Wait until nothing is due and nothing is under way; False when time ran out."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._taken and self._due() is None, timeout)

    def send(self, letter: Letter, topic: str) -> int | None:
        """Send one request now; the status answered, or None."""
        way = self._roads.way(letter.url)
        headers = {**letter.headers, "Host": way.host}
        try:
            answer = self._http.request(
                "POST",
                way.origin + way.path,
                body=letter.body,
                headers=headers,
                timeout=self._manners.timeout,
                redirect=False,
            )
            status: int | None = answer.status
        except urllib3.exceptions.HTTPError:
            status = None
        now = self._store.clock.now()
        self._log.note_sent(Sent(now, topic, letter.url, dict(letter.headers), letter.body, status))
        return status

    def carry_all(self, letters: Iterable[tuple[str, Letter]], *, threads: int, told: Callable[[int], None]) -> int:
        """Send many letters with several threads, each tried five times at most; returns how many were lost."""
        queue: Iterator[tuple[str, Letter]] = iter(letters)
        lock = threading.Lock()
        sent = lost = 0

        def run() -> None:
            nonlocal sent, lost
            while not self._stopping:
                with lock:
                    item = next(queue, None)
                if item is None:
                    return
                taken = self._insist(*item)
                with lock:
                    sent += 1
                    lost += not taken
                    told(sent)

        crew = [threading.Thread(target=run, daemon=True) for _ in range(threads)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        return lost

    def _insist(self, topic: str, letter: Letter) -> bool:
        pause = threading.Event()
        for attempt in range(5):
            status = self.send(letter, topic)
            if status is not None and status < 300:
                return True
            pause.wait(0.2 * 3**attempt)
        return False

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._stopping and self._due() is None:
                    self._wake.wait(0.5)
                if self._stopping:
                    return
                parcel = self._take()
            if parcel is not None:
                self._carry(parcel)

    def _due(self) -> Parcel | None:
        now = self._store.clock.now()
        ready = (p for p in self._parcels.values() if not p.done and p.due_at <= now and p.id not in self._taken)
        if self._store.faults.falls(Post.SHUFFLED):
            every = list(ready)
            return every[self._store.faults.any_of(len(every))] if every else None
        return next(ready, None)

    def _take(self) -> Parcel | None:
        with self._wake:
            parcel = self._due()
            if parcel is not None:
                self._taken.add(parcel.id)
            return parcel

    def _carry(self, parcel: Parcel) -> None:
        status: int | None = None
        try:
            letter = self._manners.prepare(parcel)
            if letter is None:
                parcel.done = True
            else:
                parcel.attempts += 1
                status = 200 if self._store.faults.falls(Post.NEVER) else self.send(letter, parcel.topic)
                if self._store.faults.falls(Post.TWICE):
                    self.send(letter, parcel.topic)
                parcel.status = status
                self._manners.concluded(parcel, status)
        finally:
            with self._wake:
                self._taken.discard(parcel.id)
                self._keep(parcel)
                self._wake.notify_all()

    def _keep(self, parcel: Parcel) -> None:
        with self._store.change() as change:
            change.put(parcel)
            for old in list(self._parcels.values())[: max(0, len(self._parcels) - _KEPT)]:
                if old.done:
                    del self._parcels[old.id]
                    change.remove(old)


def minutes(count: float) -> timedelta:
    """A span, for tables of retries."""
    return timedelta(minutes=count)

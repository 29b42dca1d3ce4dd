"""Shops that send: with several connections, again and again until they hear a 2xx, and with a watch in the hand."""

import http.client
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from integrations.neutral.verify import sign
from tests.campaign.traffic import Parcel

SENDERS: Final = 8
_TIMEOUT_S: Final = 10.0
_PAUSE_S: Final = 0.25
_GIVE_UP_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a shop's facts go, and what they are signed with."""

    shop_id: UUID
    secret: str


@dataclass(slots=True)
class Post:
    """Deliveries under way and those that were acknowledged, with the seconds each answer took."""

    ports: Sequence[int]
    addresses: Sequence[Address]
    waiting: deque[Parcel]
    taken: list[Parcel] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    tries: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, told: Callable[[int], None]) -> None:
        """Send everything; ``told`` hears now and then, in this thread, how many were taken."""
        crew = [threading.Thread(target=self._send_all, args=(number,), daemon=True) for number in range(SENDERS)]
        for thread in crew:
            thread.start()
        while any(thread.is_alive() for thread in crew):
            told(len(self.taken))
            time.sleep(_PAUSE_S)
        told(len(self.taken))

    def _send_all(self, number: int) -> None:
        turn = number
        connection = self._connect(turn)
        while self.waiting:
            try:
                parcel = self.waiting.popleft()
            except IndexError:
                break
            give_up = time.monotonic() + _GIVE_UP_S
            while not self._is_settled(*self._once(connection, parcel), parcel, give_up):
                connection.close()
                turn += 1
                connection = self._connect(turn)
                time.sleep(_PAUSE_S)
        connection.close()

    def _is_settled(self, status: int, took: float, parcel: Parcel, give_up: float) -> bool:
        """Note an answer; False where the shop sends again."""
        with self._lock:
            self.tries += 1
            if 200 <= status < 300:
                self.taken.append(parcel)
                self.seconds.append(took)
                return True
            if 400 <= status < 500 or time.monotonic() > give_up:
                self.refused.append(status)
                return True
        return False

    def _connect(self, turn: int) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.ports[turn % len(self.ports)], timeout=_TIMEOUT_S)

    def _once(self, connection: http.client.HTTPConnection, parcel: Parcel) -> tuple[int, float]:
        """Return the status (0: no answer) and the seconds it took."""
        address = self.addresses[parcel.shop]
        headers = {"X-Kizuna-Topic": parcel.topic, "X-Kizuna-Signature": sign(parcel.body, address.secret)}
        began = time.perf_counter()
        try:
            connection.request("POST", f"/webhooks/neutral?shop={address.shop_id}", parcel.body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0, 0.0
        return answer.status, time.perf_counter() - began

"""Senders of webhooks: connections kept alive, one request at a time each, as little work as possible between them."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import quantiles
from typing import Final

SENDERS: Final = 10
_PATIENCE_S: Final = 30
_OK: Final = b"HTTP/1.1 200"
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one volley came to: answers a second and the milliseconds they took."""

    per_s: float
    p50_ms: float
    p99_ms: float


def send(port: int, requests: Sequence[bytes], senders: int = SENDERS) -> Sent:
    """Send all of them, each sender its share. Raises RuntimeError for any answer but 200."""
    shares = [requests[number::senders] for number in range(senders)]
    times: list[list[float]] = [[] for _ in range(senders)]
    failures: list[BaseException] = []
    ready = threading.Barrier(senders + 1)

    def work(number: int) -> None:
        try:
            with socket.create_connection(("127.0.0.1", port), _PATIENCE_S) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ready.wait()
                _send_share(connection, shares[number], times[number])
        except (OSError, RuntimeError) as error:
            failures.append(error)
            ready.abort()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if failures:
        raise failures[0]
    cuts = quantiles(chain.from_iterable(times), n=100)
    return Sent(len(requests) / took, cuts[49] * 1000, cuts[98] * 1000)


def _send_share(connection: socket.socket, requests: Sequence[bytes], times: list[float]) -> None:
    for request in requests:
        began = time.perf_counter()
        connection.sendall(request)
        answer = connection.recv(65_536)
        while _END not in answer:  # the answers have no bodies
            more = connection.recv(65_536)
            if not more:
                raise RuntimeError("the server hung up")
            answer += more
        times.append(time.perf_counter() - began)
        if not answer.startswith(_OK):
            raise RuntimeError(answer[:200])

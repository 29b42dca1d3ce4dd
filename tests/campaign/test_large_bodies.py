"""F-07: bodies that are too large, lie about their size, never end or unfold: others are answered, memory stays."""

import gzip
import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import pytest

from tests.campaign.storm import Coast, coast

pytestmark = pytest.mark.timeout(1_200)
LARGE: Final = 10 << 20
GROWN_MAX: Final = 16 << 20
_PATIENCE_S: Final = 60.0
_HANGING: Final = 24
"""Callers who never end their body: more than the server has threads."""


@pytest.fixture(scope="module")
def shore() -> Iterator[Coast]:
    """A shop on two web processes, with the embedded database: what is large never comes as far as one."""
    with coast("sqlite") as opened:
        yield opened


def deliver(shore: Coast, body: bytes, **headers: str) -> int:
    """Return the status; 0 where the server hung up before it had read all of it."""
    connection = http.client.HTTPConnection("127.0.0.1", shore.doors[0], timeout=_PATIENCE_S)
    try:
        connection.request("POST", "/webhooks/woocommerce", body, headers)
        return connection.getresponse().status
    except ConnectionError:
        return 0
    finally:
        connection.close()


@contextmanager
def hanging(shore: Coast, words: bytes) -> Iterator[None]:
    """Hold connections open on which such words were said and nothing follows."""
    with ExitStack() as stack:
        for _ in range(_HANGING):
            caller = stack.enter_context(socket.create_connection(("127.0.0.1", shore.doors[0]), _PATIENCE_S))
            caller.sendall(words)
        yield


def is_answered(shore: Coast) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", shore.doors[0], timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    finally:
        connection.close()


def test_a_body_beyond_the_cap_is_refused_and_none_of_it_stays_in_memory(shore: Coast) -> None:
    assert deliver(shore, b"x" * 1024) == 401
    before = shore.webs[0].resident
    told = {deliver(shore, b"x" * LARGE) for _ in range(4)}
    pieces = {deliver(shore, iter([b"x" * (1 << 20)] * 10)) for _ in range(2)}  # type: ignore[arg-type]
    bomb = deliver(shore, gzip.compress(bytes(64 << 20)), **{"Content-Encoding": "gzip"})
    assert told | pieces <= {413, 0}
    assert bomb == 401
    assert shore.webs[0].resident - before <= GROWN_MAX
    assert is_answered(shore)


@pytest.mark.parametrize(
    "words",
    (
        b"POST /webhooks/woocommerce HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{",
        b"POST /webhooks/woocommerce HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"POST /webhooks/woocommerce HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    ),
    ids=("less than it said", "a piece that never ends", "headers that never end"),
)
def test_callers_who_never_end_keep_nobody_else_waiting(shore: Coast, words: bytes) -> None:
    with hanging(shore, words):
        assert all(is_answered(shore) for _ in range(5))
    assert is_answered(shore)

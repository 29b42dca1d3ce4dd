"""A listener that stands where the app would: keeps every request and answers what it is told to."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from flask import Flask, Response, request

from tests.sandbox.server import Server


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it arrived: header names in lower case, the query as text, the raw body."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Listener:
    """Answers every path with `status`, or with what `answer` makes of the request."""

    status: int = 200
    answer: Callable[[Heard], tuple[int, str, dict[str, str]]] | None = None
    heard: list[Heard] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: Server | None = None

    def __enter__(self) -> Self:
        """Begin to listen on a free port."""
        app = Flask("listener", static_folder=None)
        app.add_url_rule("/", "root", self._take, methods=_METHODS)
        app.add_url_rule("/<path:_rest>", "rest", self._take, methods=_METHODS)
        self._server = Server(app, 0)
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        if self._server:
            self._server.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("the listener has not been started")
        return self._server.url

    def of(self, path: str) -> list[Heard]:
        """Requests heard whose path begins so."""
        with self._lock:
            return [heard for heard in self.heard if heard.path.startswith(path)]

    def _take(self, _rest: str = "") -> Response:
        headers = {name.lower(): value for name, value in request.headers}
        heard = Heard(request.method, request.path, request.query_string.decode(), headers, request.get_data())
        with self._lock:
            self.heard.append(heard)
        status, body, extra = self.answer(heard) if self.answer else (self.status, "", {})
        return Response(body, status, headers=extra)


_METHODS = ["GET", "POST", "PUT", "DELETE"]

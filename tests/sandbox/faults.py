"""Fault scripts: what a store does wrong, to whom, how often; seeded, so that every run goes wrong in the same way."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final

from flask import Flask, Response, request


class Wrong(StrEnum):
    """What can go wrong with a call to the store; the first five before anything is done, the others after it."""

    STATUS = "status"  # an answer with `status` and the body of a proxy
    PAGE = "page"  # 502 with a page of HTML
    THROTTLED = "throttled"  # 429 with `Retry-After: seconds`
    COSTLY = "costly"  # GraphQL's own way: 200, THROTTLED and how long the bucket needs
    EXPIRED = "expired"  # 401, as for a token that ended
    DELAY = "delay"  # done, and answered after `seconds`
    LOST = "lost"  # done, and the connection is cut before the answer is out
    NOTICE = "notice"  # done, and a notice of PHP stands before the JSON
    RUBBISH = "rubbish"  # done, and the answer is no JSON at all


class Post(StrEnum):
    """What can go wrong with a webhook on its way to the app."""

    TWICE = "twice"
    SHUFFLED = "shuffled"  # any of those due goes first
    NEVER = "never"  # the store believes it was taken


_BEFORE: Final = frozenset({Wrong.STATUS, Wrong.PAGE, Wrong.THROTTLED, Wrong.COSTLY, Wrong.EXPIRED})
_HTML: Final = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_NOTICE: Final = b"<br />\n<b>Notice</b>: Undefined index in <b>/srv/www/plugin.php</b> on line <b>42</b><br />\n"


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, on paths that begin so, by `chance`, `times` times at most (None: for ever)."""

    wrong: Wrong
    path: str = "/"
    methods: frozenset[str] = frozenset()
    chance: float = 1.0
    times: int | None = None
    status: int = 500
    seconds: float = 0.0


@dataclass(slots=True)
class Faults:
    """The script of one store; nothing goes wrong until something is put in."""

    seed: int = 1
    script: list[Fault] = field(default_factory=list)
    post: dict[Post, float] = field(default_factory=dict)
    hits: list[tuple[Wrong, str]] = field(default_factory=list)
    _random: Random = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Begin the same chance for the same seed."""
        self._random = Random(self.seed)

    def begin(self, seed: int, *script: Fault, post: dict[Post, float] | None = None) -> None:
        """Let things go wrong so from now on, and forget what went wrong before."""
        with self._lock:
            self.seed, self.script, self.post = seed, list(script), dict(post or {})
            self.hits.clear()
            self._random = Random(seed)

    def end(self) -> None:
        """Let everything go well again; what went wrong stays noted."""
        with self._lock:
            self.script, self.post = [], {}

    def falls(self, kind: Post) -> bool:
        """Whether it happens to this webhook."""
        with self._lock:
            return kind in self.post and self._random.random() < self.post[kind]

    def any_of(self, count: int) -> int:
        """Which of so many things that wait goes first."""
        with self._lock:
            return self._random.randrange(count)

    def meet(self) -> Fault | None:
        """Return what goes wrong with the present call."""
        with self._lock:
            for fault in self.script:
                if not request.path.startswith(fault.path) or (fault.methods and request.method not in fault.methods):
                    continue
                if fault.times == 0 or self._random.random() >= fault.chance:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                self.hits.append((fault.wrong, request.path))
                return fault
        return None

    def watch(self, app: Flask) -> None:
        """Let the script happen to an app's answers."""

        @app.before_request
        def before() -> Response | None:
            fault = request.environ["fault"] = self.meet()
            return _instead(fault) if fault is not None and fault.wrong in _BEFORE else None

        @app.after_request
        def after(response: Response) -> Response:
            fault = request.environ.get("fault")
            return _spoilt(fault, response) if fault is not None and fault.wrong not in _BEFORE else response


def _instead(fault: Fault) -> Response:
    """Return what is answered where nothing is done."""
    match fault.wrong:
        case Wrong.THROTTLED:
            return Response("Too Many Requests", 429, headers={"Retry-After": f"{fault.seconds:g}"})
        case Wrong.COSTLY:
            return Response(_costly(fault.seconds), 200, content_type="application/json")
        case Wrong.EXPIRED:
            return Response('{"errors":"[API] Invalid API key or access token"}', 401, content_type="application/json")
        case Wrong.PAGE:
            return Response(_HTML, 502, content_type="text/html")
        case _:
            return Response(_HTML, fault.status, content_type="text/html")


def _costly(seconds: float) -> str:
    wanted = int(seconds * 50)
    return (
        '{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":'
        f'{{"requestedQueryCost":{wanted},"actualQueryCost":null,"throttleStatus":{{"maximumAvailable":1000.0,'
        '"currentlyAvailable":0,"restoreRate":50.0}}}}'
    )


def _spoilt(fault: Fault, response: Response) -> Response:
    """Return what is left of the answer to something that was done."""
    match fault.wrong:
        case Wrong.DELAY:
            time.sleep(fault.seconds)
        case Wrong.NOTICE:
            response.set_data(_NOTICE + response.get_data())
        case Wrong.RUBBISH:
            response = Response(_HTML, 200, content_type="text/html")
        case Wrong.LOST:
            # More is promised than comes: the server closes the connection in the middle of its answer.
            promised = max(len(response.get_data()), 1)
            response.response, response.direct_passthrough = _nothing(), True
            response.headers["Content-Length"] = str(promised)
    return response


def _nothing() -> Iterator[bytes]:
    yield from ()

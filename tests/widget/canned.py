"""A store page and the storefront API on loopback: the contract's own examples, until a test says something else."""

import copy
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlsplit

ROOT: Final = Path(__file__).parents[2]
CONTRACT: Final = json.loads((ROOT / "widgets" / "contract.json").read_text("utf-8"))
DIST: Final = ROOT / "widgets" / "storefront" / "dist"
SOURCES: Final = ROOT / "widgets" / "storefront" / "src"
API: Final = "/apps/kizuna/api"
TOKEN: Final = "/wp-json/kizuna/v1/token"
_JAPANESE: Final = {"en": 0, "ja": 1}
_PAGE: Final = (Path(__file__).parent / "page.html").read_text("utf-8")


def example(name: str, number: int = 0) -> Any:  # noqa: ANN401  JSON is what it is
    """A copy of one example of the contract."""
    return copy.deepcopy(CONTRACT["$defs"][name]["examples"][number])


@dataclass(slots=True)
class Asked:
    """One request that reached the API."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    authorization: str | None


@dataclass(slots=True)
class Answer:
    """What the API says: a status and JSON, or raw bytes."""

    body: Any
    status: int = 200

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def problem(code: str, status: int, **extra: object) -> Answer:
    """A problem document as the contract has it."""
    said = {"type": "about:blank", "title": code, "status": status, "code": code, "reference": "7F2K9M"}
    return Answer({**said, **extra}, status)


@dataclass
class Store:
    """The store of one test. Its answers may be replaced at any time; every call is kept."""

    locale: str = "en"
    signed_in: bool = True
    attributes: dict[str, str] = field(default_factory=dict)
    host_style: str = ""
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    origin: str = ""
    held: threading.Event = field(default_factory=threading.Event)
    stalled: set[str] = field(default_factory=set)
    left: Any = None

    def __post_init__(self) -> None:
        number = _JAPANESE[self.locale]
        self.programme: Any = example("programme", number)
        self.member: Any = example("member", number)
        self.history: Any = example("history", number)
        self.landing: Any = example("referral_landing", number)
        self.redeemed: Any = example("redemption_answer", number)
        self.question: Any = example("question_answer", 1) | {"reason": "nothing_due", "opens_at": None}
        self.profile: Any = example("profile") | {"questions": []}

    def answer(self, method: str, path: str, *answers: Answer) -> None:
        """Say this once each, in turn; the last one stays."""
        self.answers[method, path] = list(answers)

    def calls(self, method: str, path: str) -> list[Asked]:
        return [one for one in self.asked if (one.method, one.path) == (method, path)]

    def page(self, path: str = "/") -> str:
        return self.origin + path

    def say(self, asked: Asked) -> Answer:
        """The answer to one call: what the test put there, else the canned one."""
        planned = self.answers.get((asked.method, asked.path))
        if planned:
            return planned.pop(0) if len(planned) > 1 else planned[0]
        for pattern, answer in (
            ("programme", lambda: self.programme),
            ("member", lambda: self.member if self.signed_in else {"state": "signed_out"}),
            ("history", lambda: {"pending": [], "entries": [], "next": None} if asked.query else self.history),
            ("redemptions", lambda: self.redeemed),
            ("redemptions/*/return", lambda: self.redeemed),
            ("redemptions/*", lambda: self._redemption(asked.path.rsplit("/", 1)[1])),
            ("question", lambda: self.question),
            ("question/*", lambda: example("answer_taken")),
            ("profile/*/withdraw", lambda: self.profile),
            ("profile/*", lambda: self._told(asked)),
            ("profile", lambda: self.profile),
            ("birthday", lambda: self._birthday(asked.body)),
            ("personal", lambda: self._personal(asked.body)),
            ("visit/*", lambda: {"address": self.page("/elsewhere"), "until": "2026-11-22T12:10:00Z"}),
            ("kept", lambda: example("kept")),
            ("leave", self._leave),
            ("join", self._join),
            ("referral/*/claim", lambda: example("referral_claim")),
            ("referral/*/click", lambda: example("referral_click")),
            ("referral/*", lambda: self.landing),
        ):
            if fnmatch(asked.path, pattern):
                return Answer(answer())
        return problem("INVALID_REQUEST", 404)

    def _told(self, asked: Asked) -> Any:  # noqa: ANN401
        (question,) = (one for one in self.profile["questions"] if one["id"] == asked.path.rsplit("/", 1)[1])
        purpose = question["purpose"]
        question |= {
            "points": 0,
            "answer": {"value": asked.body["value"], "at": "2026-11-22T12:00:00Z", "purpose": purpose},
        }
        return question

    def _birthday(self, body: Any) -> Any:  # noqa: ANN401
        self.profile["birthday"] |= body
        return self.profile

    def _personal(self, body: Any) -> Any:  # noqa: ANN401
        self.member["personal"] = body["wanted"]
        return body

    def _leave(self) -> Any:  # noqa: ANN401
        self.left = self.member
        self.member = {"state": "not_member", "first_name": None}
        return self.member

    def _join(self) -> Any:  # noqa: ANN401
        self.member = self.left or self.member
        return {"state": "member"}

    def _redemption(self, name: str) -> dict[str, Any]:
        (own,) = (one for one in self.member["redemptions"] if one["id"] == name)
        return {"redemption": own, "balance": self.member["balance"]}

    def html(self) -> str:
        """The store's page with the widget's element, as a platform's wrapper writes it."""
        given = {"api": API, "locale": self.locale, "signed-in": str(self.signed_in).lower(), **self.attributes}
        attributes = " ".join(f'data-{name}="{value}"' for name, value in given.items())
        words = {"{{lang}}": self.locale, "{{attributes}}": attributes, "{{style}}": self.host_style}
        text = _PAGE
        for mark, word in words.items():
            text = text.replace(mark, word)
        return text


class _Handler(BaseHTTPRequestHandler):
    """Serves one store: its pages, the widget's files, the API."""

    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """Answer a page, a file or a call."""
        self._serve("GET")

    def do_POST(self) -> None:
        """Answer a call."""
        self._serve("POST")

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith(API + "/") or parts.path == TOKEN:
            self._call(method, parts)
        elif path := _file(parts.path):
            self._send(HTTPStatus.OK, "text/javascript; charset=utf-8", path.read_bytes())
        elif parts.path == "/favicon.ico":
            self._send(HTTPStatus.NO_CONTENT, "image/x-icon", b"")
        else:
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", self.store.html().encode())

    def _call(self, method: str, parts: SplitResult) -> None:
        path = "token" if parts.path == TOKEN else parts.path.removeprefix(API + "/")
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else None
        asked = Asked(method, path, parse_qs(parts.query), body, self.headers.get("Authorization"))
        self.store.asked.append(asked)
        if path in self.store.stalled:
            self.store.held.wait(20)
        answer = self.store.say(asked)
        self._send(answer.status, "application/json", answer.bytes())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        if kind.startswith("text/html"):
            # As strict as a careful store is: no inline style, no eval, nothing from elsewhere.
            self.send_header("Content-Security-Policy", "default-src 'self'; style-src 'self' 'nonce-store'")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # the browser may have gone on
            self.wfile.write(body)


def _file(path: str) -> Path | None:
    """A built file of the widget, or one of its sources."""
    for prefix, folder in (("/assets/", DIST), ("/src/", SOURCES)):
        file = folder / path.removeprefix(prefix)
        if path.startswith(prefix) and file.suffix == ".js" and file.is_file():
            return file
    return None


@contextmanager
def serving(store: Store) -> Iterator[Store]:
    """Serve the store on a free port of loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"store": store}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    store.origin = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield store
    finally:
        store.held.set()
        server.shutdown()
        server.server_close()
        thread.join()

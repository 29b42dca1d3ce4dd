"""Every error's one road to HTTP: a problem document (RFC 9457) for machines, a small page for people."""

from collections.abc import Mapping
from typing import Any, Final

from apiflask import HTTPError
from flask import Flask, Response, jsonify, request
from flask_limiter import RateLimitExceeded
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.files.names import place
from app.loyalty.errors import LoyaltyError
from app.loyalty.publishing.soundness import UnsoundProgrammeError
from app.web import notices, tracing
from app.web.limits import rest_s
from app.web.notices import Notice
from app.web.refusals import REFUSALS, Refusal

PROBLEM_TYPE: Final = "application/problem+json"
_STATUS_CODES: Final[Mapping[int, str]] = {
    401: "NOT_SIGNED_IN",
    403: "NOT_ALLOWED",
    404: "NOT_FOUND",
    410: "NOT_FOUND",
    429: "TOO_MANY_REQUESTS",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "UNAVAILABLE",
}
"""What HTTP's own errors are called; other 4xx are INVALID_REQUEST, other 5xx INTERNAL."""
_REFUSED: Final = 400
_SERVERS_FAULT: Final = 500
_AGAIN_S: Final = 2


class Problem(BaseModel):
    """An error as machines read it. ``code`` is stable; what else belongs to it (have, need, missing) stands beside."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    code: str
    reference: str = Field(pattern=r"^[A-Z0-9]{4,12}$")
    detail: str | None = None


Documented = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]

_SAID: Final[Mapping[int, str]] = {
    200: "Done",
    400: "Not understood",
    401: "Nobody is signed in, or the signature does not fit",
    403: "Not from a page of this shop",
    404: "Nothing of this name",
    409: "Refused, with the reason as code",
    413: "Too large",
    415: "Not JSON",
    422: "Not of the shape asked for",
    429: "Too many requests",
    503: "Not available at the moment",
}


def documented(*statuses: int) -> Documented:
    """Return what the OpenAPI document says of these statuses; below 400 there is nothing in the answer."""
    content: dict[str, dict[str, Any]] = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _SAID[status], "content": content if status >= _REFUSED else {}} for status in statuses
    }


_WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "en": {
        "NOT_FOUND": ("There is nothing here", "The address may be old or mistyped."),
        "NOT_SIGNED_IN": ("Sign in first", "Open Kizuna from your store, or with a new one-time link."),
        "NOT_ALLOWED": ("That is not open to you", "Ask whoever runs this installation for access."),
        "TOO_MANY_REQUESTS": ("A moment of rest", "There were many requests in a short time. Try again in a minute."),
        "UNAVAILABLE": ("Back in a moment", "Kizuna cannot reach its data just now. Nothing was lost; try again."),
        "INTERNAL": ("Something went wrong here", "It is written down under the number below. Try again."),
        "": ("That did not work", "The request cannot be answered as it is."),
    },
    "ja": {
        "NOT_FOUND": ("ページが見つかりません", "アドレスが古いか、入力に誤りがある可能性があります。"),
        "NOT_SIGNED_IN": (
            "サインインしてください",
            "ストアの管理画面、または新しいワンタイムリンクから開いてください。",
        ),
        "NOT_ALLOWED": ("このページは表示できません", "アクセス権については管理者にお問い合わせください。"),
        "TOO_MANY_REQUESTS": (
            "少し時間をおいてください",
            "短時間に多くのリクエストがありました。1分後にもう一度お試しください。",
        ),
        "UNAVAILABLE": (
            "一時的に利用できません",
            "データに接続できません。失われたデータはありません。もう一度お試しください。",
        ),
        "INTERNAL": ("問題が発生しました", "下の番号で記録しました。もう一度お試しください。"),
        "": ("処理できませんでした", "このリクエストにはお応えできません。"),
    },
}
_REFERENCE: Final[Mapping[str, str]] = {"en": "Reference {}", "ja": "番号 {}"}


def problem(refusal: Refusal) -> Response:
    """Return the document of a refusal, whoever asks."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "code": refusal.code,
        "reference": tracing.reference(),
        **refusal.numbers,
    }
    if refusal.detail:
        document["detail"] = refusal.detail
    if refusal.errors:
        document["errors"] = refusal.errors
    response = jsonify(document)
    response.status_code = refusal.status
    response.mimetype = PROBLEM_TYPE
    response.headers.update(refusal.headers)
    return response


def answer(refusal: Refusal) -> Response:
    """Return a refusal in the form the caller asked for."""
    if not _prefers_html():
        return problem(refusal)
    language = notices.language()
    title, line = _WORDS[language].get(refusal.code) or _WORDS[language][""]
    small = _REFERENCE[language].format(tracing.reference())
    response = notices.show(Notice(title, (line,), small=small), refusal.status)
    response.headers.update(refusal.headers)
    return response


def _prefers_html() -> bool:
    asked = request.accept_mimetypes
    best = asked.best_match((PROBLEM_TYPE, "application/json", "text/html"))
    return best == "text/html" and asked["text/html"] > asked["application/json"]


def _of_http(error: HTTPException) -> Response:
    if isinstance(error, RequestRedirect):
        return error.get_response()  # type: ignore[return-value] # werkzeug's own response; flask sends it as it is
    status = error.code or _SERVERS_FAULT
    code = _STATUS_CODES.get(status) or ("INTERNAL" if status >= _SERVERS_FAULT else "INVALID_REQUEST")
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    numbers: dict[str, int | str] = {}
    if isinstance(error, RateLimitExceeded):
        numbers["retry_after_seconds"] = rest_s()
        headers["Retry-After"] = str(rest_s())
    return answer(Refusal(code, numbers, status=status, headers=headers))


def _of_input(error: HTTPError) -> Response:
    """An input that does not fit its schema; the places are named, the values are not repeated."""
    return answer(Refusal("INVALID_REQUEST", status=error.status_code, detail=_places(error.detail)))


def _places(detail: object) -> str | None:
    if not isinstance(detail, dict):
        return None
    fields = [str(name) for part in detail.values() if isinstance(part, dict) for name in part]
    known = [name for name in fields if name.isidentifier()]
    return f"Check: {', '.join(sorted(known)[:10])}." if known else None


def _of_trade(error: LoyaltyError) -> Response:
    return answer(Refusal(error.code, error.numbers()))


def _of_programme(error: UnsoundProgrammeError) -> Response:
    """A version that cannot be published: every problem with its place in the programme's file."""
    errors = [
        {"place": place(error.version, problem.path), "code": problem.code, **problem.numbers}
        for problem in error.problems
    ]
    return answer(Refusal(error.code, error.numbers(), errors=errors))


def _of_database(error: Exception) -> Response:
    """The database is away or busy: whoever asked tries again, platforms do so by themselves."""
    tracing.log_crash(error)
    return answer(Refusal("UNAVAILABLE", {"retry_after_seconds": _AGAIN_S}, headers={"Retry-After": str(_AGAIN_S)}))


def _of_mistake(error: Exception) -> Response:
    tracing.log_crash(error)
    return answer(Refusal("INTERNAL"))


def handle(app: Flask) -> None:
    """Register the handlers, the widest last."""
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(LoyaltyError, _of_trade)
    app.register_error_handler(UnsoundProgrammeError, _of_programme)
    app.register_error_handler(HTTPError, _of_input)
    app.register_error_handler(HTTPException, _of_http)
    for kind in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(kind, _of_database)
    app.register_error_handler(Exception, _of_mistake)


__all__ = ["PROBLEM_TYPE", "REFUSALS", "Problem", "answer", "handle", "problem"]

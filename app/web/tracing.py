"""A short reference for every request: shoppers read it out, logs carry it."""

import secrets
import traceback
from pathlib import Path

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 8
_DEEPEST = 12


def reference() -> str:
    """Return the present request's reference."""
    if "reference" not in g:
        g.reference = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    found: str = g.reference
    return found


def _begin() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(reference=reference(), endpoint=request.endpoint)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = reference()
    return response


def log_crash(error: BaseException) -> None:
    """Log where an error came from: kinds and places, never its words, which may hold what a person typed."""
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    log.error("crashed", error=type(error).__name__, cause=type(cause).__name__ if cause else None, places=places)


def trace(app: Flask) -> None:
    """Give every request its reference."""
    app.before_request(_begin)
    app.after_request(_end)

"""The request as platforms take it: raw body, decoded query in its order, header names in lower case."""

from urllib.parse import parse_qsl

from flask import request

from app.web.refusals import Refusal
from integrations.platform import Request

_PARAMETERS_MAX = 100


def incoming(*, body: bool = True) -> Request:
    """Return the present request. Raises Refusal for a query beyond reason, werkzeug's 413 for a body beyond the cap.

    WSGI servers join a header that was sent twice with a comma; of the headers that prove something none may hold one.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        query = parse_qsl(
            request.query_string.decode("ascii", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=_PARAMETERS_MAX,
        )
    except ValueError:
        raise Refusal("INVALID_REQUEST") from None
    return Request(
        method=request.method,
        path=request.path,
        headers=headers,
        query=query,
        body=request.get_data(cache=True) if body else b"",
        doubled_headers=frozenset(name for name, value in headers.items() if "," in value),
    )

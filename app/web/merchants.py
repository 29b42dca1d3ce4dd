"""The guard of the merchant's pages: a seat, or the way to one."""

from urllib.parse import urlencode

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.web import headers
from app.web.house import house
from app.web.policy import Policy, Who
from app.web.refusals import Refusal
from app.web.seats import Seat, find_seat

RETRY = {"X-Shopify-Retry-Invalid-Session-Request": "1"}
"""Tells App Bridge to fetch a fresh session token and ask once more."""
_AGAIN = "again"
_CARRIED = ("shop", "host", "embedded", "locale")


def seat() -> Seat:
    """Return the seat of the present request; the guard has found it."""
    found: Seat = g.seat
    return found


def guard(policy: Policy) -> Response | AnyResponse | None:
    """Let a seat pass; send documents to where one is given. Raises Refusal for everything else."""
    found = find_seat(request)
    if found is not None and found.embedded is not None:
        headers.embed(found.embedded)
    if found is None:
        return _no_seat()
    if policy.who is Who.OPERATOR and not found.operator:
        raise Refusal("NOT_ALLOWED")
    g.seat = found
    if policy.who is Who.MERCHANT and found.programme_id is None:
        return redirect("/shops", 303)
    return None


def _no_seat() -> AnyResponse:
    if request.authorization is not None:
        raise Refusal("NOT_SIGNED_IN", headers=RETRY)
    if request.method != "GET":
        raise Refusal("NOT_SIGNED_IN")
    if request.args.get("embedded") == "1" or "id_token" in request.args:
        return bounce(request.path)
    return redirect("/sign-in", 303)


def bounce(path: str) -> AnyResponse:
    """Send a document that lacks a good session token to the page where App Bridge fetches one, and back to ``path``.

    Once: where the fresh token is no good either (a wrong clock, another app's key), asking again would never end.
    """
    if _AGAIN in request.args:
        raise Refusal("NOT_SIGNED_IN", headers=RETRY)
    carried = {name: request.args[name] for name in _CARRIED if name in request.args}
    back = f"{house().settings.base_url}{path}?{urlencode({**carried, _AGAIN: '1'})}"
    return redirect(f"/shopify/bounce?{urlencode({**carried, 'shopify-reload': back})}", 302)

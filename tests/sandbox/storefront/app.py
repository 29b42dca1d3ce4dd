"""Adds the storefront to a platform's app."""

from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.storefront.back_office import BackOffice
from tests.sandbox.storefront.front import Front, own_path
from tests.sandbox.storefront.people_pages import PeoplePages
from tests.sandbox.storefront.till import Till
from tests.sandbox.storefront.window import Window, keep_code, missing


def add_storefront(app: Flask, front: Front) -> None:
    """Register every page; pages of signed-in shoppers are kept by nobody."""
    for part in (Window, Till, PeoplePages, BackOffice):
        app.register_blueprint(part(front).blueprint())

    if front.code_parameter:
        app.before_request(lambda: _take_code(front.code_parameter))

    @app.errorhandler(404)
    def not_found(_error: Exception) -> Response:
        return missing(front)

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def _take_code(name: str) -> AnyResponse | None:
    """Keep the code that a link to any page brings along, and go on to the same page without it."""
    code = request.args.get(name)
    if request.method != "GET" or not code:
        return None
    keep_code(code)
    rest = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != name])
    return redirect(own_path(request.path, "/") + (f"?{rest}" if rest else ""))

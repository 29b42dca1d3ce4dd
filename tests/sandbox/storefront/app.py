"""Adds the storefront to a platform's app."""

from flask import Flask, Response

from tests.sandbox.storefront.back_office import BackOffice
from tests.sandbox.storefront.front import Front
from tests.sandbox.storefront.people_pages import PeoplePages
from tests.sandbox.storefront.till import Till
from tests.sandbox.storefront.window import Window, missing


def add_storefront(app: Flask, front: Front) -> None:
    """Register every page; pages of signed-in shoppers are kept by nobody."""
    for part in (Window, Till, PeoplePages, BackOffice):
        app.register_blueprint(part(front).blueprint())

    @app.errorhandler(404)
    def not_found(_error: Exception) -> Response:
        return missing(front)

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

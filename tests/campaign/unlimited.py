"""The app as it is, but that it does not count how often a shopper asks: a storm is to reach the points."""

from flask import Flask

from app import factory
from app.web.limits import limiter


def application() -> Flask:
    """Return the app of this process."""
    app = factory.application()
    limiter.enabled = False
    return app

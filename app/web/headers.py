"""Security headers of every answer, and who may put a page into a frame."""

from collections.abc import Callable
from typing import Final

from flask import Flask, Response, g

from app.settings import Settings
from app.web.house import house

_APP_BRIDGE: Final = "https://cdn.shopify.com/shopifycloud/app-bridge.js"
_ADMIN: Final = "https://admin.shopify.com"


def app_bridge(domain: str) -> str:
    """Return where App Bridge comes from for a shop: Shopify's CDN, or the demonstration shop's stand-in."""
    place = house().settings.sandbox.get(domain)
    return _APP_BRIDGE if place is None else f"{place}/app-bridge.js"


def embed(domain: str) -> None:
    """Let the present answer stand in the admin of this shop (proved by its session token) and of no other."""
    g.embedded_in = domain


def protect(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer of the app."""
    app.after_request(_protector(settings))


def _protector(settings: Settings) -> Callable[[Response], Response]:
    secure = settings.base_url.startswith("https://")

    def add(response: Response) -> Response:
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Content-Security-Policy"] = _policy(response)
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        if "embedded_in" not in g:
            headers["X-Frame-Options"] = "DENY"
        if secure:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response

    return add


def _policy(response: Response) -> str:
    domain: str | None = g.get("embedded_in")
    ancestors = "'none'"
    scripts = "'self'"
    if domain is not None:
        place = house().settings.sandbox.get(domain)
        ancestors = " ".join((f"https://{domain}", _ADMIN, *([place] if place else ())))
        scripts = f"'self' {app_bridge(domain)}"
    if response.mimetype != "text/html":
        return f"default-src 'none'; frame-ancestors {ancestors}"
    styles = " ".join(("'self'", *([g.style_source] if "style_source" in g else ())))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )

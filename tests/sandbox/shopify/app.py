"""Puts the Shopify store together: OAuth, Admin API, admin, app proxy, theme extension, storefront in one app."""

from flask import Blueprint, Flask, Response, send_file, send_from_directory

from tests.sandbox.records import Customer
from tests.sandbox.server import STATIC, new_app
from tests.sandbox.shopify import theme
from tests.sandbox.shopify.admin_api import AdminEndpoint
from tests.sandbox.shopify.admin_pages import AdminPages
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.oauth import Oauth
from tests.sandbox.shopify.proxy import AppProxy
from tests.sandbox.storefront.app import add_storefront
from tests.sandbox.storefront.front import Front


def shopify_app(face: Shopify) -> Flask:
    """Everything the store answers."""
    app = new_app(face.store, face.log)
    for part in (Oauth, AdminEndpoint, AdminPages, AppProxy):
        app.register_blueprint(part(face).blueprint())
    app.register_blueprint(_files())
    front = Front(
        store=face.store,
        courier=face.courier,
        head=lambda shopper, path: _embeds(face, "head", shopper, path),
        foot=lambda shopper, path: _embeds(face, "body", shopper, path),
        admin_path="/admin",
    )
    add_storefront(app, front)
    app.extensions["front"] = front
    return app


def _embeds(face: Shopify, target: str, shopper: Customer | None, path: str) -> str:
    """What the app's embeds print into a page, while the app is installed and its embed is on."""
    return theme.render(target, face.shop, shopper, path) if face.installed and face.embed_on else ""


def _files() -> Blueprint:
    """Files that Shopify's CDN serves: the extension's assets and App Bridge (here a stand-in)."""
    pages = Blueprint("files", __name__)

    @pages.get("/extensions/<extension>/assets/<name>")
    def extension_asset(extension: str, name: str) -> Response:
        path = theme.asset(extension, name)
        if path is None:
            return Response("Not found", 404, content_type="text/plain")
        response = send_file(path, max_age=0)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @pages.get("/app-bridge.js")
    def app_bridge() -> Response:
        return send_from_directory(STATIC, "app-bridge.js", max_age=0)

    return pages

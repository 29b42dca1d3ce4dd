"""`/admin/api/2026-10/graphql.json`: proves the access token and hands the document on."""

from flask import Blueprint, Response, request

from tests.sandbox.shopify.execution import AdminApi
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.writing import API_VERSION, encode


class AdminEndpoint:
    """The one address of the Admin API."""

    def __init__(self, face: Shopify) -> None:
        """Serve one store."""
        self.face = face
        self.api = AdminApi(face)

    def blueprint(self) -> Blueprint:
        """The route."""
        pages = Blueprint("admin_api", __name__)
        pages.add_url_rule("/admin/api/<version>/graphql.json", "graphql", self.graphql, methods=["POST"])
        return pages

    def graphql(self, version: str) -> Response:
        """Answer a document."""
        if version != API_VERSION:
            return _json({"errors": "Not Found"}, 404)
        pair = self.face.tokens.opened_by(request.headers.get("X-Shopify-Access-Token", ""))
        if pair is None or not self.face.installed:
            refused = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return _json({"errors": refused}, 401)
        given = request.get_json(silent=True)
        if not isinstance(given, dict) or not isinstance(given.get("query"), str):
            return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        return _json(self.api.answer(pair, given["query"], given.get("variables") or {}))


def _json(value: object, status: int = 200) -> Response:
    return Response(encode(value), status, content_type="application/json; charset=utf-8")

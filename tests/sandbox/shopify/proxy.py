"""The app proxy: what shoppers ask of `/apps/kizuna/…` goes to the app, signed, without anybody's cookies."""

import hmac
from urllib.parse import urlencode

import urllib3
from flask import Blueprint, Response, request

from tests.sandbox.shopify.face import Shopify
from tests.sandbox.signing_in import shopper

PREFIX = "/apps/kizuna"
_KEPT = ("Accept", "Accept-Language", "Content-Type", "If-None-Match", "User-Agent")
_PASSED = ("Content-Type", "Cache-Control", "ETag", "Vary", "Content-Language", "Retry-After")
_SECONDS = 10


class AppProxy:
    """Forwards, signs, strips."""

    def __init__(self, face: Shopify) -> None:
        """Serve one store."""
        self.face = face
        self._http = urllib3.PoolManager(num_pools=4, maxsize=8, retries=False)

    def blueprint(self) -> Blueprint:
        """The route."""
        pages = Blueprint("proxy", __name__)
        pages.add_url_rule(
            f"{PREFIX}/<path:rest>", "forward", self.forward, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]
        )
        return pages

    def forward(self, rest: str) -> Response:
        """Ask the app and pass on what it says."""
        if not self.face.installed:
            return Response("Not found", 404, content_type="text/plain")
        customer = shopper(self.face.store)
        ours = [
            ("shop", self.face.shop.domain),
            ("logged_in_customer_id", str(customer.id) if customer else ""),
            ("path_prefix", PREFIX),
            ("timestamp", str(int(self.face.store.clock.now().timestamp()))),
        ]
        query = [*request.args.items(multi=True), *ours]
        query.append(("signature", proxy_signature(query, self.face.app.client_secret)))
        headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
        headers["X-Forwarded-For"] = request.remote_addr or ""
        headers["X-Forwarded-Host"] = self.face.shop.domain
        try:
            answer = self._http.request(
                request.method,
                f"{self.face.roads.app_url}/proxy/shopify/{rest}?{urlencode(query)}",
                body=request.get_data(),
                headers=headers,
                redirect=False,
                timeout=_SECONDS,
            )
        except urllib3.exceptions.HTTPError:
            page = "<!doctype html><title>Error</title><h1>There was an error in the third-party application</h1>"
            return Response(page, 502, content_type="text/html")
        passed = {name: answer.headers[name] for name in _PASSED if name in answer.headers}
        return Response(answer.data, answer.status, headers=passed)


def proxy_signature(query: list[tuple[str, str]], secret: str) -> str:
    """Sign a query: repeated values joined by a comma, `name=value` sorted and joined without anything between."""
    joined: dict[str, list[str]] = {}
    for name, value in query:
        joined.setdefault(name, []).append(value)
    message = "".join(sorted(f"{name}={','.join(values)}" for name, values in joined.items()))
    return hmac.digest(secret.encode(), message.encode(), "sha256").hex()

"""Routes of WordPress itself and of our plugin: the index, the plugin's REST, its script files."""

from flask import Blueprint, Response, request, send_file

from tests.sandbox.signing_in import shopper
from tests.sandbox.woocommerce.face import Woo
from tests.sandbox.woocommerce.plugin import ASSETS_PATH, asset
from tests.sandbox.woocommerce.records import Permission
from tests.sandbox.woocommerce.replies import RestError, answers, payload, reply, signed_in_key

_PRIVATE = {"Cache-Control": "no-store, private", "Vary": "Cookie"}


class PluginApi:
    """What the plugin adds to the store's addresses."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo

    def blueprint(self) -> Blueprint:
        """The routes; those of the plugin are there while it is active."""
        api = Blueprint("plugin", __name__)
        api.before_request(self._absent)
        api.add_url_rule("/wp-json/", "index", self.index)
        api.add_url_rule("/wp-json/kizuna/v1/secret", "secret", answers(self.secret), methods=["POST"])
        api.add_url_rule("/wp-json/kizuna/v1/status", "status", answers(self.status))
        api.add_url_rule("/wp-json/kizuna/v1/token", "token", self.token, methods=["GET", "POST"])
        api.add_url_rule(f"{ASSETS_PATH}/<name>", "asset", self.asset)
        return api

    def index(self) -> Response:
        """What WordPress says of itself to anybody."""
        shop = self.woo.shop
        offset = self.woo.store.clock.now().astimezone(shop.tz).utcoffset()
        return reply(
            {
                "name": shop.name,
                "description": "",
                "url": shop.home,
                "home": shop.home,
                "gmt_offset": str(round(offset.total_seconds() / 3600, 2)) if offset else "0",
                "timezone_string": shop.zone,
                "namespaces": ["oembed/1.0", "wc/v3", "wc/store/v1", *self._own_namespaces(), "wp/v2"],
                "authentication": [],
            }
        )

    def secret(self) -> Response:
        """Take over what the server says of itself, with the shared secret."""
        self._manages()
        given = payload()
        wrong = self.woo.plugin.connect(given.get("shop"), given.get("app"), given.get("secret"))
        if wrong == "app":
            message = "The address of the Kizuna server must begin with https://."
            raise RestError(400, "kizuna_app_invalid", message)
        if wrong:
            raise RestError(400, "rest_invalid_param", f"Invalid parameter(s): {wrong}", {"params": {wrong: "pattern"}})
        return reply(self.woo.plugin.status())

    def status(self) -> Response:
        """Say how things stand."""
        self._manages()
        return reply(self.woo.plugin.status())

    def token(self) -> Response:
        """A token for the shopper who is signed in and asks from a page of ours; null for anybody else."""
        customer = shopper(self.woo.store)
        nonce = request.args.get("_wpnonce") or request.headers.get("X-WP-Nonce")
        if nonce is None:
            customer = None  # without a nonce WordPress signs nobody in
        elif nonce != self.woo.plugin.nonce(customer):
            error = RestError(403, "rest_cookie_invalid_nonce", "Cookie check failed")
            return reply(error.body, error.status, _PRIVATE)
        return reply({"token": self.woo.plugin.token(customer)}, 200, _PRIVATE)

    def asset(self, name: str) -> Response:
        """One of the widget's built files."""
        path = asset(name)
        if path is None:
            return Response("Not found", 404, content_type="text/plain")
        return send_file(path, max_age=0)

    def _own_namespaces(self) -> list[str]:
        return ["kizuna/v1"] if self.woo.plugin.active else []

    def _absent(self) -> Response | None:
        if self.woo.plugin.active or request.endpoint == "plugin.index":
            return None
        error = RestError(404, "rest_no_route", "No route was found matching the URL and request method.")
        return reply(error.body, error.status)

    def _manages(self) -> None:
        key = signed_in_key(self.woo.keys, self.woo.shop)
        if key.permission is Permission.READ:
            raise RestError(401, "rest_forbidden", "Sorry, you are not allowed to do that.")

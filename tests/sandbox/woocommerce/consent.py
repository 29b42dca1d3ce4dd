"""`/wc-auth/v1/…`: the merchant signs in, approves an app, and the store posts the app its keys."""

import hmac
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.courier import Letter
from tests.sandbox.woocommerce.face import Woo
from tests.sandbox.woocommerce.records import Permission, RestKey
from tests.sandbox.woocommerce.writing import WORDPRESS, encode

_NEEDED = ("app_name", "user_id", "return_url", "callback_url", "scope")
PASSWORD = "open sesame"
"""Of the demonstration store's owner; shown on the log-in page, because it opens nothing real."""


class ConsentError(Exception):
    """The request for keys is refused with a sentence."""


class Consent:
    """The pages on which an app is given its keys."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo

    def blueprint(self) -> Blueprint:
        """The routes."""
        pages = Blueprint("consent", __name__, url_prefix="/wc-auth/v1")
        pages.add_url_rule("/authorize/", "authorize", self.authorize)
        pages.add_url_rule("/authorize", "authorize_bare", self.authorize)
        pages.add_url_rule("/login/", "login", self.login, methods=["GET", "POST"])
        pages.add_url_rule("/access_granted/", "granted", self.granted)
        pages.register_error_handler(ConsentError, self._refused)
        return pages

    def authorize(self) -> AnyResponse:
        """Ask the merchant; nobody signed in is sent to the log-in page first."""
        self._check()
        if not session.get("merchant"):
            return redirect(f"/wc-auth/v1/login/?{self._query()}")
        return self._page(
            "consent.html",
            app_name=request.args["app_name"],
            scope=request.args["scope"],
            host=urlsplit(request.args["callback_url"]).netloc,
            approve=f"/wc-auth/v1/access_granted/?{self._query()}&wc_auth_nonce={self._nonce()}",
            deny=self._back(success="0"),
        )

    def login(self) -> AnyResponse:
        """Sign the merchant in and go back."""
        self._check()
        if request.method == "POST":
            right = hmac.compare_digest(request.form.get("password", "").encode(), PASSWORD.encode())
            if right and request.form.get("username") == self.woo.shop.owner_email:
                session["merchant"] = True
                return redirect(f"/wc-auth/v1/authorize/?{self._query()}")
        return self._page("login.html", owner=self.woo.shop.owner_email, password=PASSWORD)

    def granted(self) -> AnyResponse:
        """Make the keys and post them; anything but 200 in answer takes them away again. May be opened twice."""
        self._check()
        if not session.get("merchant") or request.args.get("wc_auth_nonce") != self._nonce():
            raise ConsentError("You do not have permission to access this page")
        user = request.args["user_id"]
        key = self.woo.make_key(request.args["app_name"], user, Permission(request.args["scope"]))
        status = self._post(key, request.args["callback_url"])
        if status != 200:
            self.woo.revoke_key(key)
            raise ConsentError("An error occurred in the request and at the time were unable to send the consumer data")
        return redirect(self._back(success="1"))

    def _post(self, key: RestKey, url: str) -> int | None:
        body = encode(
            {
                "key_id": key.id,
                "user_id": key.user,
                "consumer_key": key.consumer_key,
                "consumer_secret": key.consumer_secret,
                "key_permissions": str(key.permission),
            }
        )
        headers = {
            "User-Agent": f"WordPress/{WORDPRESS}; {self.woo.shop.home}",
            "Accept": "*/*",
            "Content-Type": "application/json;charset=UTF-8",
        }
        return self.woo.courier.send(Letter(url, headers, body), "wc-auth")

    def _check(self) -> None:
        for name in _NEEDED:
            if not request.args.get(name):
                raise ConsentError(f"Missing parameter {name}")
        if request.args["scope"] not in list(Permission):
            raise ConsentError(f"Invalid scope {request.args['scope']}")
        for name in ("return_url", "callback_url"):
            if urlsplit(request.args[name]).scheme not in ("http", "https"):
                raise ConsentError(f"The {name} is not a valid URL")
        if not self.woo.roads.allowed(request.args["callback_url"]):
            raise ConsentError("The callback_url needs to be over SSL")

    def _query(self) -> str:
        return urlencode({name: request.args[name] for name in _NEEDED})

    def _nonce(self) -> str:
        return hmac.digest(b"demonstration nonce", self._query().encode(), "sha256").hex()[:10]

    def _back(self, *, success: str) -> str:
        url = request.args["return_url"]
        joint = "&" if urlsplit(url).query else "?"
        return f"{url}{joint}{urlencode({'success': success, 'user_id': request.args['user_id']})}"

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        return make_response(render_template(f"merchant/{template}", shop=self.woo.shop, **values), status)

    def _refused(self, error: ConsentError) -> Response:
        return self._page("refused.html", 401, sentence=str(error))

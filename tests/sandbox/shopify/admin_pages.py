"""The merchant's admin: opens the app in a frame, hands out session tokens, and has the theme editor's switch."""

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.shopify import session_tokens
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.oauth import signed_query

HANDLE = "kizuna"


class AdminPages:
    """What the merchant sees."""

    def __init__(self, face: Shopify) -> None:
        """Serve one store."""
        self.face = face

    def blueprint(self) -> Blueprint:
        """The routes."""
        pages = Blueprint("admin_pages", __name__)
        pages.add_url_rule("/admin", "home", self.home)
        pages.add_url_rule("/admin/install", "install", self.install, methods=["POST"])
        pages.add_url_rule("/admin/uninstall", "uninstall", self.uninstall, methods=["POST"])
        pages.add_url_rule("/admin/embed", "embed", self.embed, methods=["POST"])
        pages.add_url_rule("/admin/session-token", "session_token", self.session_token, methods=["POST"])
        pages.add_url_rule(f"/admin/apps/{HANDLE}", "app_home", self.app, defaults={"rest": ""})
        pages.add_url_rule(f"/admin/apps/{HANDLE}/<path:rest>", "app", self.app)
        return pages

    def home(self) -> str:
        """The apps of the store and the theme's app embeds."""
        return self._page("admin_home.html")

    def install(self) -> AnyResponse:
        """The merchant installs the app: Shopify grants its scopes and opens it."""
        self.face.install()
        return redirect(f"/admin/apps/{HANDLE}")

    def uninstall(self) -> AnyResponse:
        """The merchant removes the app."""
        self.face.uninstall()
        return redirect("/admin")

    def embed(self) -> AnyResponse:
        """Switch the app embed in the theme editor."""
        self.face.switch_embed(on=request.form.get("on") == "yes")
        return redirect("/admin")

    def app(self, rest: str) -> AnyResponse | str:
        """The app in its frame; the address below it names one of the app's own pages."""
        if not self.face.installed:
            return redirect("/admin")
        return self._page("admin_app.html", frame=self.frame_url(rest))

    def frame_url(self, rest: str = "") -> str:
        """Where the frame begins: the app's address with who opens it, signed."""
        face = self.face
        query = {
            "embedded": "1",
            "host": session_tokens.host_parameter(face.shop),
            "id_token": self._token(),
            "locale": face.shop.language,
            "session": "5f3e8a0c9b7d4e12",
            "shop": face.shop.domain,
            "timestamp": str(int(face.store.clock.now().timestamp())),
        }
        signed = signed_query(query, face.app.client_secret)
        path = face.app.home.rstrip("/") + (f"/{rest}" if rest else "")
        return f"{face.roads.app_url}{path}?{urlencode(signed)}"

    def session_token(self) -> Response | AnyResponse:
        """A fresh session token for the frame, asked for by the page around it."""
        if not self.face.installed:
            return Response("not installed", 403)
        response = jsonify(token=self._token())
        response.headers["Cache-Control"] = "no-store"
        return response

    def _token(self) -> str:
        return session_tokens.session_token(self.face.store, self.face.app.client_id, self.face.app.client_secret)

    def _page(self, template: str, **values: object) -> str:
        return render_template(f"merchant/{template}", shop=self.face.shop, face=self.face, handle=HANDLE, **values)

"""`/admin/oauth/…`: tokens for session tokens, for codes and for refresh tokens; and the grant page."""

import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.shopify import session_tokens
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.records import TokenPair
from tests.sandbox.shopify.tokens import REFRESH_FOR

_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
_OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"


class OauthError(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, status: int, error: str, description: str) -> None:
        """Carry status, code and sentence."""
        super().__init__(error)
        self.status, self.error, self.description = status, error, description


class Oauth:
    """How an app comes by its tokens."""

    def __init__(self, face: Shopify) -> None:
        """Serve one store."""
        self.face = face

    def blueprint(self) -> Blueprint:
        """The routes."""
        pages = Blueprint("oauth", __name__, url_prefix="/admin/oauth")
        pages.add_url_rule("/access_token", "access_token", self.access_token, methods=["POST"])
        pages.add_url_rule("/authorize", "authorize", self.authorize, methods=["GET", "POST"])
        return pages

    def access_token(self) -> Response:
        """Answer with a pair of tokens, or say why not."""
        given: Mapping[str, Any] = request.get_json(silent=True) or request.form
        try:
            self._prove_app(given)
            pair = self._pair(given)
        except OauthError as error:
            return make_response(jsonify(error=error.error, error_description=error.description), error.status)
        lasts = (pair.access_until - self.face.store.clock.now()).total_seconds()
        return jsonify(
            access_token=pair.access_token,
            scope=",".join(pair.scopes),
            expires_in=int(lasts),
            refresh_token=pair.refresh_token,
            refresh_token_expires_in=int(REFRESH_FOR.total_seconds()),
        )

    def authorize(self) -> AnyResponse:
        """Show the merchant what an app asks for, and send them back with a code once they agree."""
        asked = request.args
        back = asked.get("redirect_uri", "")
        if asked.get("client_id") != self.face.app.client_id or not self._registered(back):
            sentence = "Oauth error invalid_request: The redirect_uri is not whitelisted"
            return make_response(render_template("merchant/refused.html", shop=self.face.shop, sentence=sentence), 400)
        scopes = [scope for scope in asked.get("scope", "").split(",") if scope]
        if request.method == "GET":
            return make_response(
                render_template("merchant/grant.html", shop=self.face.shop, scopes=scopes, host=urlsplit(back).netloc)
            )
        self.face.install(scopes)
        query = {
            "code": self.face.tokens.grant(self.face.app.client_id, scopes),
            "host": session_tokens.host_parameter(self.face.shop),
            "shop": self.face.shop.domain,
            "state": asked.get("state", ""),
            "timestamp": str(int(self.face.store.clock.now().timestamp())),
        }
        return redirect(f"{back}?{urlencode(signed_query(query, self.face.app.client_secret))}")

    def _prove_app(self, given: Mapping[str, Any]) -> None:
        app = self.face.app
        secret = str(given.get("client_secret", ""))
        same = hmac.compare_digest(secret.encode(), app.client_secret.encode())
        if not app.known or given.get("client_id") != app.client_id or not same:
            raise OauthError(401, "invalid_client", "Client authentication failed")

    def _pair(self, given: Mapping[str, Any]) -> TokenPair:
        face = self.face
        kind = given.get("grant_type")
        if kind == "refresh_token":
            pair = face.tokens.refresh(str(given.get("refresh_token", "")))
            if pair is None:
                raise OauthError(401, "invalid_request", "This request requires an active refresh_token")
            return pair
        # New public apps are given tokens that expire, and no others.
        if str(given.get("expiring")) != "1":
            raise OauthError(
                400, "invalid_request", "Non-expiring access tokens are no longer supported: send expiring=1"
            )
        if kind == _EXCHANGE:
            subject = str(given.get("subject_token", ""))
            fits = given.get("subject_token_type") == _ID_TOKEN and given.get("requested_token_type") == _OFFLINE
            proved = session_tokens.proves(subject, face.store, face.app.client_id, face.app.client_secret)
            if not fits or not proved or not face.installed:
                raise OauthError(400, "invalid_subject_token", "Session token is expired, malformed or for another app")
            return face.tokens.issue(face.scopes)
        grant = face.tokens.redeem(str(given.get("code", "")), face.app.client_id)
        if grant is None:
            raise OauthError(400, "invalid_request", "The authorization code was not found or was already used")
        return face.tokens.issue(grant.scopes)

    def _registered(self, url: str) -> bool:
        return self.face.roads.allowed(url) and urlsplit(url).path in self.face.app.redirects


def signed_query(query: dict[str, str], secret: str) -> dict[str, str]:
    """Add the HMAC that Shopify puts on the queries it sends an app: sorted, percent-encoded, hexadecimal."""
    message = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(query.items()))
    return {**query, "hmac": hmac.digest(secret.encode(), message.encode(), "sha256").hex()}

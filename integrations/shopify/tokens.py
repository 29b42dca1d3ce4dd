"""Access to a shop: session tokens and codes turned into expiring offline tokens, and these renewed.

Shopify's package builds the requests and reads the refusals. It sleeps as long as a shop asks it to, tries again by
itself and counts expiry by the machine's clock; therefore every call goes through our transport, which ends it at the
first passing failure, and expiry is counted from ``now`` by what the answer said.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import httpx
import shopify_app
from requests import Response

from app.settings import ShopifyApp
from integrations.outgoing import Outgoing
from integrations.platform import Credentials, PlatformError, ReauthorizeError, Refused
from integrations.reading import UnreadableError, mapping, parse
from integrations.shopify.client import check_status

MANAGED: Final = "managed"
"""The shop has the app's own subscriptions, from ``shopify.app.toml``."""
GRANTED: Final = "granted"
"""The merchant granted access by the authorization code; subscriptions are made by us."""

_TOKEN_MAX: Final = 4096
_LIFE_MAX_S: Final = 10 * 366 * 86_400
_SPENT: Final = Refused(
    "CODE_REFUSED", "Shopify does not take this permission (any more). Start the installation again."
)
_STALE: Final = Refused("SESSION_INVALID", "Ask App Bridge for a fresh session token and try again.")


class Tokens:
    """The app's dealings with ``/admin/oauth/access_token``."""

    def __init__(self, app: ShopifyApp, outgoing: Outgoing) -> None:
        self._app, self._outgoing = app, outgoing

    def exchange(self, session_token: str, shop: str, now: datetime) -> Credentials | Refused:
        """Exchange a session token that was checked before for an offline token. Raises PlatformError."""
        exit_ = _Exit(self._outgoing, shop, MANAGED, now)
        details = shopify_app.IdTokenDetails(exchangeable=True, token=session_token, claims={"dest": f"https://{shop}"})
        with httpx.Client(transport=exit_, trust_env=False) as client:
            result = self._shopify().exchange_using_token_exchange("offline", id_token=details, http_client=client)
        if result.ok and exit_.credentials is not None:
            return exit_.credentials
        if exit_.body.get("error") in ("invalid_subject_token", "invalid_request"):
            return _STALE
        raise self._refused(exit_)

    def grant(self, shop: str, code: str, now: datetime) -> Credentials | Refused:
        """Exchange an authorization code for an offline token. Raises PlatformError."""
        response = self._outgoing.call(
            "POST",
            f"https://{shop}/admin/oauth/access_token",
            headers={"Accept": "application/json"},
            json={
                "client_id": self._app.client_id,
                "client_secret": self._app.client_secret,
                "code": code,
                "expiring": "1",
            },
        )
        if response.status_code in (400, 401):
            return _SPENT
        check_status(response)
        return _credentials(shop, _object(response), GRANTED, now)

    def refresh(self, credentials: Credentials, now: datetime) -> Credentials:
        """Return a new pair for the old one. Where the answer is lost, the old refresh token may be used again.

        Raises ReauthorizeError when only the merchant can help, PlatformError otherwise.
        """
        token, ends = credentials.values.get("refresh_token"), credentials.refresh_expires_at
        if not token or (ends is not None and ends <= now):
            raise ReauthorizeError
        exit_ = _Exit(self._outgoing, credentials.domain, credentials.values.get("install", MANAGED), now)
        name = credentials.domain.removesuffix(".myshopify.com")
        pair = {"shop": name, "refresh_token": token, "expires": "", "refresh_token_expires": ""}
        with httpx.Client(transport=exit_, trust_env=False) as client:
            result = self._shopify().refresh_token_exchanged_access_token(pair, http_client=client)
        if result.ok and exit_.credentials is not None:
            return exit_.credentials
        refused = self._refused(exit_)
        if refused.code == "APP_REFUSED":
            raise refused
        if exit_.body.get("error") == "invalid_grant" or exit_.status == httpx.codes.UNAUTHORIZED:
            raise ReauthorizeError
        raise refused

    def _shopify(self) -> shopify_app.ShopifyApp:
        if not self._app.client_id or not self._app.client_secret:
            raise PlatformError("APP_UNKNOWN", permanent=True)  # no client id and secret were configured
        return shopify_app.ShopifyApp(self._app.client_id, self._app.client_secret)

    @staticmethod
    def _refused(exit_: "_Exit") -> PlatformError:
        """``APP_REFUSED``: Shopify does not know our client id and secret. That is no single shop's fault."""
        known = exit_.body.get("error") == "invalid_client"
        return PlatformError("APP_REFUSED" if known else "TOKEN_REFUSED", permanent=True)


class _Exit(httpx.BaseTransport):
    """The way out for Shopify's package: our transport, one try, an object as answer or PlatformError."""

    def __init__(self, outgoing: Outgoing, shop: str, install: str, now: datetime) -> None:
        self._outgoing, self._shop, self._install, self._now = outgoing, shop, install, now
        self.status = 0
        self.body: Mapping[str, object] = {}
        self.credentials: Credentials | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises PlatformError where nothing was said that the package can read."""
        kept = {name: request.headers[name] for name in ("Content-Type", "Accept")}
        response = self._outgoing.call(request.method, str(request.url), headers=kept, data=request.read())
        if response.status_code not in (400, 403):
            check_status(response)
        self.status = response.status_code
        if self.status == httpx.codes.OK:
            self.body = _object(response)
            self.credentials = _credentials(self._shop, self.body, self._install, self._now)
            return httpx.Response(self.status, content=response.content, request=request)
        with suppress(PlatformError):  # a refusal may be in plain words
            self.body = _object(response)
        return httpx.Response(self.status, json={"error": str(self.body.get("error"))}, request=request)


def _object(response: Response) -> Mapping[str, object]:
    try:
        return mapping(parse(response.content), "answer")
    except UnreadableError:
        raise PlatformError("BAD_ANSWER") from None


def _credentials(shop: str, body: Mapping[str, object], install: str, now: datetime) -> Credentials:
    """Read a pair of tokens. Raises PlatformError(BAD_ANSWER)."""
    values = {"access_token": _word(body, "access_token"), "install": install}
    if "refresh_token" in body:
        values["refresh_token"] = _word(body, "refresh_token")
    scopes = body.get("scope")
    return Credentials(
        domain=shop,
        values=values,
        expires_at=_end(body, "expires_in", now),
        refresh_expires_at=_end(body, "refresh_token_expires_in", now),
        scopes=tuple(filter(None, scopes.split(","))) if isinstance(scopes, str) else (),
    )


def _word(body: Mapping[str, object], name: str) -> str:
    word = body.get(name)
    if not isinstance(word, str) or not 0 < len(word) <= _TOKEN_MAX or not word.isascii() or not word.isprintable():
        raise PlatformError("BAD_ANSWER")
    return word


def _end(body: Mapping[str, object], name: str, now: datetime) -> datetime | None:
    """Return when something ends that is good for so many seconds; None where it does not end."""
    seconds = body.get(name)
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= _LIFE_MAX_S:
        raise PlatformError("BAD_ANSWER")
    return now + timedelta(seconds=seconds)

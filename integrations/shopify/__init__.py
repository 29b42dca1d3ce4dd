"""Shopify's shops."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from app.loyalty.effects import CreditKind, DiscountKind, Effect
from app.settings import Settings, ShopifyApp
from integrations.outgoing import Outgoing
from integrations.platform import (
    Capabilities,
    Changes,
    Connected,
    Credentials,
    Delivery,
    Performed,
    Ping,
    Redirect,
    Refetch,
    Refused,
    Request,
    ShopProfile,
    Translation,
    Verified,
    Versions,
)
from integrations.shopify import connect, subscribe, verify
from integrations.shopify.client import Admin
from integrations.shopify.credits import OPTIONAL_SCOPES
from integrations.shopify.fetch import Fetching
from integrations.shopify.perform import perform
from integrations.shopify.proxy import ProxyCaller, verify_proxy
from integrations.shopify.sessions import Session, read_session
from integrations.shopify.tokens import MANAGED, Tokens
from integrations.shopify.translate import translate

__all__ = ["ProxyCaller", "Session", "Shopify"]


class Shopify:
    """The platform: settings and the way out, no state. ``base_url`` is where the app is reached (no last slash)."""

    name = "shopify"
    capabilities = Capabilities(
        discounts=frozenset(DiscountKind),
        credits=frozenset(CreditKind),
        permissions=OPTIONAL_SCOPES,
        ids_are_global=True,
    )

    def __init__(self, app: ShopifyApp, *, base_url: str, outgoing: Outgoing) -> None:
        self._app, self._base_url, self._outgoing = app, base_url, outgoing
        self._admin = Admin(outgoing, app.api_version)
        self._tokens = Tokens(app, outgoing)

    @classmethod
    def from_settings(cls, settings: Settings, outgoing: Outgoing) -> "Shopify":
        """Build it as the environment says."""
        return cls(settings.shopify, base_url=settings.base_url, outgoing=outgoing)

    @property
    def app_secrets(self) -> tuple[str, ...]:
        """What every shop's deliveries are signed with: the app's secret and, during a rotation, the one before."""
        return tuple(filter(None, (self._app.client_secret, self._app.previous_secret)))

    # ── Connecting ───────────────────────────────────────────────────────────

    def begin(self, request: Request, *, state: str, now: datetime) -> Redirect | Refused:
        """Send a merchant who comes from Shopify to its grant screen."""
        return connect.begin(
            request,
            app=self._app,
            secrets=self.app_secrets,
            base_url=self._base_url,
            state=state,
            now=now,
            outgoing=self._outgoing,
        )

    def answered_state(self, request: Request) -> str | None:
        """The ``state`` that Shopify's grant screen brought back."""
        return request.one("state")

    def finish(self, request: Request, *, domain: str, now: datetime) -> Connected | Refused:
        """Take what the grant screen sent back for ``domain``."""
        return connect.finish(
            request,
            app=self._app,
            secrets=self.app_secrets,
            domain=domain,
            now=now,
            tokens=self._tokens,
            admin=self._admin,
        )

    def exchange(self, session_token: str, now: datetime) -> Connected | Refused:
        """Open the door with the session token of an embedded app that Shopify installed. Raises PlatformError."""
        session = self.session(session_token, now)
        if isinstance(session, Refused):
            return session
        credentials = self._tokens.exchange(session_token, session.shop, now)
        if isinstance(credentials, Refused):
            return credentials
        return Connected(credentials, Fetching(self._admin, credentials).profile(), session.user)

    def subscribe(self, credentials: Credentials, *, address: str) -> Sequence[str]:
        """Make missing subscriptions; a managed installation has those of ``shopify.app.toml``, which no API lists."""
        if credentials.values.get("install") == MANAGED:
            return ()
        return subscribe.subscribe(address, self._admin, credentials)

    def refresh(self, credentials: Credentials, *, now: datetime) -> Credentials:
        """Return a new pair of tokens."""
        return self._tokens.refresh(credentials, now)

    # ── Who is knocking ──────────────────────────────────────────────────────

    def claimed_shop(self, request: Request) -> str | None:
        """The shop a webhook's header names."""
        return verify.claimed_shop(request)

    def verify(self, request: Request, *, secrets: Sequence[str], now: datetime) -> Verified | Ping | Refused:
        """Prove a webhook; ``secrets`` are ``app_secrets``. ``now`` plays no part: late retries are genuine."""
        del now
        return verify.verify_webhook(request, secrets)

    def session(self, token: str, now: datetime) -> Session | Refused:
        """Return the shop and the user that a session token of App Bridge speaks for."""
        return read_session(token, self._app.client_id, self.app_secrets, now)

    def verify_proxy(self, request: Request, now: datetime, allowed: Collection[str] = ()) -> ProxyCaller | Refused:
        """Prove a shopper's request through the app proxy; ``allowed`` are the endpoint's own query parameters."""
        return verify_proxy(request, self.app_secrets, now, allowed)

    # ── What it says, and what is asked and done ─────────────────────────────

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        """Turn a body into facts."""
        return translate(topic, body, shop)

    def refetch(self, wanted: Refetch, credentials: Credentials) -> Iterable[Delivery]:
        """Ask for one order or customer."""
        return Fetching(self._admin, credentials).refetch(wanted)

    def changes(self, since: datetime, cursor: str | None, credentials: Credentials) -> Changes:
        """Ask for a page of changed orders."""
        return Fetching(self._admin, credentials).changes(since, cursor)

    def versions(self, since: datetime, cursor: str | None, credentials: Credentials) -> Versions:
        """Ask for a page of how old orders are."""
        return Fetching(self._admin, credentials).versions(since, cursor)

    def profile(self, credentials: Credentials) -> ShopProfile:
        """Ask the shop what it is: name, currency, time zone."""
        return Fetching(self._admin, credentials).profile()

    def perform(self, effect: Effect, credentials: Credentials) -> Performed:
        """Carry out one effect."""
        return perform(effect, self._admin, credentials)

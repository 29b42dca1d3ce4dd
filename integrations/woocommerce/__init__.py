"""WooCommerce: connect a store, prove and read what it sends, ask it, and make coupons."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from app.loyalty.effects import DiscountKind, Effect
from app.settings import Settings
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
)
from integrations.woocommerce import connect, fetch, verify
from integrations.woocommerce.client import Client
from integrations.woocommerce.perform import perform
from integrations.woocommerce.subscribe import subscribe
from integrations.woocommerce.translate import translate


class WooCommerce:
    """The platform WooCommerce, as ``integrations.platform.Platform`` says.

    Credentials hold ``consumer_key``, ``consumer_secret``, ``key_id``, and what we made: ``webhook_secret``, which
    signs deliveries, and ``shopper_secret``, with which the plugin signs shoppers' tokens. A shop's domain is the host
    of its address, with the folder if the store lives in one (``example.com/shop``).

    ``base_url`` is the app's own address; ``sandbox`` holds the hosts of demonstration stores.
    """

    name = "woocommerce"
    capabilities = Capabilities(discounts=frozenset(DiscountKind), signs_per_shop=True, codes_revive=True)

    def __init__(self, *, base_url: str, outgoing: Outgoing, sandbox: Collection[str] = ()) -> None:
        self._base_url, self._outgoing, self._sandbox = base_url, outgoing, sandbox

    @classmethod
    def from_settings(cls, settings: Settings, outgoing: Outgoing) -> "WooCommerce":
        """Build it as the environment says."""
        return cls(base_url=settings.base_url, outgoing=outgoing, sandbox=settings.sandbox)

    def begin(self, request: Request, *, state: str, now: datetime) -> Redirect | Refused:  # noqa: ARG002
        return connect.begin(
            request, state=state, base_url=self._base_url, outgoing=self._outgoing, sandbox=self._sandbox
        )

    def answered_state(self, request: Request) -> str | None:
        return connect.answered_state(request)

    def finish(self, request: Request, *, domain: str, now: datetime) -> Connected | Refused:  # noqa: ARG002
        return connect.finish(request, domain=domain, outgoing=self._outgoing)

    def subscribe(self, credentials: Credentials, *, address: str) -> Sequence[str]:
        return subscribe(self._client(credentials), credentials, address=address)

    def claimed_shop(self, request: Request) -> str | None:
        return verify.claimed_shop(request)

    def verify(
        self,
        request: Request,
        *,
        secrets: Sequence[str],
        now: datetime,  # noqa: ARG002  (deliveries carry no time)
    ) -> Verified | Ping | Refused:
        return verify.verify(request, secrets=secrets)

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        return translate(topic, body, shop)

    def refetch(self, wanted: Refetch, credentials: Credentials) -> Iterator[Delivery]:
        return fetch.refetch(wanted, self._client(credentials))

    def changes(self, since: datetime, cursor: str | None, credentials: Credentials) -> Changes:
        return fetch.changes(since, cursor, self._client(credentials))

    def perform(self, effect: Effect, credentials: Credentials) -> Performed:
        return perform(effect, self._client(credentials))

    def refresh(self, credentials: Credentials, *, now: datetime) -> Credentials:  # noqa: ARG002
        """Return them as they are: keys of WooCommerce do not expire."""
        return credentials

    def _client(self, credentials: Credentials) -> Client:
        return Client(credentials, self._outgoing)

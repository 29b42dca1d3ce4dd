"""A shop without a platform: it sends signed facts in Kizuna's own words and honours the codes by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.loyalty.effects import CreditKind, DiscountKind, Effect
from integrations.neutral import translate, verify
from integrations.platform import (
    Capabilities,
    Changes,
    Connected,
    Credentials,
    Delivery,
    Performed,
    Ping,
    PlatformError,
    Redirect,
    Refetch,
    Refused,
    Request,
    ShopProfile,
    Translation,
    Verified,
)

_NO_BROWSER = Refused("NOT_CONNECTED_BY_BROWSER", "A neutral shop is connected by the operator: kizuna connect.", 404)


class Neutral:
    """Facts in, nothing out: there is no API to call, so every effect is done as soon as it is recorded."""

    name = "neutral"
    capabilities = Capabilities(
        discounts=frozenset(DiscountKind), credits=frozenset(CreditKind), signs_per_shop=True, caps=True
    )

    def begin(self, request: Request, *, state: str, now: datetime) -> Redirect | Refused:
        """Refuse: there is no merchant's browser to send anywhere."""
        del request, state, now
        return _NO_BROWSER

    def answered_state(self, request: Request) -> str | None:
        """Return None: nothing is answered."""
        del request
        return None

    def finish(self, request: Request, *, domain: str, now: datetime) -> Connected | Refused:
        """Refuse, as ``begin`` does."""
        del request, domain, now
        return _NO_BROWSER

    def subscribe(self, credentials: Credentials, *, address: str) -> Sequence[str]:
        """Do nothing: the shop knows where to send its facts."""
        del credentials, address
        return ()

    def claimed_shop(self, request: Request) -> str | None:
        """Return the shop named in the address (``?shop=``)."""
        return request.one("shop")

    def verify(self, request: Request, *, secrets: Sequence[str], now: datetime) -> Verified | Ping | Refused:
        """Prove the signature over the raw body with the shop's secret."""
        del now
        return verify.verify(request, secrets)

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        """Read a body in our own words."""
        return translate.translate(topic, body, shop)

    def refetch(self, wanted: Refetch, credentials: Credentials) -> Iterable[Delivery]:
        """Raise PlatformError: there is nobody to ask."""
        del wanted, credentials
        raise PlatformError("NOTHING_TO_ASK", permanent=True)

    def changes(self, since: datetime, cursor: str | None, credentials: Credentials) -> Changes:
        """Return nothing: there is nobody to ask."""
        del since, cursor, credentials
        return Changes((), None)

    def perform(self, effect: Effect, credentials: Credentials) -> Performed:
        """Take note: the shop reads codes and standings from the storefront's answers."""
        del effect, credentials
        return Performed()

    def refresh(self, credentials: Credentials, *, now: datetime) -> Credentials:
        """Return the same credentials: they do not expire."""
        del now
        return credentials

"""What every store platform can do for us, as one protocol; facts come in, effects go out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from app.loyalty.effects import CreditKind, DiscountKind, Effect
from app.loyalty.facts import Fact, Thing
from app.loyalty.publishing.offering import Abilities


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as a platform needs it: header names in lower case, query as it was repeated, raw body."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: bytes = b""
    doubled_headers: frozenset[str] = frozenset()

    def one(self, name: str) -> str | None:
        """Return the query value of ``name``, or None where it is absent or repeated."""
        values = [value for key, value in self.query if key == name]
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens a shop's API, decrypted. ``values`` holds the platform's own names (access_token, consumer_key…)."""

    domain: str
    values: Mapping[str, str]
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the shop only: secrets never reach a log."""
        return f"Credentials({self.domain!r})"


@dataclass(frozen=True, slots=True)
class ShopProfile:
    """What a platform tells about a shop, and what ``translate`` may know of it."""

    domain: str
    name: str
    currency: str
    zone: str
    locale: str = "en"
    external_id: str | None = None
    prices_include_tax: bool = False
    home_url: str | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the merchant's browser on; ``state`` is kept by us (single use) and comes back with ``finish``.

    ``domain`` is what the state is bound to: the shop as ``finish`` will be told it.
    """

    url: str
    state: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Connected:
    """A shop opened its door: the proved credentials and what it says of itself."""

    credentials: Credentials
    profile: ShopProfile
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is not what it claims to be: a stable ``code`` and a sentence that says what to do."""

    code: str
    reason: str
    status: int = 401


@dataclass(frozen=True, slots=True)
class Verified:
    """An authentic delivery.

    ``key`` is unique per delivery of a shop and topic; ``versioned`` tells that its facts carry a version.
    """

    domain: str
    topic: str
    key: str
    versioned: bool
    event_id: str | None = None
    triggered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    """An unsigned greeting that is answered 200 and does nothing."""


@dataclass(frozen=True, slots=True)
class Refetch:
    """Half a story: the shop has to be asked for the whole ``thing``; the answer goes into the inbox."""

    thing: Thing
    id: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A delivery that means nothing to us, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A body that cannot be understood: it is quarantined with this reason (never with its content)."""

    reason: str


ANOTHER_SHOP: Final = "ANOTHER_SHOP"
"""The reason of a body that is another shop's than the delivery says: somebody sent it under a false name."""

Translation = Sequence[Fact] | Refetch | Ignored | Malformed


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body to be put into the inbox, made by fetching: the same shape as what a webhook brings."""

    topic: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of what changed since a cursor; ``cursor`` None means there is no more."""

    deliveries: Sequence[Delivery]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """An order that somebody could earn by, and when it was placed and last changed."""

    id: str
    placed_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Versions:
    """One page of orders' versions, the longest unchanged first; ``cursor`` None means there is no more."""

    orders: Sequence[Version]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Performed:
    """An effect is done; ``external_id`` is the platform's name for what was made."""

    external_id: str | None = None


class PlatformError(Exception):
    """A platform did not do what was asked.

    ``permanent``: trying again cannot help. ``retry_after_s`` if it said so.
    """

    def __init__(self, code: str, *, permanent: bool = False, retry_after_s: float | None = None) -> None:
        """Keep a stable ``code``; never a body or a secret."""
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.retry_after_s = retry_after_s


class StaleTokenError(PlatformError):
    """The access token is no longer good: refresh once and try again."""

    def __init__(self) -> None:
        """Say so with the code ``STALE_TOKEN``."""
        super().__init__("STALE_TOKEN")


class ReauthorizeError(PlatformError):
    """Only the merchant can open the door again (revoked, uninstalled, refresh token dead)."""

    def __init__(self, code: str = "REAUTHORIZE") -> None:
        """Say so; the shop is marked and nothing is tried until it was connected again."""
        super().__init__(code, permanent=True)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can and cannot do, declared once."""

    discounts: frozenset[DiscountKind] = field(default_factory=frozenset)
    signs_per_shop: bool = False
    """Deliveries are signed with the shop's own secret, so the address they are sent to names the shop."""
    codes_revive: bool = False
    """A cancelled order gives its code back to the shopper, so the code is removed before the points return."""
    credits: frozenset[CreditKind] = field(default_factory=frozenset)
    """Money the platform can hold for a customer."""
    ids_are_global: bool = False
    """No two shops have an order of the same id; elsewhere shops count from one, each for itself."""
    caps: bool = False
    """A percentage can have a maximum it takes off."""
    permissions: Mapping[CreditKind, tuple[str, ...]] = field(default_factory=dict)
    """What the shop's owner must allow besides, for a kind of money only: asked for when a programme offers it."""

    @property
    def abilities(self) -> Abilities:
        """Return what can be given here, as rewards are judged by."""
        return Abilities(self.discounts, self.caps, self.credits)


class Platform(Protocol):
    """One kind of shop. Implementations hold settings and the outgoing transport, no state."""

    name: str
    capabilities: Capabilities

    def begin(self, request: Request, *, state: str, now: datetime) -> Redirect | Refused:
        """Start connecting: where to send the merchant. ``state`` is our unguessable single-use word."""

    def answered_state(self, request: Request) -> str | None:
        """The state a store's answer claims to bring back (our single-use word), before anything is proved."""

    def finish(self, request: Request, *, domain: str, now: datetime) -> Connected | Refused:
        """Take the store's answer, prove the credentials against ``domain`` (what the state was bound to).

        Read its profile.

        Raises PlatformError when the store cannot be asked.
        """

    def subscribe(self, credentials: Credentials, *, address: str) -> Sequence[str]:
        """Ask the store to send its webhooks to ``address``; may be repeated, never doubles. Raises PlatformError.

        Returns the topics that were not sent until now: at a shop that was connected before, webhooks got lost.
        """

    def claimed_shop(self, request: Request) -> str | None:
        """The shop domain (or our shop id from the address) a delivery claims to come from.

        Before anything is proved.
        """

    def verify(self, request: Request, *, secrets: Sequence[str], now: datetime) -> Verified | Ping | Refused:
        """Prove a delivery by its signature over the raw body, in constant time, with any of ``secrets``.

        Parse nothing.
        """

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        """Turn a body into facts; pure, never raises for what a body may contain."""

    def refetch(self, wanted: Refetch, credentials: Credentials) -> Iterable[Delivery]:
        """Ask the store for one thing. Raises PlatformError."""

    def changes(self, since: datetime, cursor: str | None, credentials: Credentials) -> Changes:
        """One page of orders (and reviews where they can be polled) changed since an instant. Raises PlatformError."""

    def perform(self, effect: Effect, credentials: Credentials) -> Performed:
        """Carry out one effect; repeating it does it once. Raises PlatformError."""

    def refresh(self, credentials: Credentials, *, now: datetime) -> Credentials:
        """Return new credentials for ones that expire. Raises ReauthorizeError."""


@runtime_checkable
class TellsVersions(Protocol):
    """A platform that lists how old orders are for much less than the orders themselves."""

    def versions(self, since: datetime, cursor: str | None, credentials: Credentials) -> Versions:
        """One page of the orders changed since an instant. Raises PlatformError."""


class ReviewSource(Protocol):
    """A review app that tells about reviews at shops of one platform."""

    name: str
    platform: str
    """The platform whose shops this app serves; its deliveries belong to a shop connected there."""

    def claimed_shop(self, request: Request) -> str | None:
        """The shop domain a delivery claims to come from, before anything is proved."""

    def verify(self, request: Request, *, secrets: Sequence[str], now: datetime) -> Verified | Ping | Refused:
        """Prove a delivery by its signature over the raw body, in constant time; parse nothing before."""

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        """Turn a body into facts; pure, never raises for what a body may contain."""

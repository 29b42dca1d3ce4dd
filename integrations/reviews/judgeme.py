"""Judge.me: its webhooks, proved by the HMAC of their body and read as reviews."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from app.loyalty.facts import Customer, Review
from app.settings import Settings
from integrations.platform import (
    ANOTHER_SHOP,
    Ignored,
    Malformed,
    Ping,
    Refused,
    Request,
    ShopProfile,
    Translation,
    Verified,
)
from integrations.reading import UnreadableError, email, identifier, instant, mapping, optional_instant, parse, text

SIGNATURE: Final = "judgeme-hmac-sha256"
TOPIC: Final = "judgeme/review"
"""The one topic: the event is told in the body only, which is not read before it is proved."""
BODY_MAX_BYTES: Final = 1024 * 1024

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_DOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,251}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,18}")
_STARS: Final = range(1, 6)


class JudgeMe:
    """The review app. ``secret`` is our OAuth app's at Judge.me, or a shop's private token if that made the webhook."""

    name = "judgeme"
    platform = "shopify"

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @classmethod
    def from_settings(cls, settings: Settings) -> "JudgeMe":
        """Build it as the environment says."""
        return cls(settings.judgeme_secret)

    @property
    def app_secrets(self) -> tuple[str, ...]:
        """What every shop's deliveries are signed with."""
        return (self._secret,) if self._secret else ()

    def claimed_shop(self, request: Request) -> str | None:
        """The shop in the address (``?shop=tidewell.myshopify.com``), which is the merchant's to set."""
        return _domain(request.one("shop"))

    def verify(self, request: Request, *, secrets: Sequence[str], now: datetime) -> Verified | Ping | Refused:
        """Prove a delivery. The shop is what the proved body names; the address must not name another."""
        del now  # nothing in a delivery is timed
        if len(request.body) > BODY_MAX_BYTES:
            return Refused("BODY_TOO_LARGE", f"Deliveries have at most {BODY_MAX_BYTES} bytes.", 413)
        given = request.headers.get(SIGNATURE, "")
        digests = (hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest() for secret in secrets if secret)
        if SIGNATURE in request.doubled_headers or not _DIGEST.fullmatch(given):
            return Refused("SIGNATURE_INVALID", "A delivery carries one signature of 64 hexadecimal digits.")
        if not any(hmac.compare_digest(given, digest) for digest in digests):
            return Refused("SIGNATURE_INVALID", "The signature does not fit the body and the secret.")
        claimed, named = self.claimed_shop(request), _named(request.body)
        if claimed is not None and named is not None and claimed != named:
            return Refused("SHOP_MISMATCH", "The address names another shop than the body.")
        shop = named or claimed
        if shop is None:
            return Refused("SHOP_UNKNOWN", "Neither the body nor the address (?shop=…) names a shop.", 400)
        return Verified(domain=shop, topic=TOPIC, key=hashlib.sha256(request.body).hexdigest(), versioned=False)

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        """Return the review a delivery is about, as it stands."""
        if topic != TOPIC:
            return Ignored("nothing depends on this topic")
        try:
            return _review(mapping(parse(body), "the body"), shop)
        except UnreadableError as error:
            return Malformed(str(error))


def _review(body: Mapping[str, object], shop: ShopProfile) -> Translation:
    """Every event tells the whole review: created, updated, published or hidden are one thing to us."""
    event = body.get("event")
    if event is not None and (not isinstance(event, str) or not event.startswith("review/")):
        return Ignored("an event about something else than a review")
    if _domain(body.get("shop_domain")) not in (None, shop.domain):
        raise UnreadableError(ANOTHER_SHOP)
    review = mapping(body.get("review"), "review")
    product = _number(review.get("product_external_id"))
    if product is None:
        return Ignored("a review of the shop, not of a product")
    reviewer = mapping(review.get("reviewer"), "reviewer")
    id_, address = _number(reviewer.get("external_id")), email(reviewer.get("email"))
    if id_ is None and address is None:
        return Ignored("a review by nobody we could know")
    at = instant(review.get("created_at"), "review.created_at")
    return (
        Review(
            id=f"judgeme:{identifier(review.get('id'), 'review.id')}",
            customer=Customer(id=id_, email=address, name=text(reviewer.get("name")) or None),
            product=product,
            at=at,
            updated_at=optional_instant(review.get("updated_at"), "review.updated_at") or at,
            approved=_is_shown(review),
            rating=_stars(review.get("rating")),
        ),
    )


def _is_shown(review: Mapping[str, object]) -> bool:
    """Tell whether shoppers see the review: published, not hidden, and not set aside by the merchant."""
    if review.get("hidden") is True or review.get("curated") == "spam":
        return False
    published = review.get("published")
    return published is True or (published is None and review.get("curated") == "ok")


def _stars(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _STARS else None


def _number(value: object) -> str | None:
    """Return the shop's number of a thing, written as number or text; 0, -1 and "" are nothing of the shop's."""
    written = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return written if _NUMBER.fullmatch(written) else None


def _named(body: bytes) -> str | None:
    """Return the shop a proved body names."""
    try:
        return _domain(mapping(parse(body), "the body").get("shop_domain"))
    except UnreadableError:
        return None


def _domain(value: object) -> str | None:
    return value if isinstance(value, str) and _DOMAIN.fullmatch(value) else None

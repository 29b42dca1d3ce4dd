"""A review app beside the store, as Judge.me is: tells of reviews in its own words, signed in its own way."""

import hmac
from datetime import datetime

from tests.sandbox.records import Review, ReviewStatus
from tests.sandbox.shopify.writing import encode, moment
from tests.sandbox.store import Store

_CURATED = {ReviewStatus.HELD: "not-yet", ReviewStatus.APPROVED: "ok", ReviewStatus.TRASHED: "spam"}


def body(store: Store, review: Review, event: str, at: datetime) -> bytes:
    """Write what is posted about a review: as it was when handed in for `review/created`, else as it is."""
    shop = store.shop
    customer = store.customers.get(review.customer_id or 0)
    status = ReviewStatus.HELD if event == "review/created" else review.status
    shown = status is ReviewStatus.APPROVED
    return encode(
        {
            "event": event,
            "shop_domain": shop.domain,
            "review": {
                "id": review.id,
                "title": review.title,
                "body": review.body,
                "rating": review.rating,
                "product_external_id": review.product_id,
                "reviewer": {
                    "id": 40_000_000 + (customer.id if customer else review.id) % 10_000_000,
                    "external_id": customer.id if customer else None,
                    "email": review.email,
                    "name": review.name,
                    "phone": None,
                },
                "source": "web",
                "curated": _CURATED[status],
                "published": shown,
                "hidden": not shown,
                "verified": "buyer" if review.verified else "nothing",
                "featured": False,
                "created_at": moment(review.created_at, shop),
                "updated_at": moment(at, shop),
                "has_published_pictures": False,
                "has_published_videos": False,
                "pictures": [],
            },
        }
    )


def headers(secret: str, content: bytes) -> dict[str, str]:
    """Write the headers; the signature is hexadecimal here."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Judge.me",
        "JUDGEME-HMAC-SHA256": hmac.digest(secret.encode(), content, "sha256").hex(),
    }

"""Reviews told by any system that can send JSON of our own shape: Shopify Flow, an automation, a script."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.loyalty.facts import Customer, Review
from integrations.platform import Ignored, Malformed, Translation
from integrations.reading import UnreadableError, email, instant, mapping, optional_instant, parse, text

HOOK: Final = "product-reviews"
"""The last but one part of the address. A hook of the programme's own that is called so goes before."""
_GID: Final = re.compile(r"gid://shopify/[A-Za-z]{1,60}/([0-9]{1,19})")
_ID: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,150}")
_YES: Final = frozenset({"true", "published", "approved"})
_NO: Final = frozenset({"false", "unpublished", "hidden", "rejected", "pending", "deleted", "spam"})


def read_told_review(body: bytes, received_at: datetime) -> Translation:
    """Return the review that ``body`` is, as it stands when it arrives.

    Automations fill templates, so numbers and truth values may come as text. ``published`` has to be told: a review is
    never taken for shown. Without ``updated_at`` the arrival is the version. The reasons name fields, never contents.
    """
    try:
        told = mapping(parse(body), "the body")
        customer = Customer(_number(told.get("customer")), email(told.get("email")))
        if customer.id is None and customer.email is None:
            return Ignored("a review by nobody we could know")
        product = _number(told.get("product"))
        if product is None:
            return Ignored("a review of the shop, not of a product")
        at = min(instant(told.get("created_at"), "created_at"), received_at)
        changed = optional_instant(told.get("updated_at"), "updated_at")
        return (
            Review(
                id=f"told:{_id(told)}",
                customer=customer,
                product=product,
                at=at,
                updated_at=min(changed or received_at, received_at),
                approved=_said(told, "published"),
                rating=_stars(told.get("rating")),
                photo="photo" in told and _said(told, "photo"),
            ),
        )
    except UnreadableError as error:
        return Malformed(str(error))


def _written(value: object) -> str:
    return text(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _id(told: Mapping[str, object]) -> str:
    id_ = _written(told.get("id"))
    if not _ID.fullmatch(id_):
        raise UnreadableError("id is no id")
    return id_


def _number(value: object) -> str | None:
    """Return a number of the shop's, written plainly or as GraphQL names things; None where nothing stands."""
    written = _written(value)
    found = _GID.fullmatch(written)
    return found[1] if found else (written if written.isascii() and written.isalnum() else None)


def _said(told: Mapping[str, object], name: str) -> bool:
    value = told.get(name)
    if isinstance(value, bool):
        return value
    word = _written(value).lower()
    if word not in _YES | _NO:
        raise UnreadableError(f"{name} is neither yes nor no")
    return word in _YES


def _stars(value: object) -> int | None:
    written = _written(value)
    return int(written) if re.fullmatch("[1-5]", written) else None

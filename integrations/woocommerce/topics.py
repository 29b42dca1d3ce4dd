"""The topics deliveries come under: the store's, which we subscribe to, and our own, for what we fetched ourselves."""

from collections.abc import Mapping
from typing import Final

from app.loyalty.facts import Thing

REVIEW_APPROVED: Final = "action.woocommerce_kizuna_review_approved"
REVIEW_WITHDRAWN: Final = "action.woocommerce_kizuna_review_withdrawn"
"""WooCommerce has no hook for reviews; the plugin fires these two."""

SUBSCRIBED: Final = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    REVIEW_APPROVED,
    REVIEW_WITHDRAWN,
)

DELETED: Final[Mapping[str, Thing]] = {"order.deleted": Thing.ORDER, "customer.deleted": Thing.CUSTOMER}
"""Their body is an id and always the same one; whether it is still gone has to be asked."""

OUR_PREFIX: Final = "kizuna."
"""No store may use it: a delivery under such a topic never came from outside."""

FETCHED_ORDER: Final = "kizuna.order"
"""``{"order", "refunds"}``: the order with its refunds line by line; with ``products`` where they were asked for."""

FETCHED_REVIEW: Final = "kizuna.review"
"""A review as ``products/reviews`` answers it: an e-mail, no account, no version."""

FETCHED_GONE: Final = "kizuna.gone"
"""``{"thing", "id", "at"}``: the store answered that it has no such thing."""

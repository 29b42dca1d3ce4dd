"""A member's standing at the shop: one tier tag among the customer's tags, and two metafields that mirror our books."""

from collections.abc import Mapping
from typing import Final

from app.loyalty.effects import SyncMember
from integrations.platform import Credentials, Performed, PlatformError
from integrations.reading import UnreadableError, mapping
from integrations.shopify.amounts import gid
from integrations.shopify.client import Admin
from integrations.shopify.documents import ADD_TAGS, DELETE_METAFIELDS, MEMBER, REMOVE_TAGS, SET_METAFIELDS

NAMESPACE: Final = "$app"
"""The app's own namespace: no other app writes in it."""
TAG: Final = "kizuna tier: "
_TAG_MAX: Final = 255


def sync(effect: SyncMember, admin: Admin, credentials: Credentials) -> Performed:
    """Make the customer's tags and metafields agree with the member's standing; other tags are never touched.

    A guest has no record to write to: done. Raises PlatformError; ``CUSTOMER_GONE`` where the shop no longer has them.
    """
    if effect.customer.id is None:
        return Performed()
    id_ = gid("Customer", effect.customer.id)
    customer = admin.read(credentials, MEMBER, id=id_, namespace=NAMESPACE).data.get("customer")
    if customer is None:
        raise PlatformError("CUSTOMER_GONE", permanent=True)
    try:
        there = mapping(customer, "customer")
        tags, points, tier = _tags(there), _value(there.get("points")), _value(there.get("tier"))
    except UnreadableError:
        raise PlatformError("BAD_ANSWER") from None
    wanted = None if effect.tier is None else f"{TAG}{effect.tier}"[:_TAG_MAX]
    stale = sorted(tag for tag in tags if tag.lower().startswith(TAG) and tag != wanted)
    if stale:
        admin.write(credentials, REMOVE_TAGS, id=id_, tags=stale)
    if wanted is not None and wanted not in tags:
        admin.write(credentials, ADD_TAGS, id=id_, tags=[wanted])
    fields = [] if points == str(effect.available) else [_field(id_, "points", "number_integer", str(effect.available))]
    if effect.tier is not None and tier != effect.tier:
        fields.append(_field(id_, "tier", "single_line_text_field", effect.tier))
    if fields:
        admin.write(credentials, SET_METAFIELDS, metafields=fields)
    if effect.tier is None and tier is not None:
        admin.write(
            credentials, DELETE_METAFIELDS, metafields=[{"ownerId": id_, "namespace": NAMESPACE, "key": "tier"}]
        )
    return Performed(id_)


def _field(owner: str, key: str, kind: str, value: str) -> dict[str, str]:
    return {"ownerId": owner, "namespace": NAMESPACE, "key": key, "type": kind, "value": value}


def _tags(customer: Mapping[str, object]) -> frozenset[str]:
    tags = customer.get("tags")
    if not isinstance(tags, list):
        raise UnreadableError("tags is no list")
    return frozenset(tag for tag in tags if isinstance(tag, str))


def _value(metafield: object) -> str | None:
    return None if metafield is None else str(mapping(metafield, "metafield").get("value"))

"""The webhooks a shop sends us: which topics, and making those that are missing."""

from typing import Final

from integrations.platform import Credentials, PlatformError, ReauthorizeError, StaleTokenError
from integrations.reading import UnreadableError, mapping
from integrations.shopify.amounts import nodes
from integrations.shopify.client import Admin
from integrations.shopify.documents import SUBSCRIBE, SUBSCRIPTIONS

TOPICS: Final = (
    "orders/paid",
    "orders/updated",
    "orders/cancelled",
    "orders/edited",
    "refunds/create",
    "customers/create",
    "customers/update",
    "customers/delete",
    "customers/merge",
    "customer.tags_added",
    "customer.tags_removed",
    "customers_email_marketing_consent/update",
    "app/uninstalled",
    "app/scopes_update",
)
"""What ``shopify.app.toml`` subscribes to as well; the three compliance topics exist there only."""

_PAGES_MAX: Final = 20


def subscribe(address: str, admin: Admin, credentials: Credentials) -> tuple[str, ...]:
    """Make the subscriptions that ``address`` does not have yet, and return them; all are tried.

    Raises the first PlatformError.
    """
    there = _topics_at(address, admin, credentials)
    failed: list[PlatformError] = []
    made: list[str] = []
    for topic in TOPICS:
        word = topic.upper().replace("/", "_").replace(".", "_")
        if word in there:
            continue
        try:
            admin.write(credentials, SUBSCRIBE, topic=word, subscription={"uri": address, "format": "JSON"})
            made.append(topic)
        except (StaleTokenError, ReauthorizeError):
            raise
        except PlatformError as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return tuple(made)


def _topics_at(address: str, admin: Admin, credentials: Credentials) -> frozenset[str]:
    found: set[str] = set()
    after: str | None = None
    try:
        for _ in range(_PAGES_MAX):
            page = mapping(admin.read(credentials, SUBSCRIPTIONS, after=after).data.get("webhookSubscriptions"), "page")
            found |= {str(each.get("topic")) for each in nodes(page, "nodes") if each.get("uri") == address}
            info = mapping(page.get("pageInfo"), "pageInfo")
            if info.get("hasNextPage") is not True:
                break
            after = str(info.get("endCursor"))
    except UnreadableError:
        raise PlatformError("BAD_ANSWER") from None
    return frozenset(found)

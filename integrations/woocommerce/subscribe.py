"""Has the store send us its webhooks, and gives its plugin what it needs to name shoppers to us."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs, urlsplit

from integrations.platform import Credentials, PlatformError, ReauthorizeError
from integrations.reading import UnreadableError, identifier
from integrations.woocommerce.client import Client, StoreRefused
from integrations.woocommerce.topics import SUBSCRIBED

_OPTIONAL = frozenset({"order.restored"})
"""Some versions of WooCommerce refuse topics that nothing fires; polling finds what these would have told."""

_Webhook = Mapping[str, object]


def subscribe(client: Client, credentials: Credentials, *, address: str) -> tuple[str, ...]:
    """Make sure that exactly one active webhook per topic sends to ``address`` with our secret, then tell the plugin.

    May be repeated: webhooks that are there are set right (a store switches them off after failures, and never tells
    their secret), doubled ones are deleted. Returns the topics that were missing or switched off.

    Raises PlatformError; ``PLUGIN_MISSING`` only when all webhooks stand.
    """
    secret = credentials.values.get("webhook_secret", "")
    if not secret:
        raise ReauthorizeError("KEYS_MISSING")
    there = list(client.pages("webhooks"))
    missing: list[str] = []
    for topic in SUBSCRIBED:
        wanted = {
            "name": f"Kizuna {topic}",
            "topic": topic,
            "delivery_url": address,
            "secret": secret,
            "status": "active",
        }
        ours = _ours(there, topic, address)
        if not any(webhook.get("status") == "active" for webhook in ours):
            missing.append(topic)
        if ours:
            client.put(f"webhooks/{_number(ours[0])}", wanted)
        else:
            _make(client, wanted)
        for webhook in ours[1:]:
            client.delete(f"webhooks/{_number(webhook)}")
    _tell_plugin(client, credentials, address)
    return tuple(missing)


def _ours(there: Iterable[_Webhook], topic: str, address: str) -> list[_Webhook]:
    """Return our webhooks of a topic: those that send to the same app, be it under an earlier id of the shop."""
    app = _app(address)
    return [w for w in there if w.get("topic") == topic and _app(str(w.get("delivery_url"))) == app]


def _app(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ("", "")
    return (f"{parts.scheme}://{parts.netloc}", parts.path)


def _make(client: Client, wanted: Mapping[str, str]) -> None:
    """Make a webhook. The store greets our address before it answers."""
    try:
        client.post("webhooks", wanted)
    except StoreRefused as error:
        if wanted["topic"] not in _OPTIONAL or "topic" not in error.store_code:
            raise


def _tell_plugin(client: Client, credentials: Credentials, address: str) -> None:
    """Give the plugin our id of the shop, our address and the secret of shoppers' tokens."""
    app, _ = _app(address)
    shop = parse_qs(urlsplit(address).query).get("shop", [""])[0]
    secret = credentials.values.get("shopper_secret", "")
    client.tell_plugin("secret", {"shop": shop, "app": app, "secret": secret})


def _number(webhook: _Webhook) -> str:
    try:
        return identifier(webhook.get("id"), "id")
    except UnreadableError:
        raise PlatformError("ANSWER_UNEXPECTED") from None

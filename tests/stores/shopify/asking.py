"""Calls to the Shopify demonstration store, as an app makes them."""

from datetime import UTC, datetime
from typing import Any

import requests

from tests.sandbox.listener import Heard, Listener
from tests.sandbox.running import Keys, ShopifyStore
from tests.sandbox.shopify import session_tokens

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = Keys()
TIDEWELL = "tidewell.myshopify.com"


def token_call(shop: ShopifyStore, **given: str) -> requests.Response:
    said = {"client_id": KEYS.client_id, "client_secret": KEYS.client_secret, **given}
    return requests.post(f"{shop.url}/admin/oauth/access_token", json=said, timeout=5)


def exchange(shop: ShopifyStore, **given: str) -> requests.Response:
    subject = session_tokens.session_token(shop.store, KEYS.client_id, KEYS.client_secret)
    said = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": subject,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": "1",
        **given,
    }
    return token_call(shop, **said)


def ask(shop: ShopifyStore, document: str, token: str | None = None, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
    token = token or shop.face.tokens.issue(shop.face.scopes).access_token
    answer = requests.post(
        f"{shop.url}/admin/api/2026-10/graphql.json",
        json={"query": document, "variables": variables},
        headers={"X-Shopify-Access-Token": token},
        timeout=5,
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def deliver(shop: ShopifyStore, app: Listener, topic: str) -> list[Heard]:
    shop.courier.deliver()
    return [heard for heard in app.heard if heard.headers.get("x-shopify-topic") == topic]

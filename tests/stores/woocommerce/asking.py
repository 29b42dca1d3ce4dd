"""Calls to the WooCommerce demonstration store, and what was captured of a real one."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tests.sandbox.listener import Heard, Listener
from tests.sandbox.running import WooStore
from tests.sandbox.woocommerce.records import RestKey

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAPTURED = Path(__file__).parents[2] / "integrations" / "woocommerce" / "payloads"
MADO = "mado.example"
SECRET = "a-secret-of-ours"


class Rest:
    """wc/v3 as an app calls it."""

    def __init__(self, woo: WooStore, key: RestKey | None, host: str = MADO) -> None:
        self.url, self.host = f"{woo.url}/wp-json/wc/v3/", host
        self.auth = (key.consumer_key, key.consumer_secret) if key else None

    def call(self, method: str, path: str, **given: Any) -> requests.Response:  # noqa: ANN401
        headers = {"Host": self.host}
        return requests.request(method, self.url + path, headers=headers, auth=self.auth, timeout=10, **given)

    def get(self, path: str, **query: Any) -> requests.Response:  # noqa: ANN401
        return self.call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return self.call("POST", path, json=body)


def captured(name: str, topic: str) -> dict[str, Any]:
    """A delivery of a real store: its headers, and its body parsed."""
    requests_ = json.loads((CAPTURED / name).read_text(encoding="utf-8"))["requests"]
    found = next(one for one in requests_ if one["headers"].get("X-WC-Webhook-Topic") == topic)
    return {**found, "json": json.loads(found["body"])}


def shape(value: object) -> object:
    """Key names and kinds of a JSON value, in their order; numbers are one kind, null fits anything."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else "text"


def differences(ours: object, theirs: object, path: str = "") -> list[str]:
    """Where two shapes differ; an empty list fits any list, null fits anything."""
    if "NoneType" in (ours, theirs) or ours == [] or theirs == []:
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = [] if list(ours) == list(theirs) else [f"{path}: {sorted(ours.keys() ^ theirs.keys()) or 'order'}"]
        return found + [
            d for name in ours.keys() & theirs.keys() for d in differences(ours[name], theirs[name], f"{path}/{name}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list):
        return differences(ours[0], theirs[0], f"{path}[]")
    return [] if ours == theirs else [f"{path}: {ours} is not {theirs}"]


def subscribe(rest: Rest, app: Listener, topic: str) -> int:
    url = f"{app.url}/webhooks/woocommerce?shop=s1"
    answer = rest.post("webhooks", {"name": "K", "topic": topic, "delivery_url": url, "secret": SECRET})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def delivered(app: Listener, topic: str) -> list[Heard]:
    return [heard for heard in app.heard if heard.headers.get("x-wc-webhook-topic") == topic]

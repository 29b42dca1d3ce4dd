"""The edge of a shop's Admin API: it answers as told, and holds every question against the published schema."""

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from graphql import OperationDefinitionNode, parse

from integrations.shopify import documents
from tests.integrations.shopify.admin_schema import problems, schema_or_none
from tests.integrations.shopify.shops import CREDENTIALS, DOMAIN

URL = f"https://{DOMAIN}/admin/api/2026-10/graphql.json"
NAMED = {text: name for name, text in vars(documents).items() if name.isupper() and not name.startswith("_")}
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"

Said = Mapping[str, Any] | Exception | tuple[int, str, Mapping[str, str]]


@dataclass
class Shop:
    """Answers by operation, in the order they were told; and what was asked, as (operation, variables)."""

    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _answers: dict[str, deque[Said]] = field(default_factory=lambda: defaultdict(deque))

    def says(self, operation: str, *answers: Said) -> None:
        """Answer ``operation`` so, one each time: data, a failure on the way, or (status, body, headers)."""
        self._answers[operation].extend(answers)

    def operations(self) -> list[str]:
        """Return what was asked, by name."""
        return [operation for operation, _ in self.asked]

    def answer(self, request: requests.PreparedRequest) -> tuple[int, Mapping[str, str], str]:
        """Answer one request."""
        assert request.headers["X-Shopify-Access-Token"] == CREDENTIALS.values["access_token"]
        assert request.body is not None
        sent = json.loads(request.body)
        assert sent["query"] in NAMED, "a document that has no name"
        (operation,) = [each for each in parse(sent["query"]).definitions if isinstance(each, OperationDefinitionNode)]
        assert operation.name is not None
        published = schema_or_none()
        if published is not None:
            assert problems(sent["query"], sent["variables"], published) == []
        self.asked.append((operation.name.value, sent["variables"]))
        assert self._answers[operation.name.value], f"nobody said what {operation.name.value} answers"
        said = self._answers[operation.name.value].popleft()
        if isinstance(said, Exception):
            raise said
        if isinstance(said, tuple):
            status, text, headers = said
            return status, headers, text
        whole = said if "data" in said or "errors" in said else {"data": said}
        return 200, {"Date": DATE, "Content-Type": "application/json"}, json.dumps(whole)


def denied(*path: str) -> dict[str, Any]:
    """What Shopify says of a field it withholds."""
    return {"message": "Access denied", "path": list(path), "extensions": {"code": "ACCESS_DENIED"}}


def refused(code: str | None, message: str = "No.") -> dict[str, Any]:
    """What a mutation says that is not carried out."""
    error = {"field": ["input"], "message": message}
    return {"result": {"userErrors": [error if code is None else {**error, "code": code}]}}


def throttled(requested: float, available: float, rate: float) -> dict[str, Any]:
    """What Shopify says when the bucket is empty."""
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": rate}
    return {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}},
    }

"""What the OpenAPI document says beyond the views' shapes: the words in addresses, signed queries, problems."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.web.errors import Problem

_QUERY_OF_PROXY: Final = {
    "shop": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$"},
    "logged_in_customer_id": {"type": "string", "pattern": r"^([1-9][0-9]{0,19})?$"},
    "path_prefix": {"type": "string", "pattern": r"^/(apps|a|community|tools)/[a-z0-9_-]{1,60}$"},
    "timestamp": {"type": "string", "pattern": r"^[0-9]{1,11}$"},
}
"""What Shopify puts into every query of its app proxy, and signs."""
_SHOP: Final = {
    "name": "shop",
    "in": "query",
    "required": False,
    "description": "Our id of the shop, for what is public. A token names its shop itself.",
    "schema": {"type": "string", "format": "uuid"},
}
_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "redemption_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,80}$"},
    "code": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,80}$"},
    "platform": {"type": "string", "enum": ["shopify", "woocommerce", "neutral", "judgeme"]},
}


def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """Return the document with what APIFlask cannot know."""
    if isinstance(spec, str):
        return spec
    spec["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    for path, operation in _operations(spec):
        for parameter in operation["parameters"]:
            if parameter["in"] == "path" and parameter["name"] in _WORDS:
                parameter["schema"] = dict(_WORDS[parameter["name"]])
        if path.startswith("/proxy/"):
            operation["parameters"] += [
                {"name": name, "in": "query", "required": True, "schema": dict(schema)}
                for name, schema in _QUERY_OF_PROXY.items()
            ]
        elif path.startswith("/storefront/"):
            operation["parameters"].append(dict(_SHOP))
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
        for response in operation["responses"].values():
            if not response.get("content", True):
                del response["content"]
    return spec


def _operations(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            yield path, operation

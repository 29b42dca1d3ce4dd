"""What a store has written on its customers: their role, and the tags in one field of user meta."""

from collections.abc import Mapping
from typing import Final

from integrations.reading import tags, text

TAGS: Final = "kizuna_tags"
"""The field of user meta in which a store writes its tags on a customer, with commas between them."""


def written_on(body: Mapping[str, object]) -> tuple[str, ...]:
    """Return a customer's role as the tag ``role:…``, then the tags that the store wrote."""
    role = text(body.get("role"))
    told = [meta["value"] for meta in tagging(body)]
    return ((f"role:{role}",) if role else ()) + tags(told[-1] if told else None)


def tagging(body: Mapping[str, object]) -> list[dict[str, object]]:
    """Return of a customer's meta the field that names tags, if it is there: of all the others we read nothing."""
    hung = body.get("meta_data")
    return [
        {"key": TAGS, "value": meta["value"]}
        for meta in (hung if isinstance(hung, list) else ())
        if isinstance(meta, dict) and meta.get("key") == TAGS and "value" in meta
    ]

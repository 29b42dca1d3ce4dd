"""Programme versions as case files write them: programme files, with a few words of the cases' own."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.files.reading import ProgrammeFileError, read
from app.loyalty.templates import TEMPLATES
from app.loyalty.terms.programme import Version


class UnsupportedCaseError(Exception):
    """The case uses something this version of Kizuna does not know."""


def instant(text: str) -> datetime:
    """Return an ISO 8601 instant with an offset as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def version(content: Mapping[str, Any], currency: str) -> Version:
    """Return a version, or one of our templates where it names one. Raises UnsupportedCaseError."""
    starts_at = instant(content["starts_at"])
    if "template" in content:
        return TEMPLATES[content["template"]].version(currency, starts_at, "en")
    file = dict(content) | {
        "rewards": [{"gives": {"kind": "free_shipping"}} | reward for reward in content.get("rewards", ())],
        "campaigns": [_campaign(campaign) for campaign in content.get("campaigns", ())],
    }
    try:
        return read(json.dumps(file), currency).version(starts_at)
    except ProgrammeFileError as error:
        raise UnsupportedCaseError(str(error)) from error


def _campaign(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """A case's campaign names its products at once."""
    others = {name: value for name, value in content.items() if name != "products"}
    return others | {"goods": {"products": content["products"]}} if "products" in content else others

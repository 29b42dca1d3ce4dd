"""Which country and region an address lies in: codes only, never the address."""

import re
from collections.abc import Mapping
from typing import Final

from app.loyalty.facts import Place
from integrations.reading import text

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_REGION: Final = re.compile(r"[A-Z0-9]{1,6}")


def place(country: object, region: object) -> Place | None:
    """Return the place of an ISO 3166 country code and a region's code of any of the platforms' ways of writing.

    ``JP-13``, ``JP13`` and ``13`` are one region of Japan. What is no code of a region is left out; None without a
    country.
    """
    land = text(country).upper()
    if not _COUNTRY.fullmatch(land):
        return None
    part = text(region).upper().removeprefix(f"{land}-")
    if part.startswith(land) and part.removeprefix(land).isdigit():
        part = part.removeprefix(land)
    return Place(land, part if _REGION.fullmatch(part) else None)


def first_place(body: Mapping[str, object], *names: str) -> Place | None:
    """Return where the first of these addresses of a body lies that names a country; None where none does."""
    for name in names:
        part = body.get(name)
        if isinstance(part, dict):
            found = place(
                part.get("country_code") or part.get("country"), part.get("province_code") or part.get("state")
            )
            if found is not None:
                return found
    return None

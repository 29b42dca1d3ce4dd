"""Words and numbers of the merchant's as the storefront's JSON holds them."""

from decimal import Decimal
from typing import Final

from app.db.places import Place

_LANGUAGE_MAX: Final = 3


def local(place: Place, text: str) -> dict[str, str]:
    """Return a text of the merchant's under the shop's own language; empty where there is none."""
    if not text:
        return {}
    language = place.locale.replace("_", "-").split("-", maxsplit=1)[0].lower()
    known = language.isascii() and language.isalpha() and 1 < len(language) <= _LANGUAGE_MAX
    return {language if known else "en": text}


def plain(number: Decimal) -> str:
    """Return a decimal number without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""Invented people for the year of history: names, addresses, and the words they write."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.records import Address
from tests.sandbox.shops import Shop

_WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "people.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may shop: names, e-mail and where parcels go."""

    first_name: str
    last_name: str
    email: str
    address: Address


def invent(shop: Shop, dice: random.Random, number: int) -> Person:
    """Make up the n-th person of a shop."""
    words = _WORDS[shop.language]
    first, last, town = dice.choice(words["first"]), dice.choice(words["last"]), dice.choice(words["towns"])
    if shop.language == "ja":
        (first, first_roman), (last, last_roman) = first, last
        province, code, city, post = town
        street, country = f"{dice.randint(1, 6)}-{dice.randint(1, 28)}-{dice.randint(1, 15)}", "Japan"
    else:
        first_roman, last_roman = first.lower(), last.lower().replace("ö", "o")
        city, province, code, post = town
        street, country = f"{dice.randint(2, 240)} {dice.choice(words['streets'])}", "United States"
    address = Address(
        first_name=first,
        last_name=last,
        address1=street,
        city=city,
        province=province,
        province_code=code,
        zip=post,
        country=country,
        country_code=shop.country,
    )
    return Person(first, last, f"{first_roman}.{last_roman}{number}@example.test", address)


def opinion(language: str, rating: int, dice: random.Random) -> tuple[str, str]:
    """Title and text of a review of so many stars."""
    title, body = dice.choice(_WORDS[language]["reviews"][str(rating)])
    return title, body


def reason(language: str, dice: random.Random) -> str:
    """Why something was sent back."""
    return str(dice.choice(_WORDS[language]["reasons"]))

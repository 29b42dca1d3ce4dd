"""What a template is: a whole programme to begin with, its amounts following the size of a currency."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.loyalty.money import exponent
from app.loyalty.terms.programme import Version

MEMBERSHIP: Final = "membership"
"""Stands for the product by which a membership is bought, until the merchant names their own."""
Build = Callable[[str, datetime, str], Version]
"""Makes a version for a currency, a start and a locale."""


@dataclass(frozen=True, slots=True)
class Template:
    """``about`` says in a line what it is, ``manner`` whose programme it resembles; ``version`` makes it.

    ``in_money``: its points are money of the programme's currency, so it fits a programme whose unit is that currency.
    """

    about: str
    manner: str
    version: Build
    in_money: bool = False


def whole(currency: str) -> int:
    """Return the minor units of one whole step of a currency: what 1.00 is to two decimals, 100 is to none."""
    return 100 if exponent(currency) == 0 else money(currency)


def money(currency: str) -> int:
    """Return the minor units of 1 of a currency: 100 for 1.00, 1 where there are no decimals."""
    return int(10 ** exponent(currency))


def in_language(locale: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names in the language of a locale, English where it is not among them."""
    return names.get(locale.replace("_", "-").split("-", maxsplit=1)[0], names["en"])

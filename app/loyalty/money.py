"""Exact money and exact sharing: minor units by ISO 4217, largest-remainder spreading, the one rounding."""

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.loyalty.errors import InvalidAmountError

_EXPONENTS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
POINTS = "points"
"""The unit of a programme that does not count in money; else the unit is the currency's code."""
AMOUNT_MAX = 10**12
"""No amount of money or points is larger than this (smallest steps)."""
_PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,40})?", re.ASCII)
_MAGNITUDE_MAX = 20


class Rounding(StrEnum):
    """How an exact amount becomes whole steps of the unit."""

    FLOOR = "floor"
    HALF_UP = "half_up"


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency (ISO 4217; 2 where it is not listed otherwise)."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: str | Decimal, currency: str) -> int:
    """Return ``amount`` (major units) as whole minor units.

    Raises InvalidAmountError for what is no plain decimal number, is finer than the currency or beyond ``AMOUNT_MAX``.
    """
    if isinstance(amount, str) and _PLAIN.fullmatch(amount) is None:
        raise InvalidAmountError
    value = Decimal(amount)
    if not value.is_finite() or (value and abs(value.adjusted()) > _MAGNITUDE_MAX):
        raise InvalidAmountError
    # Not by Decimal's own arithmetic: it rounds to its precision, and what is finer would pass.
    scaled = Fraction(value) * 10 ** exponent(currency)
    if abs(scaled) > AMOUNT_MAX or scaled.denominator != 1:
        raise InvalidAmountError
    return int(scaled)


def to_major(minor: int, currency: str) -> Decimal:
    """Return minor units as a decimal number of major units, with the currency's decimals."""
    return Decimal(minor).scaleb(-exponent(currency))


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Share whole ``amount`` in proportion to ``weights``: floor each, then a step to the largest remainders first.

    Among equal remainders the earlier gets the step. ``amount`` is at most the sum of the weights where the caller
    needs
    no share above its weight; a weight sum of 0 gives all zeros.
    """
    total = sum(weights)
    if total == 0 or amount == 0:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    left = amount - sum(shares)
    if left:
        order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
        for i in order[:left]:
            shares[i] += 1
    return shares


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Round the exact ratio (not negative) to whole steps: down, or half up."""
    if rounding is Rounding.HALF_UP:
        return (2 * numerator + denominator) // (2 * denominator)
    return numerator // denominator

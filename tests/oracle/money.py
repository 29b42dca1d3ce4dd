"""Money in whole steps, shares that add up, and the one rounding."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache

_PLAIN = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "TND": 3, "JOD": 3}


def exponent(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217)."""
    return _PLAIN.get(currency, 2)


@cache
def minor(text: str, decimals: int) -> int:
    """Return an amount written in major units as whole smallest steps. Raises ValueError where it is finer."""
    amount: Fraction = Fraction(Decimal(text)) * 10**decimals
    if amount.denominator != 1:
        raise ValueError(f"{text} is finer than {decimals} decimals")
    return amount.numerator


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Return the amount in shares as the weights: rounded down, what is left over to the largest remainders."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(amount * weights[at] % total), at))
    for at in by_remainder[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def rounded(amount: Fraction, rounding: str) -> int:
    """Return the exact amount in whole steps: `floor`, or `half_up` where a half goes up."""
    exact = amount + Fraction(1, 2) if rounding == "half_up" else amount
    return exact.numerator // exact.denominator

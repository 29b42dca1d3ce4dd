"""Money in whole minor units: written for machines, written for people, and shared out without losing a unit."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

EXPONENTS = {"USD": 2, "JPY": 0, "KWD": 3}
SYMBOLS = {"USD": "$", "JPY": "¥", "KWD": "KD "}


def exponent(currency: str) -> int:
    """Count of decimals of an ISO 4217 currency that the demonstration stores may use."""
    return EXPONENTS[currency]


def decimal_text(minor: int, currency: str) -> str:
    """Minor units as the decimal text of an API: 1250 USD is "12.50", 3300 JPY is "3300"."""
    places = exponent(currency)
    sign = "-" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 10**places)
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def minor_units(text: str | float | Decimal, currency: str) -> int:
    """Decimal text of an API as minor units, rounded half up; raises decimal.InvalidOperation on anything else."""
    scaled = Decimal(str(text)).scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def display(minor: int, currency: str) -> str:
    """Minor units as a price tag: "$1,250.00", "¥3,300"; the minus is U+2212."""
    whole, _, rest = decimal_text(abs(minor), currency).partition(".")
    sign = "\u2212" if minor < 0 else ""
    return f"{sign}{SYMBOLS[currency]}{int(whole):,}{'.' + rest if rest else ''}"


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    """Split minor units in proportion to weights, to the unit, by largest remainder; nothing when all weigh 0."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def portion(amount: int, rate: Decimal) -> int:
    """`rate` of an amount in minor units, rounded half up."""
    return int((amount * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP))

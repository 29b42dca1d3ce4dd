"""Money: exact amounts, exact sharing, and the one rounding."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.errors import InvalidAmountError
from app.loyalty.money import AMOUNT_MAX, Rounding, exponent, rounded, spread, to_major, to_minor
from tests.loyalty.examples import few, many

WEIGHTS = st.lists(st.integers(0, 10**7), max_size=8)


@st.composite
def _shares(draw: st.DrawFn) -> tuple[int, list[int]]:
    weights = draw(WEIGHTS)
    return draw(st.integers(0, sum(weights))), weights


@many
@given(_shares())
def test_what_is_spread_adds_up_exactly_and_no_line_gets_more_than_it_weighs(case: tuple[int, list[int]]) -> None:
    amount, weights = case
    shares = spread(amount, weights)
    assert sum(shares) == amount
    assert len(shares) == len(weights)
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@many
@given(st.integers(0, 10**9), WEIGHTS)
def test_steps_left_over_go_to_the_largest_remainders_and_among_equals_to_the_earlier(
    amount: int, weights: list[int]
) -> None:
    total = sum(weights)
    shares = spread(amount, weights)
    if total == 0:
        assert shares == [0] * len(weights)
        return
    exact = [Fraction(amount * weight, total) for weight in weights]
    extra = [share - floor(part) for share, part in zip(shares, exact, strict=True)]
    assert set(extra) <= {0, 1}
    assert sum(shares) == amount
    ranking = sorted(range(len(weights)), key=lambda i: (-(exact[i] - floor(exact[i])), i))
    assert [extra[i] for i in ranking] == sorted(extra, reverse=True)


@pytest.mark.parametrize(("amount", "weights", "shares"), (
    (1, [1, 1, 1], [1, 0, 0]),
    (2, [1, 1, 1], [1, 1, 0]),
    (10, [3, 3, 3], [4, 3, 3]),
    (5, [1, 2], [2, 3]),
    (1, [1, 2], [0, 1]),
    (7, [0, 7, 0], [0, 7, 0]),
    (3, [], []),
    (3, [0, 0], [0, 0]),
    (0, [5, 5], [0, 0]),
))  # fmt: skip
def test_shares_worked_by_hand(amount: int, weights: list[int], shares: list[int]) -> None:
    assert spread(amount, weights) == shares


@pytest.mark.parametrize(("currency", "decimals"), (
    ("JPY", 0), ("KRW", 0), ("CLP", 0), ("VND", 0), ("XPF", 0), ("EUR", 2), ("USD", 2), ("HUF", 2), ("TWD", 2),
    ("KWD", 3), ("BHD", 3), ("TND", 3), ("OMR", 3),
))  # fmt: skip
def test_currencies_have_the_decimals_of_iso_4217(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize(("amount", "currency", "minor"), (
    ("19.99", "EUR", 1999), ("20", "EUR", 2000), ("0.1", "EUR", 10), ("0.10000", "EUR", 10), ("1500", "JPY", 1500),
    ("1500.00", "JPY", 1500), ("1.250", "KWD", 1250), ("0", "EUR", 0), ("-5.00", "EUR", -500),
    ("10000000000.00", "EUR", AMOUNT_MAX), (Decimal("19.990"), "EUR", 1999), (Decimal("1E+3"), "JPY", 1000),
))  # fmt: skip
def test_amounts_become_whole_minor_units(amount: str | Decimal, currency: str, minor: int) -> None:
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize("amount", (
    "1,5", "1.000,00", "0x1f", "NaN", "sNaN", "inf", "-Infinity", "", " ", "ten", "1.2.3", "--1", "€5", "1/2",
    "1_000", "\uff11\uff10", "1e3", "1E-2", " 1", "1 ", "1\n", "1e999999", "1e-999999", "9e999999999999999999",
))  # fmt: skip
def test_what_is_no_plain_decimal_number_is_no_amount(amount: str) -> None:
    with pytest.raises(InvalidAmountError):
        to_minor(amount, "EUR")


@pytest.mark.parametrize(("amount", "currency"), (
    ("0.001", "EUR"), ("1.5", "JPY"), ("1.2345", "KWD"), (Decimal("0.005"), "EUR"),
    ("0.009999999999999999999999999999999999999999", "EUR"), ("1.0000000000000000000000000000000001", "EUR"),
))  # fmt: skip
def test_nothing_is_finer_than_its_currency(amount: str | Decimal, currency: str) -> None:
    with pytest.raises(InvalidAmountError):
        to_minor(amount, currency)


@pytest.mark.parametrize(("amount", "currency"), (
    ("10000000000.01", "EUR"), ("-10000000000.01", "EUR"), ("1000000000001", "JPY"), ("1" + "0" * 400, "JPY"),
    (Decimal("1E+999999"), "EUR"), (Decimal("NaN"), "EUR"), (Decimal("-Infinity"), "EUR"),
))  # fmt: skip
def test_nothing_is_larger_than_the_largest_amount(amount: str | Decimal, currency: str) -> None:
    with pytest.raises(InvalidAmountError):
        to_minor(amount, currency)


@many
@given(st.integers(-AMOUNT_MAX, AMOUNT_MAX), st.sampled_from(["JPY", "EUR", "KWD"]))
def test_an_amount_there_and_back_is_the_same(minor: int, currency: str) -> None:
    major = to_major(minor, currency)
    assert to_minor(major, currency) == minor
    assert to_minor(f"{major:f}", currency) == minor


@few
@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused_and_nothing_else(text: str) -> None:
    try:
        minor = to_minor(text, "EUR")
    except InvalidAmountError:
        return
    assert Fraction(minor, 100) == Fraction(text)


@many
@given(st.integers(0, 10**15), st.integers(1, 10**9))
def test_rounding_is_down_or_half_up_of_the_exact_ratio(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert rounded(numerator, denominator, Rounding.FLOOR) == floor(exact)
    assert rounded(numerator, denominator, Rounding.HALF_UP) == floor(exact + Fraction(1, 2))


@pytest.mark.parametrize(
    ("numerator", "floor_", "half_up"), ((14, 1, 1), (15, 1, 2), (16, 1, 2), (20, 2, 2), (5, 0, 1), (4, 0, 0))
)
def test_a_half_goes_up_where_halves_go_up(numerator: int, floor_: int, half_up: int) -> None:
    assert rounded(numerator, 10, Rounding.FLOOR) == floor_
    assert rounded(numerator, 10, Rounding.HALF_UP) == half_up

"""Reads what a shop sent, field by field and strictly: nothing is guessed, nothing crashes on what a body may hold."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NoReturn

from app.loyalty.money import AMOUNT_MAX, exponent

_MONEY = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,30})?", re.ASCII)
_EXPONENT_MAX = 20
_ID_MAX = 2**63 - 1
_EMAIL_MAX = 254
_TEXT_MAX = 200
_YEARS = range(1970, 2200)
"""Years a shop's clock can mean; days are added to instants, and calendars end."""


class UnreadableError(ValueError):
    """A body is not what its topic promises. The text names the field, never its content."""


def parse(body: bytes) -> object:
    """Return the JSON value in ``body`` (UTF-8); numbers with a point are Decimal.

    Raises UnreadableError, also for depth and numbers out of all measure.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise UnreadableError("not JSON in UTF-8") from error


def _refuse_constant(_name: str) -> NoReturn:
    raise UnreadableError("NaN or Infinity")


def mapping(value: object, name: str) -> Mapping[str, object]:
    """Return ``value`` if it is a JSON object."""
    if not isinstance(value, dict):
        raise UnreadableError(f"{name} is no object")
    return value


def items(value: object, name: str) -> Sequence[Mapping[str, object]]:
    """Return ``value`` if it is a list of JSON objects; a missing one is empty."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise UnreadableError(f"{name} is no list")
    return [mapping(each, f"{name}[]") for each in value]


def identifier(value: object, name: str) -> str:
    """Return a platform id (a positive number, or one written as text) as text."""
    found = optional_identifier(value, name)
    if found is None:
        raise UnreadableError(f"{name} names nothing")
    return found


def optional_identifier(value: object, name: str) -> str | None:
    """Return a platform id as text, or None for 0 and null: how platforms say "nobody"."""
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _ID_MAX:
        raise UnreadableError(f"{name} is no id")
    return str(value) if value else None


def minor(value: object, currency: str, name: str) -> int:
    """Return an amount of major units as whole minor units of ``currency``.

    The count of decimals written is the shop's custom, not the currency's: what is finer is rounded half away from 0.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise UnreadableError(f"{name} is no amount")
    if isinstance(value, Decimal) and abs(value.adjusted()) > _EXPONENT_MAX:
        raise UnreadableError(f"{name} is beyond all measure")
    if not _MONEY.fullmatch(f"{value:f}" if isinstance(value, Decimal) else str(value)):
        raise UnreadableError(f"{name} is no plain decimal number")
    amount = int(Decimal(value).scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if abs(amount) > AMOUNT_MAX:
        raise UnreadableError(f"{name} is beyond all measure")
    return amount


def instant(value: object, name: str) -> datetime:
    """Return the instant a field names, in UTC; without an offset it is UTC already (WooCommerce's ``…_gmt``)."""
    found = optional_instant(value, name)
    if found is None:
        raise UnreadableError(f"{name} is missing")
    return found


def optional_instant(value: object, name: str) -> datetime | None:
    """Return the instant a field names as ``instant`` does, None where it is null or empty."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise UnreadableError(f"{name} is no instant")
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableError(f"{name} is no instant") from error
    if found.year not in _YEARS:
        raise UnreadableError(f"{name} is beyond all measure")
    return found


def word(value: object, name: str) -> str:
    """Return a short machine word such as a status or a currency."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value):
        raise UnreadableError(f"{name} is no word")
    return value


def currency_code(value: object, name: str) -> str:
    """Return an ISO 4217 code: three capitals."""
    code = word(value, name)
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise UnreadableError(f"{name} is no currency")
    return code


def text(value: object) -> str:
    """Return text for people: no control characters, no lone surrogates, at most 200 letters; "" if there is none."""
    if not isinstance(value, str):
        return ""
    kept = (letter for letter in value[: 4 * _TEXT_MAX] if unicodedata.category(letter) not in {"Cc", "Cs"})
    return "".join(kept).strip()[:_TEXT_MAX]


def email(value: object) -> str | None:
    """Return an e-mail address as it was written, or None for what cannot be one."""
    if not isinstance(value, str):
        return None
    address = value.strip()
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or len(address) > _EMAIL_MAX or address != text(address):
        return None
    return None if any(letter.isspace() for letter in address) else address


def tags(value: object) -> tuple[str, ...]:
    """Return tags in an order of their own, however they are written: as one string with commas, or as a list."""
    told = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(sorted({text(tag) for tag in told} - {""}))

"""Amounts and ids as Shopify writes them: amounts in the shop's currency and the shopper's, ids bare or with a road."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.loyalty.money import AMOUNT_MAX
from integrations.reading import UnreadableError, identifier, items, mapping, minor, optional_identifier

_GID: Final = re.compile(r"gid://shopify/[A-Za-z]{1,60}/([0-9]{1,19})(\?.{0,200})?")
_QUANTITY_MAX: Final = 10**6


def gid(kind: str, id: str) -> str:
    """Return the name GraphQL knows a thing by: ``gid://shopify/Order/1``."""
    return f"gid://shopify/{kind}/{id}"


def number(value: object, name: str) -> str:
    """Return the number of a thing, from a number or from a GraphQL name. Raises UnreadableError."""
    return identifier(_bare(value), name)


def optional_number(value: object, name: str) -> str | None:
    """Return the number of a thing, or None where there is none. Raises UnreadableError."""
    return optional_identifier(_bare(value), name)


def _bare(value: object) -> object:
    found = _GID.fullmatch(value) if isinstance(value, str) else None
    return found.group(1) if found else value


def nodes(value: object, name: str) -> Sequence[Mapping[str, object]]:
    """Return the objects of a list, written plainly or as a GraphQL connection; missing ones are none."""
    if isinstance(value, dict) and "nodes" not in value:
        raise UnreadableError(f"{name} is no list")
    return items(value["nodes"] if isinstance(value, dict) else value, name)


def quantity(value: object, name: str) -> int:
    """Return a count of pieces. Raises UnreadableError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _QUANTITY_MAX:
        raise UnreadableError(f"{name} is no quantity")
    return value


def shop_money(holder: Mapping[str, object], name: str, currency: str) -> int | None:
    """Return the amount ``name`` in the shop's currency, or None where it is not told.

    ``<name>_set`` holds ``shop_money`` and ``presentment_money``; where it is missing, ``<name>`` itself is in the
    shop's currency (Shopify's order reference says so for every plain amount of an order, its lines and its refunds).
    """
    both = holder.get(f"{name}_set")
    if isinstance(both, dict) and both.get("shop_money") is not None:
        return minor(mapping(both["shop_money"], f"{name}_set").get("amount"), currency, name)
    plain = holder.get(name)
    return None if plain is None else minor(plain, currency, name)


def amount(holder: Mapping[str, object], name: str, currency: str) -> int:
    """Return the amount ``name`` in the shop's currency, 0 where it is not told. Never negative: UnreadableError."""
    found = shop_money(holder, name, currency) or 0
    if found < 0:
        raise UnreadableError(f"{name} is negative")
    return found


def total(amounts: Iterable[int], name: str) -> int:
    """Add amounts up; UnreadableError beyond what the house can hold."""
    found = sum(amounts)
    if abs(found) > AMOUNT_MAX:
        raise UnreadableError(f"{name} is beyond all measure")
    return found


def share(whole: int, part: int, of: int) -> int:
    """Return what ``part`` pieces of ``of`` have of ``whole``, rounded half up: exact for all or none of them."""
    return whole if of == 0 or part >= of else (2 * whole * part + of) // (2 * of)

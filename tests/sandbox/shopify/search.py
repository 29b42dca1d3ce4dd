"""Shopify's search syntax, as far as an app needs it for orders: `updated_at:>='2026-11-22T12:00:00Z' AND …`."""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime

from tests.sandbox.records import Order
from tests.sandbox.shopify.bodies import financial_status
from tests.sandbox.shops import Shop

_TERM = re.compile(r"""(\w+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|(\S+))""")
_COMPARISONS: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "": operator.eq,
}


class UnsupportedSearchError(Exception):
    """The query uses a word that this store does not know."""


def matches(query: str, shop: Shop) -> Callable[[Order], bool]:
    """Return what decides whether an order fits; raises UnsupportedSearchError, ValueError."""
    tests: list[Callable[[Order], bool]] = []
    rest = query
    for term in _TERM.finditer(query):
        name, sign = term[1], term[2] or ""
        value = term[3] or term[4] or term[5] or ""
        tests.append(_test(name, sign, value, shop))
        rest = rest.replace(term[0], "", 1)
    if rest.replace("AND", "").strip():
        raise UnsupportedSearchError(rest.strip())
    return lambda order: all(test(order) for test in tests)


def _test(name: str, sign: str, value: str, shop: Shop) -> Callable[[Order], bool]:
    dates: dict[str, Callable[[Order], datetime]] = {
        "updated_at": lambda order: order.updated_at,
        "created_at": lambda order: order.created_at,
        "processed_at": lambda order: order.created_at,
    }
    if name in dates:
        at = datetime.fromisoformat(value)
        bound = at if at.tzinfo else at.replace(tzinfo=shop.tz)
        read, compare = dates[name], _COMPARISONS[sign]
        return lambda order: compare(read(order), bound.astimezone(UTC))
    texts: dict[str, Callable[[Order], str]] = {
        "name": lambda order: f"#{order.number}",
        "email": lambda order: order.email,
        "id": lambda order: str(order.id),
        "financial_status": lambda order: financial_status(order, shop),
        "customer_id": lambda order: str(order.customer_id or ""),
    }
    if name == "status" and value == "any":
        return lambda _order: True
    if name not in texts or sign:
        raise UnsupportedSearchError(name)
    told = texts[name]
    return lambda order: told(order).lower() == value.lower()

"""How an order was paid: by which gateway, and how much of it with what the shop had given out before."""

from collections.abc import Mapping
from typing import Final

from integrations.reading import text
from integrations.shopify.amounts import amount, nodes, total

_CREDIT: Final = frozenset({"gift_card", "shopify_store_credit"})
"""The gateways by which a shop takes back what it gave out before: gift cards and store credit."""
_PAYS: Final = frozenset({"sale", "capture"})


def is_paid_by_credit(body: Mapping[str, object]) -> bool:
    """Say whether a gift card or store credit is among the ways of paying: for how much, only GraphQL tells."""
    return bool(_CREDIT & set(_gateways(body)))


def _gateways(body: Mapping[str, object]) -> list[str]:
    """Return the ways of paying in an order of their own, credit last: both roads need not list them alike."""
    names = body.get("payment_gateway_names")
    told = {text(name) for name in names} - {""} if isinstance(names, list) else set()
    return sorted(told, key=lambda name: (name in _CREDIT, name))


def gateway(body: Mapping[str, object]) -> str | None:
    """Return by what the order was paid; of several the first by name, and money before credit."""
    return next(iter(_gateways(body)), None)


def credit(body: Mapping[str, object], currency: str) -> int:
    """Return what gift cards and store credit paid, as the transactions tell. What went back is in the refunds."""
    paid = [
        amount(each, "amount", currency)
        for each in nodes(body.get("transactions"), "transactions")
        if each.get("gateway") in _CREDIT
        and str(each.get("kind")).lower() in _PAYS
        and str(each.get("status")).lower() == "success"
    ]
    return total(paid, "transactions")

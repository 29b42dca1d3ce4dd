"""Who a browser is to a store: the shopper, their cart and their codes, in a signed cookie of the store's own."""

from flask import session

from tests.sandbox.ordering import Item
from tests.sandbox.records import Customer
from tests.sandbox.store import Store

_MOST_UNITS = 20


def shopper(store: Store) -> Customer | None:
    """The signed-in shopper, if there is one."""
    return store.customers.get(int(session.get("customer", 0)))


def sign_in(customer: Customer) -> None:
    """Sign a shopper in; the cart stays."""
    session["customer"] = customer.id


def sign_out() -> None:
    """Become a stranger with an empty cart."""
    for name in ("customer", "cart", "codes"):
        session.pop(name, None)


def cart(store: Store) -> list[Item]:
    """What lies in the cart; what is no longer sold is left out."""
    sold = {variant.id for product in store.products.values() for variant in product.variants}
    kept: dict[str, int] = session.get("cart", {})
    return [Item(int(number), units) for number, units in kept.items() if int(number) in sold and units > 0]


def set_units(variant_id: int, units: int) -> None:
    """Say how many units of a variant lie in the cart."""
    kept = dict(session.get("cart", {}))
    kept[str(variant_id)] = min(max(0, units), _MOST_UNITS)
    session["cart"] = {number: count for number, count in kept.items() if count}


def units(variant_id: int) -> int:
    """How many units of a variant lie in the cart."""
    return int(session.get("cart", {}).get(str(variant_id), 0))


def codes() -> list[str]:
    """Discount codes the shopper typed or was led here with."""
    return list(session.get("codes", []))


def set_codes(names: list[str]) -> None:
    """Keep these discount codes with the cart."""
    session["codes"] = names


def empty_cart() -> None:
    """The order is placed."""
    session.pop("cart", None)
    session.pop("codes", None)

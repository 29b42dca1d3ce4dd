"""Where an order goes and where it was placed from, as words that only equal themselves."""

import unicodedata
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from app.loyalty.facts import Traces
from integrations.addresses import is_public
from integrations.reading import text

_HOUSEHOLD_6 = 64
"""Bits of an IPv6 address that name one household's network."""


def traces(street: object, postcode: object, country: object, address: object, browser: object = None) -> Traces:
    """Return the traces of an order: its street, postcode and country in one word, and the network of an IP address.

    The device is that network and what the ``browser`` says of itself: neither alone would be anybody's own. Spelling
    is evened out (case, width, blanks, signs), abbreviations are not: "St." and "Street" are two addresses.
    """
    parts = [_plain(street), _plain(postcode), _plain(country)]
    network, name = _network(address), text(browser)
    device = f"{network} {name}" if network and name else None
    return Traces("/".join(parts) if parts[0] and parts[1] else None, network, device)


def first_told(body: Mapping[str, object], *names: str) -> Mapping[str, object]:
    """Return the first of these parts of a body that says a street; empty where none does."""
    for name in names:
        part = body.get(name)
        if isinstance(part, dict) and text(part.get("address_1") or part.get("address1")):
            return part
    return {}


def _plain(value: object) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text(value)).casefold() if sign.isalnum())


def _network(value: object) -> str | None:
    """Return the IPv4 address, or the /64 of an IPv6 one; None for what is none or not public, as a proxy's own."""
    try:
        found = ip_address(text(value))
    except ValueError:
        return None
    if not is_public(found):
        return None
    return str(ip_network(f"{found}/{_HOUSEHOLD_6}", strict=False)) if isinstance(found, IPv6Address) else str(found)

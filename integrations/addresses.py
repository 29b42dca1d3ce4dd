"""Which addresses a shop's name may lead to: public ones only, each checked before the connection that uses it."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; a cloud's metadata service lives in it
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's wire server, at an address that is public by registry
        "169.254.0.0/16",  # link-local, and most clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata service lives in it
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo and other protocol assignments: they carry other addresses inside
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address inside
        "3fff::/20",
    )
)

Resolve = Callable[[str, int], Sequence[str]]


class AddressRefused(Exception):
    """A name leads to an address that no shop can have. Deliberately no OSError: nothing retries it."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether anyone on the internet can have this address. Mapped and translated forms of IPv4 are not public."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of ``host``, in its order. Raises OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def public_addresses(host: str, port: int, ask: Resolve) -> list[str]:
    """Return the addresses to connect to, at most four, all of them public.

    One address that is not public spoils the name: an honest shop has none, a rebinding one mixes them.
    Raises AddressRefused and OSError.
    """
    addresses = ask(host, port)
    for address in addresses:
        plain, _, zone = address.partition("%")
        if zone or not is_public(ip_address(plain)):
            raise AddressRefused
    return list(addresses[:4])

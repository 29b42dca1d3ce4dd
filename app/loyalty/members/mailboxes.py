"""Which mailbox an e-mail address leads to: what makes one mailbox look like many is left out."""

from typing import Final

_SAME_HOST: Final = {"googlemail.com": "gmail.com"}
_DOTS_MEAN_NOTHING: Final = frozenset({"gmail.com"})
"""Hosts that deliver ``a.b@`` and ``ab@`` to one mailbox, as their provider says; elsewhere they may be two people."""


def mailbox(email: str) -> str:
    """Return an address without case, blanks, a part after ``+``, its host's alias, and dots that mean nothing."""
    local, _, host = email.strip().casefold().rpartition("@")
    host, local = _SAME_HOST.get(host, host), local.partition("+")[0]
    return f"{local.replace('.', '') if host in _DOTS_MEAN_NOTHING else local}@{host}"

"""Surprises: who of a segment is drawn, told by a seed alone, so that anybody can draw again and find the same."""

import hashlib
from collections.abc import Iterable


def drawn(seed: str, members: Iterable[str], amount: int, budget: int, most: int | None = None) -> tuple[str, ...]:
    """Return the members who win ``amount`` each: as many as the budget pays for, ``most`` at the utmost.

    The order of winning is that of SHA-256 over seed and member; in whatever order members are named, and however
    often, the same win. Raises ValueError for an amount that is not above zero.
    """
    if amount <= 0:
        raise ValueError(amount)
    places = max(0, budget // amount)
    ranked = sorted(set(members), key=lambda member: (hashlib.sha256(f"{seed}\n{member}".encode()).digest(), member))
    return tuple(ranked[: places if most is None else min(places, most)])

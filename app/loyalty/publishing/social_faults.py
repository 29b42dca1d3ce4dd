"""What is wrong with a version's rules about social networks: what cannot be checked is called so, and has an end."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import EventRule

Path = tuple[str | int, ...]
Fault = tuple[Path, str, Mapping[str, int | str]]

_ADDRESS: Final = re.compile(r"https://[^\s/\"'<>@\\]+(/[^\s\"'<>\\]*)?")
_LONGEST: Final = 500


def faults(version: Version) -> Iterator[Fault]:
    """Return the place of everything wrong with a stable word why, and the numbers that belong to it."""
    for number, rule in enumerate(version.earn):
        if not isinstance(rule, EventRule) or rule.social is None:
            continue
        path: Path = ("earn", number)
        if rule.verified:
            yield (*path, "verified"), "CANNOT_VERIFY", {}
        if rule.max_per_day is None and rule.max_total is None and rule.cooldown_hours is None:
            yield path, "NEEDS_LIMIT", {}
        if not _ADDRESS.fullmatch(rule.social.address):
            yield (*path, "social", "address"), "NO_ADDRESS", {}
        elif len(rule.social.address) > _LONGEST:
            yield (*path, "social", "address"), "TOO_LONG", {"maximum": _LONGEST}

"""Codes and keys: unguessable, readable to each other on the telephone, and never two members' the same."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from app.db.members import word

_GROUPS: Final = (4, 4, 5)
"""Thirteen letters and digits of 31: 64 random bits, and short enough for its line in the panel."""
_PREFIX_MAX: Final = 6
_UNUSABLE: Final = re.compile(r"[^A-Z0-9]")
FRIEND: Final = "GIFT"


def code(prefix: str) -> str:
    """Return a new code, upper-case: the prefix and three groups."""
    return "-".join((prefix, *(word(length).upper() for length in _GROUPS)))


def prefix(look: Mapping[str, object], domain: str) -> str:
    """Return what a shop's codes begin with: the programme's own word, else how the shop's name on the net begins."""
    chosen = _UNUSABLE.sub("", str(look.get("code_prefix", "")).upper())[:_PREFIX_MAX]
    label = domain.removeprefix("www.").partition(".")[0]
    return chosen or _UNUSABLE.sub("", label.upper())[:4] or "CODE"


def redemption_id(member_id: UUID, key: str) -> str:
    """Return the id of a member's wish: the same key of another member is another wish, and tells nothing of either."""
    return f"red_{hashlib.sha256(f'{member_id}:{key}'.encode()).hexdigest()[:32]}"

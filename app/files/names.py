"""What the fields of the trade's values are called in a programme file.

Money is written in major units, so ``per_minor`` is called ``per``; a few names are those the case files have.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.ladder import Level
from app.loyalty.terms.programme import Expiry, Version

_MINOR: Final = "_minor"
_OTHERWISE: Final[Mapping[tuple[type, str], str]] = {
    (Campaign, "starts_at"): "from",
    (Campaign, "ends_at"): "until",
    (Expiry, "counted_from"): "from",
}
_EVERYWHERE: Final[Mapping[str, str]] = {"min_minor": "min_amount"}
_LEFT_OUT: Final = frozenset({(Version, "number")})
"""A version's number is given when it is published."""
THRESHOLD: Final = (Level, "threshold")
"""Money where a ladder measures spending, else a whole number; levels that are not earned have none."""
ALSO: Final = (Level, "also")
"""What a level asks for besides, by measure: money for spending, else a whole number."""


def fields_of(kind: type) -> tuple["dataclasses.Field[object]", ...]:
    """Return the fields of a value that a file may have."""
    return tuple(each for each in dataclasses.fields(kind) if (kind, each.name) not in _LEFT_OUT)


def is_money(name: str) -> bool:
    """Say whether a field counts minor units of a currency."""
    return name.endswith(_MINOR)


def file_name(kind: type, name: str) -> str:
    """Return what a field is called in a file."""
    return _OTHERWISE.get((kind, name)) or _EVERYWHERE.get(name) or name.removesuffix(_MINOR)


def place(value: object, path: Sequence[str | int]) -> str:
    """Return where in a file a path into a value stands, such as ``earn[0].per``."""
    parts: list[str | int] = []
    for step in path:
        if dataclasses.is_dataclass(value):
            parts.append(file_name(type(value), str(step)))
            value = getattr(value, str(step), None)
        else:
            parts.append(step)
            value = _inner(value, step)
    return spell(parts)


def _inner(value: object, step: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    return value[step] if isinstance(value, Sequence) and isinstance(step, int) and step < len(value) else None


def spell(parts: Sequence[str | int]) -> str:
    """Return a place as people write it; the file as a whole is called so."""
    spelt = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return spelt.removeprefix(".") or "the file"

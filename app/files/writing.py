"""Writing a version as a programme file: what was read comes back, and what is left to its default is left out."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from app.files.edge import tag_of
from app.files.names import THRESHOLD, fields_of, file_name, is_money
from app.loyalty.errors import said
from app.loyalty.money import to_major
from app.loyalty.terms.ladder import Entry, Ladder, Level, Measure, Window
from app.loyalty.terms.programme import EarningBase, Reward, Version

_ALWAYS: Final = frozenset(
    {
        (Version, "rounding"), (Version, "pending_days"), (Version, "expiry"), (Version, "clawback"),
        (Version, "after_use"), (Version, "base"), (EarningBase, "tax"), (EarningBase, "shipping"),
        (Ladder, "window"), (Window, "kind"), (Reward, "gives"),
    }
)  # fmt: skip
"""What is so much of a promise that it is written though it be the default."""
_WIDTH: Final = 110


def written(version: Version, currency: str, *, unit: tuple[str, int] | None = None) -> dict[str, Any]:
    """Return a version as the content of a file, its money in ``currency``."""
    head: dict[str, Any] = {"currency": currency}
    if unit is not None:
        head["unit"] = {"name": unit[0], "decimals": unit[1]}
    return head | _object(version, currency, spent=False)


def text(content: Mapping[str, Any]) -> str:
    """Return the content of a file as text that people read."""
    return _spread(content, 0) + "\n"


def _spread(part: object, depth: int) -> str:
    """Return a part on one line where it fits, else with an entry a line; the file itself is never one line."""
    line = json.dumps(part, ensure_ascii=False)
    if not isinstance(part, Mapping | list) or (depth and len(line) + 2 * depth <= _WIDTH):
        return line
    indent = "\n" + "  " * (depth + 1)
    if isinstance(part, Mapping):
        opening, closing = "{", "}"
        entries = [f"{json.dumps(name, ensure_ascii=False)}: {_spread(each, depth + 1)}" for name, each in part.items()]
    else:
        opening, closing = "[", "]"
        entries = [_spread(each, depth + 1) for each in part]
    return f"{opening}{indent}{f',{indent}'.join(entries)}{indent[:-2]}{closing}"


def _object(value: Any, currency: str, *, spent: bool) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    kind = type(value)
    tag = tag_of(kind)
    spent = value.measure is Measure.SPEND if isinstance(value, Ladder) else spent
    entries: dict[str, Any] = {tag: getattr(value, tag)} if tag else {}
    for each in fields_of(kind):
        held = getattr(value, each.name)
        if each.name == tag or (held == _default(each) and (kind, each.name) not in _ALWAYS):
            continue
        if isinstance(value, Level) and each.name == "threshold" and value.entry is not Entry.EARNED and not held:
            continue
        money = is_money(each.name) or ((kind, each.name) == THRESHOLD and spent)
        entries[file_name(kind, each.name)] = _plain(held, currency, money=money, spent=spent)
    return entries


def _default(each: "dataclasses.Field[object]") -> object:
    if each.default_factory is not dataclasses.MISSING:
        return each.default_factory()
    return each.default


def _plain(held: Any, currency: str, *, money: bool, spent: bool) -> Any:  # noqa: ANN401 - what JSON holds
    if dataclasses.is_dataclass(held):
        return _object(held, currency, spent=spent)
    if isinstance(held, Mapping):
        return {
            str(name): _plain(each, currency, money=money or name is Measure.SPEND, spent=spent)
            for name, each in held.items()
        }
    if isinstance(held, tuple):
        return [_plain(each, currency, money=money, spent=spent) for each in held]
    return _scalar(held, currency, money=money)


def _scalar(held: Any, currency: str, *, money: bool) -> Any:  # noqa: ANN401 - what JSON holds
    if isinstance(held, StrEnum):
        return held.value
    if isinstance(held, datetime):
        return said(held)
    if isinstance(held, Decimal):
        return f"{held:f}"
    return f"{to_major(held, currency):f}" if money and isinstance(held, int) else held

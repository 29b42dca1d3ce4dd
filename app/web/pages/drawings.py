"""Icons and the mark, put into a page as paths in the colour of the text around them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup

_PATHS: Final = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
ICONS: Final[Mapping[str, str]] = _PATHS["icons"]
"""Strokes on a grid of 20."""


def icon(name: str) -> Markup:
    """Return an icon; it never speaks, the word beside it does. Raises KeyError for one that was never drawn."""
    return Markup('<svg class="i" viewBox="0 0 20 20" aria-hidden="true"><path d="{}"/></svg>').format(ICONS[name])


def mark() -> Markup:
    """Return the mark: two cords, woven."""
    cords = Markup().join(Markup('<path class="{}" d="{}"/>').format(name, path) for name, path in _MARK.items())
    return Markup('<svg class="mark" viewBox="2 3.5 20 19" aria-hidden="true">{}</svg>').format(cords)


def knot() -> Markup:
    """Return the rosette of empty pages: one path, stroked three times."""
    cords = Markup().join(Markup('<path class="{}" d="{}"/>').format(name, _KNOT) for name in ("c1", "c2", "c3"))
    return Markup('<svg class="knot" viewBox="0 0 200 200" aria-hidden="true">{}</svg>').format(cords)


_MARK: Final[Mapping[str, str]] = _PATHS["mark"]
_KNOT: Final[str] = _PATHS["knot"]
